"""`genbun parse`: what a reader makes of one page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "parse",
        parents=[common],
        help="read one page and print its article line, or its problem line",
        description="Read one page, as it was saved, and print what its newspaper's reader makes of it. "
        "A problem line ends with exit status 3.",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the page (.gz is unpacked), or - for standard input")
    parser.add_argument("--url", metavar="URL", required=True, help="the address it was saved from")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the line."""
    from crawler.models import Article, ArticleLine, ProblemLine
    from crawler.newspapers import parse_page

    read = parse_page(_bytes(arguments.file), arguments.url)
    if isinstance(read, Article):
        print(ArticleLine(**dict(read), version=None, capture=None).line())
        return 0
    print(ProblemLine(**dict(read), capture=None).line())
    return 3


def _bytes(path: Path) -> bytes:
    from archives.errors import UsageError
    from archives.message import BadMessage, remove_content_coding
    from crawler.readings import MAX_BODY

    if str(path) == "-":
        body = sys.stdin.buffer.read(MAX_BODY + 1)
    else:
        try:
            with path.open("rb") as page:
                body = page.read(MAX_BODY + 1)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(body) > MAX_BODY:
        raise UsageError(f"{path}: has more than {MAX_BODY:,} bytes, which no page has")
    if body[:2] == b"\x1f\x8b":
        try:
            return remove_content_coding(body, [b"gzip"], MAX_BODY)
        except BadMessage as error:
            raise UsageError(f"{path}: {error}") from error
    return body
