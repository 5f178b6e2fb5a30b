"""The demo: an embedded press, two crawls of it with an edit between them, and what was found, pair by pair."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from archives.collection import Collection
from archives.errors import GenbunError
from crawler.commands.myself import myself
from crawler.models import ArticleLine, PairLine, ProblemLine

if TYPE_CHECKING:
    from crawler.press import Press

NEWSPAPER = "example_herald"


def run_demo(folder: Path) -> int:
    """Run the demo into `folder`; returns the exit status."""
    from crawler.press import Press, demo

    collection = Collection(folder)
    again = folder.exists() and any(folder.iterdir())
    collection.create()
    began = time.monotonic()
    with Press(demo()) as press:
        print(f"A press of two invented newspapers is running at {press.origin}")
        print(f"Crawling The Example Herald into {folder}/ …" + (" again" if again else ""))
        _crawl(press, folder)
        press.edit()
        print("The Example Shimbun has edited one of its editorials; crawling again …")
        _crawl(press, folder)
    print()
    _print_pairs(collection)
    _print_problems(collection)
    _print_editions(collection)
    _print_places(collection, time.monotonic() - began)
    return 0


def _crawl(press: Press, folder: Path) -> None:
    """Crawl in a process of its own: Twisted's reactor runs once in each."""
    command = [sys.executable, "-m", "crawler.commands.main", "crawl", NEWSPAPER, "--to", str(folder), "--delay", "0"]
    command += ["--frontier", ""]
    command += ["--recheck", "all"]  # what was edited is too old to be due so soon
    for host, origin in press.connect_to.items():
        command += ["--connect-to", f"{host}={origin}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        failed = GenbunError(f"the demo's crawl ended with exit status {done.returncode}; `{' '.join(command)}`")
        failed.exit_status = done.returncode
        raise failed
    print(f"  {done.stdout.splitlines()[0]}")


def _print_pairs(collection: Collection) -> None:
    print("What the archive holds, pair by pair:")
    for line in _lines(collection, "pairs"):
        pair = PairLine.model_validate_json(line)
        print(f"\n  {_mark(pair.status)} {pair.translation.headline}")
        if pair.original is not None:
            lag = f", {pair.lag_days} days before" if pair.lag_days is not None else ""
            print(f"      {pair.original.headline}{lag}")
        if pair.status != "paired":
            detail = f" ({pair.evidence.detail})" if pair.evidence.detail else ""
            print(f"      {pair.status.replace('_', ' ')}{detail}")
        elif pair.evidence.detail:
            print(f"      {pair.evidence.detail}")


def _mark(status: str) -> str:
    return {"paired": "=", "restricted": "~"}.get(status, "-")


def _print_problems(collection: Collection) -> None:
    problems = [ProblemLine.model_validate_json(line) for line in _lines(collection, "problems")]
    if problems:
        print("\nPages that should have been articles and are not:")
    for problem in problems:
        print(f"  {problem.url}\n      {problem.reason}: {problem.detail}")


def _print_editions(collection: Collection) -> None:
    for line in _lines(collection, "articles"):
        article = ArticleLine.model_validate_json(line)
        if article.version and article.version > 1 and article.capture:
            print(f"\nEdited: {article.id}, version {article.version}, captured {article.capture.captured_at:%H:%M:%S}")
            print(f"      {article.headline}")


def _print_places(collection: Collection, seconds: float) -> None:
    folder = collection.path
    warcs = collection.warcs()
    size = sum(path.stat().st_size for path in warcs)
    print(f"\nDone in {seconds:.0f} s. In {folder}/:")
    print(f"  archive/      {len(warcs)} WARC files, {size / 1000:,.0f} kB: every byte as it came over the wire")
    print("  records/      articles.jsonl, pairs.jsonl, problems.jsonl, and their JSON Schemas")
    print("  indexes/      index.cdxj, for pywb")
    print("  crawls/       what each crawl asked for, and what came of it")
    print("\nTo try next:")
    genbun = myself()
    print(f"  {genbun} status {folder}      # what it holds, and what needs a hand")
    print(f"  {genbun} read {folder}        # in a browser, side by side (pip install 'genbun[read]')")
    print(f"  {genbun} verify {folder}      # every byte, digest and line against each other")
    print(f"  {genbun} rebuild {folder}     # the same records again, from archive/ alone")
    print(f"  {genbun} pack {folder} --to {folder}.wacz      # one file, for ReplayWeb.page")
    print(f"  {genbun} crawl japan_forward --to editorials --limit 5 --contact you@example.org")


def _lines(collection: Collection, kind: str) -> Iterator[str]:
    with (collection.records / f"{kind}.jsonl").open(encoding="utf-8") as lines:
        yield from lines
