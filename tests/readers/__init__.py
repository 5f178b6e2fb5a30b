"""Readers: from bytes and an address to a record."""
