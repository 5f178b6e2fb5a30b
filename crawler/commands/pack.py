"""`genbun pack`: a collection as one WACZ file."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.commands.store import add_storage

if TYPE_CHECKING:
    from crawler.packing import Packed

EXAMPLES: Final = """examples:
  genbun pack editorials --to editorials.wacz
  genbun pack --new-key archive.pem
  genbun pack editorials --to editorials.wacz --sign archive.pem"""

ON_TERMINAL: Final = 0.2
ELSEWHERE: Final = 30.0


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "pack",
        parents=[common],
        help="pack a collection into one WACZ file",
        description="Write a collection as one WACZ 1.1.1 file: the archive and its index, the list of pages, the "
        "records with their schemas, the receipts, each with its hash. The same collection gives the same file.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dir", metavar="DIR", type=Path, nargs="?", help="the collection")
    parser.add_argument("--to", metavar="FILE.wacz", type=Path, help="the file to write")
    parser.add_argument("--force", action="store_true", help="take the place of a file that is there already")
    parser.add_argument(
        "--sign", metavar="KEY", type=Path, help="sign with this private key (PEM, ECDSA P-384 or P-256)"
    )
    parser.add_argument("--new-key", metavar="KEY", type=Path, help="make a key to sign with, and nothing else")
    add_storage(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Pack, and say what was written; or make a key."""
    from archives.collection import Collection
    from archives.errors import UsageError
    from crawler.packing import pack

    if arguments.new_key:
        if arguments.dir or arguments.to or arguments.sign:
            raise UsageError("--new-key makes a key and packs nothing: give it alone, then pack with --sign")
        return _make_key(arguments.new_key)
    if arguments.dir is None or arguments.to is None:
        raise UsageError("what is to be packed, and where to? `genbun pack DIR --to FILE.wacz`")
    progress = _Progress()
    try:
        packed = pack(
            Collection(arguments.dir), arguments.to, force=arguments.force, key=arguments.sign, moved=progress.moved
        )
    finally:
        progress.end()
    for line in _summary(packed):
        print(line)
    return 0


def _make_key(path: Path) -> int:
    from archives.signing import fingerprint_of, new_key

    public = new_key(path)
    print(f"{path} holds a new private key (ECDSA P-384): keep it to yourself, and keep it safe")
    print("make its public half known, so that others can tell whose your packages are:")
    print(f"  public key    {public}")
    print(f"  fingerprint   {fingerprint_of(public)}")
    print("\nnext:")
    print(f"  genbun pack DIR --to FILE.wacz --sign {path}")
    return 0


def _summary(packed: Packed) -> list[str]:
    pages, pairs = packed.pages, packed.pairs
    lines = [
        f"{packed.path} is a WACZ 1.1.1 file of {packed.size / 1e6:,.1f} MB",
        f"  {packed.warcs:,} WARC files",
        f"  {pages.count:,} pages: {pages.translations.total():,} translations, {pages.originals.total():,} originals",
        f"  {pairs.total():,} pairs, {pairs['paired']:,} of them with their originals",
        f"  {packed.digest}   of its datapackage.json, which has the hash of every file in it",
    ]
    if packed.signed:
        lines.append(f"  {packed.signed}   of the public key that it is signed with")
    return [
        *lines,
        "",
        "next:",
        f"  genbun verify {packed.path}    # every byte in it against its hashes",
        "  open it in ReplayWeb.page, or any other WACZ player",
    ]


class _Progress:
    """How far it is: one line that is kept up to date on a terminal, a plain line now and then elsewhere."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._began = self._told = time.monotonic()

    def moved(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told < (ON_TERMINAL if self._terminal else ELSEWHERE):
            return
        self._told = now
        rate = done / (now - self._began)
        line = f"packed {done / 1e6:,.0f} of {total / 1e6:,.0f} MB, {rate / 1e6:,.0f} MB/s"
        print(
            f"\r\x1b[K{line}" if self._terminal else line,
            end="" if self._terminal else "\n",
            file=sys.stderr,
            flush=True,
        )

    def end(self) -> None:
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
