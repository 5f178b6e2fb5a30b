"""`genbun status`: what a collection has, how its crawls ended, and what needs a hand."""

from __future__ import annotations

import argparse
from pathlib import Path


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "status",
        parents=[common],
        help="what a collection has, what was refused, how its crawls ended",
        description="Say how a collection stands, by what was committed last: a crawl may be running. Nothing is "
        "locked and nothing changed. Times are UTC.",
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the collection")
    parser.add_argument("--json", action="store_true", help="print all of it as one JSON object")
    parser.add_argument(
        "--readers", action="store_true", help="how often each field was found, by which signal, month by month"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the status."""
    from archives.collection import Collection
    from crawler.status.survey import status_of
    from crawler.status.text import text_of

    status = status_of(Collection(arguments.dir))
    if arguments.json:
        import json

        print(json.dumps(status.as_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(text_of(status, readers=arguments.readers)))
    return 0
