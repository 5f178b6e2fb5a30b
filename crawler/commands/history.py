"""`genbun history`: an article's editions, and what changed between them."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.commands.store import add_storage

if TYPE_CHECKING:
    from archives.collection import Collection
    from crawler.commands.progress import Progress


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "history",
        parents=[common],
        help="an article's editions and what changed between them",
        description="Show the editions of an article and of its counterpart, what changed from one to the next, and "
        "whether the other side followed, by what was committed last. Nothing is locked and nothing changed. "
        "Times are UTC.",
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the collection")
    parser.add_argument("id", metavar="ID", nargs="?", help="an article's id, its address, or one of its record ids")
    parser.add_argument(
        "--all", action="store_true", help="every article that was edited, as JSON Lines, in the place of ID"
    )
    parser.add_argument("--json", action="store_true", help="print all of it as one JSON object")
    add_storage(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the history, or all of them."""
    from archives.collection import Collection
    from archives.errors import UsageError

    if (arguments.id is None) is not arguments.all:
        raise UsageError("say which article by its ID, or --all")
    collection = Collection(arguments.dir)
    collection.require()
    if arguments.all:
        return _print_all(collection)
    return _print_one(collection, arguments.id, as_json=arguments.json)


def _print_all(collection: Collection) -> int:
    from crawler.editions import histories

    progress, count = _progress(collection), 0
    for line in histories(collection, progress.moved):
        progress.end()
        print(line.line())
        count += 1
    progress.end()
    if not count:
        print("no article has more than one edition", file=sys.stderr)
    return 0


def _print_one(collection: Collection, asked: str, *, as_json: bool) -> int:
    import json

    from crawler.editions import history_of
    from crawler.editions.terminal import Terminal
    from crawler.editions.text import text_of

    progress = _progress(collection)
    history = history_of(collection, asked, progress.moved)
    progress.end()
    if as_json:
        print(json.dumps(history.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=2))
        return 0
    on_terminal = sys.stdout.isatty()
    colour = on_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size().columns if on_terminal else 0
    for line in text_of(history, Terminal(width=width, colour=colour)):
        print(line)
    return 0


def _progress(collection: Collection) -> Progress:
    """Of files that have to be read, where the journal does not know what was captured."""
    from archives.storage.reading import size_of
    from crawler.commands.progress import Progress

    return Progress("read", sum(map(size_of, collection.warcs())))
