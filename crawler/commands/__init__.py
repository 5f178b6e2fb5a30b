"""The command `genbun`: one small file a command, thin over the rest; `main.py` reads the command line.

Each file has `add(subparsers)` and `run(arguments) -> int`, and imports what is heavy only inside `run`.
"""
