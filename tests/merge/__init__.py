"""Merging collections: that order and repetition make no difference, and that nothing is lost or there twice."""
