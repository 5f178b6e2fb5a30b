"""`genbun newspapers`: what can be crawled; whether its live site still reads; the beginning of a new one."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.newspapers import Newspaper

Parsers = argparse._SubParsersAction  # argparse has no public name for what `add_subparsers` gives

CHECK = """Ask a newspaper's live site for a sample: robots.txt, one listing of each of its ways, its two newest
editorials and their originals, a request a second, as any crawl does. Print field by field what its reader
makes of them, what the pages are made of, and keep them for whoever mends the reader."""
NEW = """Write crawler/newspapers/NAME.py, and from a saved page a first failing case. Nothing is fetched."""


def add(commands: Parsers[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "newspapers",
        parents=[common],
        help="list the newspapers that can be crawled, check one on its live site, or begin a new one",
        description="List the newspapers that can be crawled, and which paper's editorials each translates.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)
    more = parser.add_subparsers(title="more", metavar="check | new")
    _add_check(more, common)
    _add_new(more, common)


def _add_check(more: Parsers[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    parser = more.add_parser(
        "check",
        parents=[common],
        help="does its live site still read?",
        description=CHECK,
        epilog="exit status: 0 it reads · 3 nothing found · 4 it does not read as it should (the fields are named) "
        "· 6 the site refused us",
    )
    parser.add_argument("newspaper", metavar="NAME", help="which one; `genbun newspapers` lists them")
    parser.add_argument("--to", metavar="DIR", type=Path, help="keep the pages in this new folder (default: a new one)")
    parser.add_argument("--url", metavar="U", action="append", default=[], help="check this page, with no listing")
    parser.add_argument(
        "--contact",
        metavar="MAIL|URL",
        default=os.environ.get("GENBUN_CONTACT", ""),
        help="whom a newspaper can turn to; sent with every request (default: GENBUN_CONTACT)",
    )
    parser.add_argument(
        "--connect-to", metavar="HOST=ORIGIN", action="append", default=[], help="send requests for HOST to http(s)://…"
    )
    parser.add_argument("--ca", metavar="FILE", help="one more authority for https origins, PEM")
    parser.add_argument("--delay", metavar="S", type=float, help="seconds between two requests to one host (default 1)")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.set_defaults(
        run=check,
        concurrency=None,
        no_requisites=True,
        no_align=True,
        no_search=True,
        frontier="",
        crawl="",
        encoder="",
        insecure=False,
        settings=[],
        log="ERROR",
    )


def _add_new(more: Parsers[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    parser = more.add_parser("new", parents=[common], help="begin a newspaper's file and first case", description=NEW)
    parser.add_argument("newspaper", metavar="NAME", help="its name here: small letters, digits and single _")
    parser.add_argument("url", metavar="URL", help="an address of its site; the page's own, where one is given")
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--page", metavar="FILE", type=Path, help="an article as saved from URL (.gz is unpacked)")
    given.add_argument("--from", metavar="DIR", type=Path, dest="collection", help="URL's page as a collection has it")
    parser.add_argument("--into", metavar="FOLDER", type=Path, help="the checkout to write into (default: this one)")
    parser.set_defaults(run=new)


def run(arguments: argparse.Namespace) -> int:
    """Print the list."""
    from crawler.newspapers import all_newspapers

    papers = [paper for paper in all_newspapers().values() if not paper.demo]
    if arguments.json:
        keys = ("name", "title", "language", "hosts", "translates")
        _print_json([{key: getattr(paper, key) for key in keys} | _unproven(paper) for paper in papers])
        return 0
    width = max(len(paper.name) for paper in papers)
    for paper in papers:
        translates = f", translates {paper.translates}" if paper.translates else ""
        where = f"{paper.hosts[0]}{paper.path.rstrip('/')}"
        unproven = f"; unproven: {', '.join(one.field for one in paper.unproven)}" if paper.unproven else ""
        print(f"{paper.name:<{width}}  {paper.title} ({paper.language}, {where}{translates}){unproven}")
    return 0


def _unproven(paper: Newspaper) -> dict[str, Any]:
    return {"unproven": [asdict(one) for one in paper.unproven]}


def check(arguments: argparse.Namespace) -> int:
    """Ask the live site, print what was found, end with the check's own exit status."""
    from archives.errors import GenbunError
    from crawler.checking.asking import ask
    from crawler.checking.printing import lines
    from crawler.checking.report import report
    from crawler.commands.crawl import settings_of
    from crawler.newspapers import newspaper_named

    newspaper_named(arguments.newspaper)
    arguments.to = folder_for(arguments.newspaper, arguments.to)
    spider = {"newspaper": arguments.newspaper, "url": " ".join(arguments.url)}
    try:
        asked = ask(spider, settings_of(arguments), debug=arguments.debug)
    except GenbunError:
        with contextlib.suppress(OSError):  # nothing was asked, so nothing is kept there
            arguments.to.rmdir()
        raise
    found = report(asked)
    if arguments.json:
        _print_json(found)
    else:
        print("\n".join(lines(found)))
    return int(found["exit"])


def folder_for(newspaper: str, to: Path | None) -> Path:
    """The folder that the pages are kept in: a new one, since a collection's own crawls are not to be mixed with it."""
    import tempfile

    from archives.errors import UsageError

    if to is None:
        return Path(tempfile.mkdtemp(prefix=f"genbun-check-{newspaper}-"))
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise UsageError(f"{to}: is there already; a check keeps its pages in a folder of their own, so give a new one")
    return to


def new(arguments: argparse.Namespace) -> int:
    """Write the file and the case, and say what is to be done next."""
    from crawler.checking.beginning import begin

    print("\n".join(begin(arguments.newspaper, arguments.url, arguments.page, arguments.collection, arguments.into)))
    return 0


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
