"""Rebuilding by one process and by several."""
