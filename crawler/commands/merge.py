"""`genbun merge`: several collections into one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.commands.rebuild import add_jobs
from crawler.commands.store import add_storage

if TYPE_CHECKING:
    from archives.collection import Collection
    from crawler.merging import Merged

EXAMPLES = """examples:
  genbun merge worker-1 worker-2 worker-3 --to editorials
  genbun merge monday --to editorials       # adds to what editorials holds"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "merge",
        parents=[common],
        help="bring several collections together in one",
        description="Copy the WARC files and receipts of several collections into one, each record once, and make its "
        "records, index and journal anew from them. The order makes no difference, nor does merging twice. "
        "What DIR2 holds already stays; the others are only read.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dirs", metavar="DIR", type=Path, nargs="+", help="collections that no crawl is writing to")
    parser.add_argument("--to", metavar="DIR2", type=Path, required=True, help="where to; made if new")
    add_jobs(parser)
    add_storage(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Merge, and say what was merged."""
    from archives.collection import Collection
    from archives.errors import UsageError
    from crawler.commands.progress import Progress
    from crawler.merging import merge

    if arguments.jobs is not None and arguments.jobs < 1:
        raise UsageError(f"--jobs {arguments.jobs}: give a number from 1 on")
    target, sources = Collection(arguments.to), [Collection(path) for path in arguments.dirs]
    progress = Progress("surveyed", 0)
    try:
        merged = merge(sources, target, arguments.jobs, progress)
    finally:
        progress.end()
    for line in _summary(merged, target):
        print(line)
    for line in _remarks(merged):
        print(f"genbun: {line}", file=sys.stderr)
    return 0


def _summary(merged: Merged, target: Collection) -> list[str]:
    written = merged.written
    once = [
        f"{count:,} {words}"
        for count, words in ((merged.same, "were there twice"), (merged.covered, "lie in larger ones"))
        if count
    ]
    return [
        f"{target.path}/ now holds",
        f"  {merged.files:,} WARC files, {merged.copied:,} of them copied" + "".join(f"; {words}" for words in once),
        f"  {written.articles:,} articles ({written.versions:,} versions)   records/articles.jsonl",
        f"  {sum(written.pairs.values()):,} translations, {written.pairs.get('paired', 0):,} with their originals   "
        "records/pairs.jsonl",
        f"  {written.problems:,} pages that could not be read   records/problems.jsonl",
        "",
        "next:",
        f"  genbun verify {target.path}    # every byte, digest, index line and record",
        f"  genbun status {target.path}",
    ]


def _remarks(merged: Merged) -> list[str]:
    lines = [
        f"archive/{name}: has a piece of its digest in its name, since another file has the name it had"
        for name in merged.renamed
    ]
    lines += [f"{path}: is no .warc.gz file, so nothing here reads it; not copied" for path in merged.strange]
    if merged.unresolved:
        lines.append(
            f"{merged.unresolved:,} revisits refer to records that are in none of these collections; merge the one "
            "that holds them, too (`genbun verify` names them)"
        )
    return lines
