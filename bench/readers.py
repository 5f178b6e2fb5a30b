"""CPU of a page read and written as a JSON line, beside trafilatura and fundus in the same minutes.

    python -m bench.readers [--pairs 20] [--rounds 5]

Pages: the cases in tests/fixtures that a reader reads by itself; generated pairs of the embedded press, in the sizes of
real pages; and, where GENBUN_REAL_PAGES names the folder that has them, real Sankei pages. Each round reads all pages
of a group with one after the other, and each starts every second round; caches of trafilatura's are emptied before
each of its turns, as every page of a crawl is new. CPU is that of the process, start-up and the first reading left
out. Ratios are those of a round; medians are printed.

fundus needs another lxml, so it is measured in an environment of its own: GENBUN_FUNDUS names that environment's
Python (`pip install fundus "curl_cffi<0.16"`: 0.5.7 cannot be imported beside a newer one). It reads the Sankei pages
alone, as it knows no other paper here, and has to find a body on each page where we do.
"""

from __future__ import annotations

import argparse
import base64
import gc
import gzip
import json
import logging
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure import middle
from crawler.models import Article
from crawler.newspapers import parse_page
from crawler.press import scaled
from crawler.press.addresses import herald_url, path_of, shimbun_url

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"
AT_MOST = {"trafilatura": 1 / 7, "fundus": 0.7}  # what we may cost beside each, on Sankei's pages

Page = tuple[bytes, str]
Turn = Callable[[list[Page]], float]
"""Reads all pages; gives CPU seconds."""

FUNDUS = """
import base64, datetime, json, sys, time
from fundus import PublisherCollection
parser = PublisherCollection.jp.SankeiShimbun.parser(datetime.datetime.now())
pages = []
for line in sys.stdin:
    if line != "go\\n":
        pages.append(base64.b64decode(line).decode("utf-8", "replace"))
        continue
    found, began = 0, time.process_time()
    for page in pages:
        read = parser.parse(page, "suppress")
        body = read.get("body")
        found += bool(body)
        json.dumps({**read, "body": body.serialize() if body else None}, default=str, ensure_ascii=False)
    print(time.process_time() - began, found, flush=True)
"""


def fixtures() -> list[Page]:
    """Cases that give an article without the general extractor, which is the other side of the comparison."""
    pages = []
    for source in sorted(FIXTURES.glob("*/*/source.json")):
        page = source.with_name("page.html").read_bytes(), json.loads(source.read_text("utf-8"))["url"]
        read = parse_page(*page)
        if isinstance(read, Article) and not read.parser.fallback:
            pages.append(page)
    return pages


def generated(pairs: int) -> list[Page]:
    """Pairs of the embedded press."""
    content = scaled(pairs, seed=1)
    pages = []
    for number in range(pairs):
        one = content.pair(number)
        for url in (herald_url(one), shimbun_url(one)):
            answer = content.find(*path_of(url), 1)
            assert answer is not None, url
            pages.append((answer.body, url))
    return pages


def real(shared: Path) -> list[Page]:
    """Real Sankei pages."""
    rows = [row.split("\t") for row in (shared / "pages" / "MANIFEST.tsv").read_text("utf-8").splitlines()[1:]]
    sankei = [row for row in rows if row[1] == "sankei"]
    return [(gzip.decompress((shared / "pages" / row[0]).read_bytes()), row[4]) for row in sankei]


def genbun(pages: list[Page]) -> float:
    """Read with our readers, each article written as its line."""
    began = time.process_time()
    for body, url in pages:
        parse_page(body, url).line()
    return time.process_time() - began


def trafilatura(pages: list[Page], *, precision: bool = False, fast: bool = False) -> float:
    """Read with trafilatura: its defaults, with metadata and JSON; `precision` as our fallback asks it, no comments."""
    from trafilatura import extract
    from trafilatura.meta import reset_caches

    reset_caches()
    began = time.process_time()
    for body, url in pages:
        extract(
            body, url=url, output_format="json", with_metadata=True, include_comments=not precision,
            favor_precision=precision, fast=fast,
        )  # fmt: skip
    return time.process_time() - began


