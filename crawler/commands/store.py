"""`genbun store`: closed WARC files into S3, or what else fsspec speaks, and back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archives.storage.keeping import Kept

EPILOG = """examples:
  genbun store editorials --to s3://bucket/editorials           # nothing that is there is written over
  genbun store editorials --to s3://bucket/editorials --thin    # and remove here what is safe there
  genbun verify editorials --storage s3://bucket/editorials     # reads it from there
  genbun store editorials --from s3://bucket/editorials         # brings it back

Credentials come from the environment (AWS_ACCESS_KEY_ID …) or AWS's own files (AWS_PROFILE), never from DIR."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "store",
        parents=[common],
        help="put closed WARC files into S3 or other storage, or bring them back",
        description="Put every closed WARC file of a collection where it is to be kept, once, and read all of it back "
        "to see that it is there. Run again, it goes on where it was cut off.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the collection")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--to", metavar="URL", default="", help="where to: s3://BUCKET/PREFIX, file:///mnt/nas/…, sftp://…"
    )
    which.add_argument("--from", metavar="URL", default="", dest="source", help="bring back what is not here")
    parser.add_argument(
        "--thin", action="store_true", help="remove each file here once it was read back from there; needs --to"
    )
    parser.add_argument("--endpoint-url", metavar="URL", default="", help="the S3 to ask (default: AWS_ENDPOINT_URL)")
    parser.add_argument("--json", action="store_true", help="print what was done as one JSON object")
    parser.set_defaults(run=run)


def add_storage(parser: argparse.ArgumentParser) -> None:
    """Add `--storage`, which `crawler.commands.main` heeds."""
    parser.add_argument(
        "--storage",
        metavar="URL",
        action="append",
        default=[],
        help="WARC files that DIR has stored there may be read from there; stands for all that lies below it, and may "
        "be given more than once (default: GENBUN_STORAGE)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Store or fetch, and say what was done; returns 4 where something else lies there under the same name."""
    from archives.collection import Collection
    from archives.errors import UsageError
    from archives.storage.keeping import fetch, local, store
    from archives.storage.places import allow
    from archives.storage.reading import size_of
    from crawler.commands.progress import Progress

    if arguments.thin and arguments.source:
        raise UsageError("--thin removes files here, --from brings them back; give one of the two")
    collection = Collection(arguments.dir)
    collection.require()
    allow([], arguments.endpoint_url)
    if arguments.to:
        progress = Progress("stored and read back", 2 * sum(path.stat().st_size for path in local(collection)))
    else:
        missing = [path for path in collection.warcs() if not path.exists()]
        progress = Progress("brought back", sum(size_of(path) for path in missing))
    try:
        if arguments.to:
            kept = store(collection, arguments.to, thin=arguments.thin, moved=progress.moved)
        else:
            kept = fetch(collection, arguments.source, progress.moved)
    finally:
        progress.end()
    if arguments.json:
        _print_json(arguments, kept)
    else:
        _print(arguments, kept)
    return 4 if kept.differing else 0


def _print(arguments: argparse.Namespace, kept: Kept) -> None:
    where = (arguments.to or arguments.source).rstrip("/")
    if arguments.source:
        print(f"{len(kept.fetched):,} WARC files ({kept.read / 1e6:,.1f} MB) brought back from {where}")
    else:
        print(f"{len(kept.stored):,} WARC files ({kept.sent / 1e6:,.1f} MB) put into {where}; {len(kept.known):,} were "
              f"there; {kept.read / 1e6:,.1f} MB read back")  # fmt: skip
    if arguments.thin:
        print(f"{len(kept.removed):,} removed here; archive/stored.json says where they are")
        print(f"next:\n  genbun verify {arguments.dir} --storage {where}    # reads them from there")
    for name in kept.waiting:
        print(f"genbun: archive/{name}: is not closed, so it stays; the next crawl closes it", file=sys.stderr)
    for name, found in kept.differing.items():
        print(f"genbun: {where}/archive/{name}: {found}; it is not what the collection has, and was left as it is",
              file=sys.stderr)  # fmt: skip


def _print_json(arguments: argparse.Namespace, kept: Kept) -> None:
    import json
    from dataclasses import asdict

    result = {"schema": "genbun/store/1", "collection": str(arguments.dir), "to": arguments.to.rstrip("/"),
              "from": arguments.source.rstrip("/"), **asdict(kept)}  # fmt: skip
    print(json.dumps(result, ensure_ascii=False, indent=2))
