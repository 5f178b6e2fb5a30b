"""`genbun read`: the reading room, in a browser on this machine, or as files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.commands.store import add_storage

if TYPE_CHECKING:
    from crawler.reading_room.room import Room


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "read",
        parents=[common],
        help="the reading room: the collection in a browser, side by side and searched",
        description="Open a collection in the browser: a calendar, a list with search in both languages, translation "
        "and original side by side, editions, pages as captured, and their provenance. Nothing is locked and nothing "
        "in DIR changed; the search index lies in your cache. Served on this machine alone unless --host says "
        "otherwise, until Ctrl-C.",
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the collection")
    parser.add_argument(
        "--port", metavar="P", type=_port, help="serve on P and the ports after it (default: 8601, or any that is free)"
    )
    parser.add_argument(
        "--host", metavar="H", default="127.0.0.1", help="serve on this address; other than loopback, with a token"
    )
    parser.add_argument(
        "--open", action=argparse.BooleanOptionalAction, help="open the browser (default: on a terminal)"
    )
    parser.add_argument("--static", metavar="OUT", type=Path, help="write it as a static site into this new folder")
    parser.add_argument(
        "--player", metavar="P", type=Path, help="the folder of your own copy of ReplayWeb.page: ui.js and sw.js"
    )
    add_storage(parser)
    parser.add_argument("--json", action="store_true", help="print the address, or what was written, as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Index what is new, then serve or write."""
    _require_extra()
    from crawler.commands.progress import Progress
    from crawler.reading_room.room import room_of

    room = room_of(arguments.dir)
    progress = Progress("indexed", room.size)
    try:
        filled = room.open(progress.moved)
    finally:
        progress.end()
    for line in filled.unreadable if filled else ():
        _say(f"cannot be shown: {line}")
    try:
        return _write(arguments, room) if arguments.static is not None else _serve(arguments, room)
    finally:
        room.close()


def _require_extra() -> None:
    from importlib.util import find_spec

    from archives.errors import UsageError

    if missing := [name for name in ("starlette", "uvicorn", "jinja2") if find_spec(name) is None]:
        raise UsageError(f"the reading room needs {', '.join(missing)}: pip install 'genbun[read]'")


def _serve(arguments: argparse.Namespace, room: Room) -> int:
    import json
    import sys
    import webbrowser

    from crawler.reading_room.serving import serve, sites_of

    sites = sites_of(room, arguments.host, arguments.port, arguments.player)
    if arguments.json:
        said = {"address": sites.address, "captures": sites.captures, "player": sites.player or None}
        print(json.dumps(said), flush=True)
    else:
        print(f"{arguments.dir} can be read at {sites.address} (Ctrl-C ends it)", flush=True)
    if arguments.open or (arguments.open is None and sys.stdout.isatty()):
        webbrowser.open(sites.address)
    serve(sites)
    return 0


def _write(arguments: argparse.Namespace, room: Room) -> int:
    import json

    from archives.errors import UsageError
    from crawler.commands.progress import Progress
    from crawler.reading_room.static import write_site

    if arguments.player or arguments.port is not None:
        raise UsageError("--static writes files: --port and --player have no meaning with it")
    progress = Progress("written", 0)
    try:
        written = write_site(room, arguments.static, progress)
    finally:
        progress.end()
    if arguments.json:
        print(json.dumps({"path": str(arguments.static), "files": written.files, "bytes": written.size}))
    else:
        print(f"{arguments.static} holds the reading room: {written.files:,} files, {written.size / 1e6:,.1f} MB")
        print(f"  open {arguments.static / 'index.html'}, from any disk or web server")
    return 0


def _say(line: str) -> None:
    import sys

    print(f"genbun: {line}", file=sys.stderr)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65_533):
        raise argparse.ArgumentTypeError(f"{text!r}: a port, from 0 (any) to 65532")
    return int(text)
