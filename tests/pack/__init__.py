"""`genbun pack`: the file, its seal, and how others read it."""
