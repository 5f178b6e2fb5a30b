"""`genbun fixture`: parser fixtures, checked, added from archived pages, and written anew."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crawler.commands.store import add_storage

if TYPE_CHECKING:
    from crawler.fixtures.checking import Checked

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

EXAMPLES: Final = """examples:
  genbun fixture check
  genbun fixture check elsewhere/fixtures/sankei --junit fixtures.xml
  genbun fixture add editorials https://www.sankei.com/article/…/ --name long --anonymise
  genbun fixture refresh tests/fixtures sankei/editorial

A case is a folder <newspaper>/<case>/ with page.html, source.json and record.json."""


def add(commands: Actions, common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "fixture",
        help="check what readers make of stored pages; add and refresh such fixtures",
        description="Parser fixtures: pages with the records that must be read from them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_check(actions, common)
    _add_add(actions, common)
    _add_refresh(actions, common)


def _add_check(actions: Actions, common: argparse.ArgumentParser) -> None:
    parser = actions.add_parser(
        "check",
        parents=[common],
        help="read every page and compare with its record",
        description="Read the page of every case and compare with its record.json; a record that is missing is "
        "written, and the case fails. Ends with 4 where anything differs or cannot be judged, 3 where no cases are.",
    )
    _add_path(parser)
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write JUnit XML there, too")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--github", action="store_true", help="print annotations for GitHub, too")
    how.add_argument("--json", action="store_true", help="print JSON instead")
    parser.set_defaults(run=run_check)


def _add_add(actions: Actions, common: argparse.ArgumentParser) -> None:
    parser = actions.add_parser(
        "add",
        parents=[common],
        help="make a case of an archived page",
        description="Make a case of a page in a collection: the latest capture of an address, or one record. "
        "Nothing is overwritten.",
    )
    parser.add_argument("dir", metavar="DIR", type=Path, help="the collection")
    parser.add_argument("page", metavar="URL|RECORD-ID", help="the page's address, or its record: <urn:uuid:…>")
    parser.add_argument("--to", metavar="FOLDER", type=Path, help="where fixtures lie (default: tests/fixtures)")
    parser.add_argument("--name", metavar="CASE", help="the case's name (default: its day and kind)")
    parser.add_argument(
        "--anonymise",
        action="store_true",
        help="keep the page's structure and put invented words in it, so that it may be published",
    )
    parser.add_argument("--seed", metavar="TEXT", help="other invented words (default: the page itself is the seed)")
    parser.add_argument(
        "--keep",
        metavar="WORDS",
        action="append",
        default=[],
        help="words that stay: by which the reader knows something, or that are no text of the article",
    )
    add_storage(parser)
    parser.set_defaults(run=run_add)


def _add_refresh(actions: Actions, common: argparse.ArgumentParser) -> None:
    parser = actions.add_parser(
        "refresh",
        parents=[common],
        help="take what the readers give as what must be read",
        description="Write record.json anew from the stored page, and print the differences that are accepted by that.",
    )
    _add_path(parser)
    parser.add_argument("cases", metavar="CASE", nargs="*", help="only these: sankei/editorial, or editorial")
    parser.set_defaults(run=run_refresh)


def _add_path(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        metavar="PATH",
        type=Path,
        nargs="?",
        help="a folder of fixtures, of one newspaper, or one case (default: tests/fixtures)",
    )


def run_check(arguments: argparse.Namespace) -> int:
    """Check, and report."""
    from crawler.fixtures.cases import DEFAULT, find_cases
    from crawler.fixtures.checking import check
    from crawler.fixtures.reports import LEGEND, annotations_of, as_data, summary_of

    checked: list[Checked] = []
    seconds: list[float] = []
    for case in find_cases(arguments.path or DEFAULT):
        began = time.monotonic()
        checked.append(check(case))
        seconds.append(time.monotonic() - began)
        if not arguments.json:
            _print(checked[-1])
    if arguments.junit:
        _write_junit(arguments.junit, checked, seconds)
    if arguments.json:
        print(json.dumps(as_data(checked), ensure_ascii=False, indent=2))
    else:
        for one in checked if arguments.github else ():
            print("\n".join(annotations_of(one)), end="\n" * (one.outcome != "same"))
        if any(one.differences for one in checked):
            print(f"\n{LEGEND}")
        print(summary_of(checked))
    return 4 if any(one.outcome != "same" for one in checked) else 0


def run_add(arguments: argparse.Namespace) -> int:
    """Make a case."""
    from archives.collection import Collection
    from archives.errors import UsageError
    from crawler.fixtures.adding import add_case, find_page
    from crawler.fixtures.cases import DEFAULT

    if not arguments.anonymise and (arguments.seed is not None or arguments.keep):
        raise UsageError("--seed and --keep are for --anonymise")
    page = find_page(Collection(arguments.dir), arguments.page)
    case = add_case(
        page,
        arguments.to or DEFAULT,
        arguments.name,
        anonymised=arguments.anonymise,
        seed=arguments.seed,
        keep=arguments.keep,
    )
    print(f"{case.path} is a case: {len((case.path / 'page.html').read_bytes()):,} bytes, captured {page.record.date}")
    print(
        "  record.json is what the reader gives today: read it against the page, and mend the reader until it is true"
    )
    if not arguments.anonymise:
        print("  page.html is the newspaper's text: publish it with --anonymise only")
    print(f"\nnext:\n  genbun fixture check {case.path}")
    return 0


def run_refresh(arguments: argparse.Namespace) -> int:
    """Write records anew."""
    from archives.errors import UsageError
    from crawler.fixtures.cases import DEFAULT, find_cases
    from crawler.fixtures.checking import refresh

    cases = find_cases(arguments.path or DEFAULT)
    wanted = set(arguments.cases)
    if unknown := wanted - {name for case in cases for name in (case.name, case.path.name)}:
        raise UsageError(
            f"no such case: {', '.join(sorted(unknown))}; there are: {', '.join(c.name for c in cases[:20])}"
        )
    chosen = [case for case in cases if not wanted or wanted & {case.name, case.path.name}]
    done = [refresh(case) for case in chosen]
    for one in done:
        _print(one)
    rewritten = sum(1 for one in done if one.outcome in ("different", "missing"))
    broken = sum(1 for one in done if one.outcome == "broken")
    left = f", {broken} that cannot be judged" if broken else ""
    print(
        f"{rewritten} of {len(done)} records written anew{left}"
        + ("; read them against their pages" if rewritten else "")
    )
    return 4 if broken else 0


def _print(checked: Checked) -> None:
    from crawler.fixtures.reports import lines_of

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for line in lines_of(checked, colour=colour):
        print(line)


def _write_junit(file: Path, checked: Sequence[Checked], seconds: Sequence[float]) -> None:
    from archives.errors import UsageError
    from crawler.fixtures.reports import junit_of

    try:
        file.write_bytes(junit_of(checked, seconds))
    except OSError as error:
        raise UsageError(f"--junit {file}: cannot be written: {error.strerror}") from error
