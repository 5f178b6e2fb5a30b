"""`genbun rebuild`: records and index again, from `archive/` alone."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from crawler.commands.crawl import add_encoder
from crawler.commands.store import add_storage


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
    parser.add_argument("--no-align", action="store_true", help="align no pair that is not aligned already")
    add_encoder(parser)
    add_jobs(parser)
    parser.add_argument(
        "--on",
        metavar="dask://HOST:PORT",
        default="",
        help="have the WARC files read by the workers of a Dask scheduler (dask://local: by some started here); "
        "they have to see the collection under the same path",
    )
    add_storage(parser)
    parser.set_defaults(run=run)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Add `--jobs`."""
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=int,
        help="read N WARC files at a time, each in a process of its own; what is written is the same "
        "(default: one process a file and processor, at most 8; one alone where there is little to read)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Rebuild, and say what was written."""
    from archives.collection import Collection
    from archives.storage.reading import size_of
    from crawler.commands.progress import Progress
    from crawler.rebuilding import rebuild

    source = Collection(arguments.dir)
    source.require()
    target = Collection(arguments.to) if arguments.to else source
    warcs = source.warcs()
    jobs = jobs_of(arguments, warcs)
    with ExitStack() as stack:
        cluster = None
        if arguments.on:
            from crawler.cluster import Cluster

            cluster = stack.enter_context(Cluster(arguments.on, arguments.jobs))
            cluster.require(warcs)
        progress = Progress("read", sum(map(size_of, warcs)))
        stack.callback(progress.end)
        rebuilt = rebuild(source, target, jobs, progress.moved, aligns=not arguments.no_align, aligned=progress.aligned,
                          encoder=arguments.encoder, cluster=cluster)  # fmt: skip
    written = rebuilt.written
    cannot = f", {written.not_aligned:,} that cannot be" if written.not_aligned else ""
    print(f"{rebuilt.files} WARC files, {rebuilt.exchanges:,} exchanges read from {source.archive}")
    print(
        f"{written.articles:,} articles ({written.versions:,} versions), {sum(written.pairs.values()):,} pairs "
        f"({written.aligned:,} aligned{cannot}) and {written.problems:,} problems written to {target.records}"
    )
    for torn in rebuilt.torn:
        print(f"genbun: {torn}; what lies before them was read", file=sys.stderr)
    return 4 if rebuilt.torn else 0


def jobs_of(arguments: argparse.Namespace, warcs: Sequence[Path]) -> int:
    """How many processes are to read those files."""
    from archives.errors import UsageError
    from crawler.rebuilding import default_jobs

    if arguments.jobs is not None and arguments.jobs < 1:
        raise UsageError(f"--jobs {arguments.jobs}: give a number from 1 on")
    return arguments.jobs or default_jobs(warcs)
