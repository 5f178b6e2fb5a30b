"""`genbun status`: what a collection has, how its crawls ended, what needs a hand; for people and monitoring."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.status.state import Status

EPILOG = """exit status: 0 done, however the collection stands · 2 wrong usage · 4 its lines cannot be read
  with --check: 0 OK · 1 the last crawl failed or was killed · 3 overdue, or less found than expected
             4 something does not verify, or a reader drifts · 6 the site refuses"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "status",
        parents=[common],
        help="what a collection has, what was refused, how its crawls ended",
        description="Say how a collection stands, by what was committed last: a crawl may be running.\n"
        "Nothing is locked and nothing changed. Times are UTC.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the collection")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print all of it as one JSON object")
    form.add_argument("--check", action="store_true", help="print OK, WARNING or CRITICAL and why; end accordingly")
    parser.add_argument(
        "--readers", action="store_true", help="how often each field was found, by which signal, month by month"
    )
    parser.add_argument("--html", metavar="PATH", type=Path, help="write one page with calendar and trends")
    parser.add_argument(
        "--prometheus",
        metavar="PATH",
        nargs="?",
        type=Path,
        const=Path("-"),
        help="write Prometheus' text format, for node_exporter to pick up (default: to standard output)",
    )
    add_every(parser)
    parser.set_defaults(run=run)


def add_every(parser: argparse.ArgumentParser) -> None:
    """Add `--every`, which notices take too."""
    parser.add_argument(
        "--every", metavar="HOURS", type=_hours, help="how often it is crawled (default: as its past crawls show)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write what is to be written, print what is to be read."""
    from archives.collection import Collection
    from archives.errors import GenbunError, UsageError
    from crawler.status.survey import status_of

    printed = arguments.prometheus == Path("-")
    if printed and (arguments.json or arguments.check):
        raise UsageError("--prometheus without a file prints, as --json and --check do: give one of them")
    try:
        status = status_of(Collection(arguments.dir), every=arguments.every)
    except GenbunError as error:
        if arguments.check:
            print(f"CRITICAL - {arguments.dir.name}: {error}")
            return error.exit_status
        raise
    files = [*_files(arguments, status)]
    if arguments.check:
        return _check(status)
    for line in _lines(arguments, status, printed) if printed or arguments.json or not files else files:
        print(line)
    return 0


def _files(arguments: argparse.Namespace, status: Status) -> Iterator[str]:
    from crawler.status.written import write_ours

    if arguments.html is not None:
        from crawler.status.page.page import MARK, page_of

        write_ours(arguments.html, page_of(status), MARK)
        yield f"{arguments.html}: how {arguments.dir} stands, for a browser"
    if arguments.prometheus not in (None, Path("-")):
        from crawler.status.prometheus import MARK, metrics_of

        write_ours(arguments.prometheus, metrics_of(status), MARK)
        yield f"{arguments.prometheus}: how {arguments.dir} stands, for Prometheus"


def _lines(arguments: argparse.Namespace, status: Status, metrics: bool) -> Iterator[str]:
    if metrics:
        from crawler.status.prometheus import metrics_of

        yield metrics_of(status).removesuffix("\n")
    elif arguments.json:
        import json

        from crawler.status.objects import object_of

        yield json.dumps(object_of(status), ensure_ascii=False, indent=2)
    else:
        from crawler.status.text import text_of

        yield from text_of(status, readers=arguments.readers)


def _check(status: Status) -> int:
    from crawler.status.check import exit_of, lines_of
    from crawler.status.concerns import concerns_of
    from crawler.status.text import summary_of

    concerns = concerns_of(status)
    print("\n".join(lines_of(concerns, Path(status.collection).name, summary_of(status))))
    return exit_of(concerns)


def _hours(text: str) -> dt.timedelta:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= 24 * 366:
        raise argparse.ArgumentTypeError(f"{text!r}: a number of hours, such as 24")
    return dt.timedelta(hours=hours)
