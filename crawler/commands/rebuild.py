"""`genbun rebuild`: records and index again, from `archive/` alone."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "rebuild",
        parents=[common],
        help="make records and index again, from archive/ alone",
        description="Read every WARC file of a collection anew and write records/ and indexes/ from nothing else.",
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the collection; nothing but archive/ need be there")
    parser.add_argument("--to", metavar="DIR2", type=Path, help="write records/ and indexes/ there instead of into DIR")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Rebuild, and say what was written."""
    from archives.collection import Collection
    from crawler.rebuilding import rebuild

    source = Collection(arguments.dir)
    source.require()
    target = Collection(arguments.to) if arguments.to else source
    rebuilt = rebuild(source, target)
    written = rebuilt.written
    print(f"{rebuilt.files} WARC files, {rebuilt.exchanges:,} exchanges read from {source.archive}")
    print(
        f"{written.articles:,} articles ({written.versions:,} versions), {sum(written.pairs.values()):,} pairs and "
        f"{written.problems:,} problems written to {target.records}"
    )
    for torn in rebuilt.torn:
        print(f"genbun: {torn}; what lies before them was read", file=sys.stderr)
    return 4 if rebuilt.torn else 0
