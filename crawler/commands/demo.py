"""`genbun demo`: the whole system on an embedded press, with no network."""

from __future__ import annotations

import argparse
from pathlib import Path


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "demo",
        parents=[common],
        help="crawl an embedded press on this machine and show what comes of it",
        description="Start a press with two invented newspapers on loopback, crawl it, let it edit an article, crawl "
        "it again, and show what was found, pair by pair. Needs no network.",
    )
    parser.add_argument("--to", metavar="DIR", type=Path, help="keep the collection there (default: genbun-demo)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the demo."""
    from crawler.demo import run_demo

    return run_demo(arguments.to or Path("genbun-demo"))
