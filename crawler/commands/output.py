"""What commands print: shown as far as it can be, and JSON for programs in UTF-8 whatever the machine prefers."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def escape_what_cannot_be_shown() -> None:
    r"""From now on a character that the output's encoding lacks is printed as its escape: `\u53f0`, as in Python.

    So are the bytes of a file's name that are no text. Neither ends a command whose work is done.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_for_programs() -> None:
    """From now on standard output is UTF-8, as JSON has to be (RFC 8259, 8.1); a terminal keeps what it can show."""
    if isinstance(sys.stdout, TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
