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
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="the page (.gz is unpacked), or the response as a WARC record holds it: its headers may tell of rights; "
        "- for standard input",
    )
    parser.add_argument("--url", metavar="URL", required=True, help="the address it was saved from")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the line."""
    from crawler.models import Article, ArticleLine, ProblemLine
    from crawler.newspapers import parse_page

    body, headers = _page(arguments.file)
    read = parse_page(body, arguments.url, headers)
    if isinstance(read, Article):
        print(ArticleLine(**dict(read), version=None, capture=None).line())
        return 0
    print(ProblemLine(**dict(read), capture=None).line())
    return 3


def _page(path: Path) -> tuple[bytes, list[tuple[str, str]] | None]:
    """The page, and the headers of its response where the file holds them."""
    from archives.errors import UsageError
    from archives.message import BadMessage, read_response, remove_content_coding
    from crawler.readings import MAX_BODY, headers_of

    held = _bytes(path, MAX_BODY)
    try:
        if held[:2] == b"\x1f\x8b":
            return remove_content_coding(held, [b"gzip"], MAX_BODY), None
        if held.startswith(b"HTTP/1."):
            message = read_response(held)
            return message.body(MAX_BODY), headers_of(message.head)
    except BadMessage as error:
        raise UsageError(f"{path}: {error}") from error
    return held, None


def _bytes(path: Path, most: int) -> bytes:
    from archives.errors import UsageError

    if str(path) == "-":
        body = sys.stdin.buffer.read(most + 1)
    else:
        try:
            with path.open("rb") as page:
                body = page.read(most + 1)
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(body) > most:
        raise UsageError(f"{path}: has more than {most:,} bytes, which no page has")
    return body
