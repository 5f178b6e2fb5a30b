"""`genbun pack` by size of the archive: rate, CPU and peak memory, beside `cp`: python -m bench.pack [MB …] [--to DIR].

A collection of that many MB is made from incompressible WARC records and synthetic articles in both languages. Default
sizes: 100 1000; the issue asks for memory that is flat from 100 to 5000.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import hashlib
import json
import os
import random
import sys
import tempfile
import zlib
from pathlib import Path

from archives.capture import Capture
from archives.collection import Collection
from bench.measure import Cost, run
from crawler.models import Article, ArticleLine, Block, Original, Parser

KB = 1024
PAGE = 100 * KB  # kept for an article with all its parts
ROTATE = 1024 * KB * KB
BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def make(collection: Collection, size: int) -> int:
    """Fill a collection of `size` bytes of WARC; returns the number of articles."""
    collection.create()
    noise = random.Random(1).randbytes(PAGE)
    count, number, at = size // PAGE, 0, 0
    articles = (collection.records / "articles.jsonl").open("w", encoding="utf-8")
    index = collection.index.open("w", encoding="utf-8")
    warc = None
    with articles, index:
        for serial in range(count):
            if warc is None or at > ROTATE:
                if warc is not None:
                    warc.close()
                number, at = number + 1, 0
                name = f"bench-{number:05}.warc.gz"
                warc = (collection.archive / name).open("wb")
            member = zlib.compress(serial.to_bytes(8, "big") + noise[8:], 0, wbits=31)
            warc.write(member)
            line = article(serial, name, at, len(member))
            articles.write(line.line() + "\n")
            fields = {"url": line.url, "mime": "text/html", "status": "200", "digest": line.text_digest}
            fields |= {"length": str(len(member)), "offset": str(at), "filename": name}
            index.write(f"example,bench)/{serial:08} 20260101000000 {json.dumps(fields)}\n")
            at += len(member)
    if warc is not None:
        warc.close()
    for kind in ("pairs", "problems"):
        (collection.records / f"{kind}.jsonl").touch()
    return count


def article(serial: int, warc: str, offset: int, length: int) -> ArticleLine:
    """A synthetic article of the usual size: English translations and Japanese originals in turn."""
    japanese = serial % 2
    words = "社説は国の針路を問うてきた。" if japanese else "The editorial asked which way the country should go. "
    paragraphs = [words * 8] * 8
    text = "\n\n".join(paragraphs)
    digest = "sha1:" + base64.b32encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()
    url = f"https://bench.example/{serial:08}"
    read = Article(
        id=f"bench_{'ja' if japanese else 'en'}:{serial}", newspaper="bench_ja" if japanese else "bench_en",
        language="ja" if japanese else "en", kind="editorial", url=url, section=None, label=None,
        headline=f"見出し {serial}" if japanese else f"Headline {serial}", headline_raw="x",
        standfirst=None, byline=None, published_at=BEGAN, modified_at=None, published_on=BEGAN.date(),
        blocks=tuple(Block(kind="paragraph", text=words) for words in paragraphs), text=text, text_digest=digest,
        original=None if japanese else Original(url=None, wording=None), access="free", truncated=False,
        parser=Parser(name="bench", version=1, signals={}),
    )  # fmt: skip
    capture = Capture(
        record_id=f"<urn:uuid:{serial:032}>", warc=f"archive/{warc}", offset=offset, length=length, captured_at=BEGAN,
        status=200, payload_digest=digest, url=url,
    )  # fmt: skip
    return ArticleLine(**dict(read), version=1, capture=capture)


def main() -> None:
    """Pack collections of growing size."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=[100, 1000], metavar="MB")
    parser.add_argument("--to", help="where there is room for twice the largest size")
    arguments = parser.parse_args()
    print(f"{'WARC MB':>8}{'articles':>10}{'MB/s':>8}{'cp MB/s':>9}{'CPU s':>8}{'peak MB':>9}   check: MB/s, peak")
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory(dir=arguments.to) as scratch:
            collection, target = Collection(Path(scratch) / "c"), Path(scratch) / "c.wacz"
            count = make(collection, size * KB * KB)
            os.sync()
            cost = genbun(collection, target)
            total = target.stat().st_size / 1e6
            check = run([sys.executable, "-c", CHECK, str(target)])
            target.unlink()
            os.sync()
            copy = run(["sh", "-c", 'cp -r "$0" "$1" && sync', str(collection.path), str(target)])
        print(
            f"{size:>8,}{count:>10,}{total / cost.wall:>8.0f}{total / copy.wall:>9.0f}{cost.cpu:>8.1f}{cost.peak:>9.0f}"
            f"   {total / check.wall:.0f}, {check.peak:.0f}",
            flush=True,
        )


CHECK = """import sys, pathlib
from archives.pack.checking import check_wacz
sys.exit(len(list(check_wacz(pathlib.Path(sys.argv[1])))))"""


def genbun(collection: Collection, target: Path) -> Cost:
    """One run of `genbun pack`."""
    command = [sys.executable, "-m", "crawler.commands.main", "pack", str(collection.path), "--to", str(target)]
    return run(command)


if __name__ == "__main__":
    main()