@contextmanager
def fundus(pages: list[Page]) -> Iterator[Turn | None]:
    """A turn of fundus's in its own environment; None, with the reason printed, where there is none."""
    python = os.environ.get("GENBUN_FUNDUS")
    if not python:
        print("fundus: not measured: GENBUN_FUNDUS names no Python that has it")
        yield None
        return
    tried = subprocess.run([python, "-c", "import fundus"], capture_output=True, check=False, text=True)
    if tried.returncode:
        print(f"fundus: not measured: {python} cannot import it: {tried.stderr.strip().splitlines()[-1]}")
        yield None
        return
    process = subprocess.Popen([python, "-c", FUNDUS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    asked, answered = process.stdin, process.stdout
    bodies = sum(isinstance(parse_page(*page), Article) for page in pages)
    asked.writelines(f"{base64.b64encode(body).decode()}\n" for body, _ in pages)

    def turn(_: list[Page]) -> float:
        asked.write("go\n")
        asked.flush()
        seconds, found = answered.readline().split()
        assert int(found) == bodies, f"fundus found {found} bodies on the pages where we found {bodies}"
        return float(seconds)

    try:
        yield turn
    finally:
        asked.close()
        process.wait(10)


def compare(title: str, pages: list[Page], turns: dict[str, Turn], rounds: int) -> None:
    """Print a group: milliseconds a page, and what the others cost beside us."""
    if not pages:
        return
    taken: dict[str, list[float]] = {name: [] for name in turns}
    for turn in turns.values():
        turn(pages)
    for number in range(rounds):
        for name, turn in list(turns.items())[:: -1 if number % 2 else 1]:
            gc.collect()  # nobody pays for what another left
            taken[name].append(turn(pages) / len(pages) * 1000)
    size = sum(len(body) for body, _ in pages) / len(pages) / 1000
    articles = sum(isinstance(parse_page(*page), Article) for page in pages)
    print(f"\n{title}: {len(pages)} pages of {size:,.0f} KB, {articles} of them articles; {rounds} rounds")
    print(f"{'':<24}{'ms a page':>10}{'times ours':>12}{'ours / it':>11}")
    for name, times in taken.items():
        ratio = middle([it / ours for it, ours in zip(times, taken["genbun"], strict=True)])
        print(f"{name:<24}{middle(times):>10.2f}{ratio:>12.2f}{1 / ratio:>11.3f}", flush=True)


def main() -> None:
    """Print a table for each group of pages."""
    options = argparse.ArgumentParser(prog="python -m bench.readers", description=main.__doc__)
    options.add_argument("--pairs", type=int, default=20)
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    for name in ("trafilatura", "htmldate", "justext", "readability"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    turns: dict[str, Turn] = {
        "genbun": genbun,
        "trafilatura": trafilatura,
        "trafilatura, precision": lambda pages: trafilatura(pages, precision=True),
        "trafilatura, fast": lambda pages: trafilatura(pages, fast=True),
    }
    compare("fixtures", fixtures(), turns, asked.rounds)
    compare("embedded press", generated(asked.pairs), turns, asked.rounds)
    shared = os.environ.get("GENBUN_REAL_PAGES")
    if not shared:
        print("\nreal Sankei pages: not measured: GENBUN_REAL_PAGES names no folder of them")
        return
    pages = real(Path(shared))
    print()
    with fundus(pages) as turn:
        compare("real Sankei pages", pages, {**turns, **({"fundus": turn} if turn else {})}, asked.rounds)
    print("\nasked for on Sankei's: " + ", ".join(f"ours / {name} <= {most:.3f}" for name, most in AT_MOST.items()))


if __name__ == "__main__":
    main()
