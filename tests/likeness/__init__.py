"""Pairing by likeness: its invented editorials, the worlds made of them, and what must hold there."""
