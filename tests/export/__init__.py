"""`genbun export`: each format read back by a reader that is not ours."""
