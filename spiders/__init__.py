"""SEED → REQUEST: the ways to crawl.

A newspaper's listings → its editorials → their originals; uses `crawler/` to read and `archives/` to keep.
"""
