"""`genbun newspapers`: what can be crawled."""

from __future__ import annotations

import argparse
import json


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "newspapers",
        parents=[common],
        help="list the newspapers that can be crawled",
        description="List the newspapers that can be crawled, and which paper's editorials each translates.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the list."""
    from crawler.newspapers import all_newspapers

    papers = [paper for paper in all_newspapers().values() if not paper.demo]
    if arguments.json:
        keys = ("name", "title", "language", "hosts", "translates")
        print(
            json.dumps([{key: getattr(paper, key) for key in keys} for paper in papers], ensure_ascii=False, indent=2)
        )
        return 0
    width = max(len(paper.name) for paper in papers)
    for paper in papers:
        translates = f", translates {paper.translates}" if paper.translates else ""
        print(f"{paper.name:<{width}}  {paper.title} ({paper.language}, {paper.hosts[0]}{translates})")
    return 0
