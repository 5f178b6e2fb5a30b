"""A coverage-guided search for pages and listings that a reader cannot bear: python -m tools.fuzz_readers --seconds 60.

Needs `pip install atheris` beside what Genbun needs. It starts from the pages of tests/fixtures and three small
listings, takes them apart at their tags and puts them together otherwise, and keeps what reaches new lines of
`crawler`. Any bytes must give an `Article` or a `Problem` (a `Listed`, for listings), never an exception; an article
has words and holds together; each within 2 s and 300 MB. What breaks that is made small and kept in the folder `--to`,
one file a cause; the exit status is 1 where there is any. `--again FILE …` reads such files without atheris.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import importlib.util
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random
from typing import Any, get_args
from unicodedata import category

from crawler.listings import ENTRY_LIMIT, read_listing
from crawler.models import Article, Problem
from crawler.newspapers import all_newspapers, parse_page  # noqa: F401  # the worker asks for all, to watch them
from crawler.newspapers.newspaper import Listed, Way
from crawler.text import digest_of, text_of

ROOT = Path(__file__).resolve().parent.parent
SECONDS, MEGABYTES = 2.0, 300
JST = dt.timezone(dt.timedelta(hours=9))
SOURCES = sorted(ROOT.glob("tests/fixtures/*/*/source.json"))
CASES = [(json.loads(source.read_text("utf-8"))["url"], source.with_name("page.html")) for source in SOURCES]
TARGETS: list[tuple[str, str]] = sorted({("page", url) for url, _ in CASES})
TARGETS += [(way, "https://japan-forward.com/listing/") for way in get_args(Way)]
LISTINGS = {
    "sitemap": b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://'
    b"japan-forward.com/a/</loc><lastmod>2024-01-31T09:00+09:00</lastmod></url></urlset>",
    "feed": b'<rss version="2.0"><channel><item><title>EDITORIAL | A</title><link>https://japan-forward.com/a/</link>'
    b"<pubDate>Wed, 31 Jan 2024 09:00:00 +0900</pubDate></item></channel></rss>",
    "rest": b'[{"link": "https://japan-forward.com/a/", "date_gmt": "2024-01-31T00:00:00", "title": {"rendered": "A"},'
    b' "_embedded": {"author": [{"name": "B"}]}}]',
}
FRAGMENT = re.compile(rb"<[^>]*>?|[^<]+")
VALUE = re.compile(rb'"[^"<>]*"')
ODD = [
    b"", b"\0", b"\xff\xfe", b"\xe3\x80", b"\xef\xbb\xbf", "　".encode() * 40, b"&#xD800;", b"&#x110000;", b"&nbsp;",
    b"0000-00-00", b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-23:59", b"2024-02-30T25:61:61+99:99", b"1e999",
    "９９９９年９９月９９日９９時".encode(), b"NaN", b"-1", b"[" * 3000, b'{"a":' * 3000, b'"\\ud800"', b"9" * 5000,
    b"http://[", b"//", b"http://a:99999999/", b"http://xn--/", b"https://www.sankei.com:x/", b"javascript:", b"data:,",
    b"?" * 500, b"{}", b"[]", b"null", b"{", b"<!--", b"-->", b"<![CDATA[", b"<plaintext>", b"<template>", b"<svg><p>",
    b"<table><td>", b"<base href=//[>", b"<meta charset=utf-16>", b"<meta charset=iso-2022-jp>", b"\x1b$B", b"<script>",
    b"</script>", "【主張】".encode(), "（".encode() * 60,
]  # fmt: skip


class Broken(Exception):
    """What was promised and does not hold."""


def hold(holds: bool, what: str) -> None:
    """Raise `Broken` where it does not hold."""
    if not holds:
        raise Broken(what)


def check(data: bytes) -> str:
    """Read one input, whose first byte says as what; gives what came out, raises where a promise is broken."""
    way, url = TARGETS[(data[0] if data else 0) % len(TARGETS)]
    memory, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = parse_page(data[1:], url) if way == "page" else read_listing(data[1:], url, way)  # type: ignore[arg-type]
    seconds = time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024
    hold(seconds < SECONDS, "too slow")
    hold(grown < MEGABYTES, "too much memory")
    if isinstance(found, Listed):
        hold(way != "page" and len(found.lines) <= ENTRY_LIMIT, "more lines than may be")
        hold(all(line.url for line in found.lines), "a line without an address")
        hold(all(line.published.tzinfo for line in found.lines if isinstance(line.published, dt.datetime)), "no zone")
    else:
        hold(isinstance(found, Article | Problem), f"a {type(found).__name__}")
        found.model_dump_json().encode()
    if isinstance(found, Article):
        _check_article(found)
    return f"{way} {url}: {type(found).__name__} in {seconds:.2f} s, {grown} MB more"


def _check_article(article: Article) -> None:
    hold(bool(article.text.strip()), "an article without words")
    hold(article.text == text_of(article.blocks), "text is not its blocks'")
    hold(article.text_digest == digest_of(article.text), "the digest is not the text's")
    hold(article.headline.strip() == article.headline, "blanks around a headline")
    hold(all(category(character) != "Cc" for character in article.headline), "a control in a headline")
    hold(all((block.kind == "figure") == (block.text is None) for block in article.blocks), "a block without words")
    if article.published_at:
        hold(article.published_on == article.published_at.astimezone(JST).date(), "published_on is another day")
    hold(type(article).model_validate_json(article.model_dump_json()) == article, "JSON gives another article")


def cause(error: Exception) -> str:
    """A name for what went wrong, the same for inputs that go wrong alike: the error, and our last line it passed."""
    passed = [f for f in traceback.extract_tb(error.__traceback__) if "/crawler/" in f.filename]
    words = str(error) if isinstance(error, Broken) else type(error).__name__
    where = f" {Path(passed[-1].filename).stem} {passed[-1].lineno}" if passed else ""
    return re.sub(r"\W+", "-", words + where)[:80]


def broken(data: bytes) -> str | None:
    """The cause why this input breaks a promise, or None."""
    try:
        check(data)
    except Exception as error:
        return cause(error)
    return None


def mutate(data: bytes, longest: int, rng: Random, seeds: list[bytes]) -> bytes:
    """The input with some of its fragments gone, doubled, nested, moved, swapped for odd ones or for another page's."""
    parts = FRAGMENT.findall(data[1:]) or [b"<p>"]
    for _ in range(rng.randint(1, 5)):
        start = rng.randrange(len(parts))
        run = slice(start, start + rng.choice((1, 1, 2, 5, 20)))
        other = FRAGMENT.findall(rng.choice(seeds)[1:]) or [b""]
        there = rng.randrange(len(other))
        action = rng.choice(("drop", "repeat", "move", "odd", "odd value", "odd value", "splice", "splice", "nest"))
        if action == "drop":
            parts[run] = []
        elif action == "repeat":
            parts[run] = parts[run] * rng.choice((2, 3, 30, 1000))
        elif action == "move":
            taken, parts[run] = parts[run], []
            parts[start // 2 : start // 2] = taken
        elif action == "odd":
            parts[run] = [rng.choice(ODD)]
        elif action == "odd value":
            values = list(VALUE.finditer(parts[start]))
            if values:
                value, odd = rng.choice(values), rng.choice((b'"%s"', b"%s")) % rng.choice(ODD)
                parts[start] = parts[start][: value.start()] + odd + parts[start][value.end() :]
        elif action == "splice":
            parts[start:start] = other[there : there + rng.choice((1, 3, 10, 50))]
        else:
            parts[start:start] = [other[there]] * rng.choice((5, 300, 3000))
        parts = parts or [b"<p>"]
    first = data[:1] if data and rng.random() < 0.9 else bytes([rng.randrange(len(TARGETS))])
    return (first + b"".join(parts))[:longest]


def seed_inputs() -> list[bytes]:
    """The fixtures' pages and the small listings, each behind the byte of its target."""
    pages = [bytes([TARGETS.index(("page", url))]) + page.read_bytes() for url, page in CASES]
    ways = {way: number for number, (way, _) in enumerate(TARGETS)}
    return pages + [bytes([ways[way]]) + body for way, body in LISTINGS.items()]


def note(data: bytes, name: str, folder: Path) -> None:
    """Keep the input under its cause: the smallest, or the largest of what is too slow, as coverage slows all down."""
    kept = folder / f"{name}.input"
    if not kept.exists():
        print(f"found: {name} ({len(data)} bytes)", file=sys.stderr, flush=True)
    if not kept.exists() or (len(data) < kept.stat().st_size) != name.startswith("too-"):
        kept.write_bytes(data)


def small(data: bytes, name: str) -> bytes:
    """The input without the fragments, then the bytes, that its cause can do without; at most a minute's work."""
    ends = time.monotonic() + 60
    for piece in (FRAGMENT, re.compile(rb"(?s).")):
        parts: list[bytes] = piece.findall(data[1:])
        size = len(parts)
        while (size := size // 2) and time.monotonic() < ends:
            start = 0
            while start < len(parts) and time.monotonic() < ends:
                fewer = parts[:start] + parts[start + size :]
                if broken(data[:1] + b"".join(fewer)) == name:
                    parts = fewer
                else:
                    start += size
        data = data[:1] + b"".join(parts)
    return data


WORKER = """
import sys, atheris
with atheris.instrument_imports(include=["crawler"]):
    from tools import fuzz_readers
    fuzz_readers.all_newspapers()
fuzz_readers.work(*sys.argv[1:])
"""


def work(folder: str, corpus: str, seconds: str, longest: str) -> None:
    """Search, in a process of its own: libFuzzer never returns. See `WORKER`."""
    atheris: Any = importlib.import_module("atheris")
    seeds = seed_inputs()

    def target(data: bytes) -> None:
        if name := broken(data):
            note(data, name, Path(folder))

    def mutator(data: bytes, most: int, seed: int) -> bytes:
        rng = Random(seed)  # noqa: S311  # libFuzzer's own number, for a search that can be repeated
        other: bytes = atheris.Mutate(data, most) if rng.random() < 0.25 else mutate(data, most, rng, seeds)
        return other

    flags = ["-timeout=30", "-rss_limit_mb=3000", "-len_control=0", "-report_slow_units=1000"]
    flags += [f"-max_total_time={seconds}", f"-max_len={longest}", f"-artifact_prefix={folder}/"]
    atheris.Setup(["fuzz_readers", *flags, corpus], target, custom_mutator=mutator)
    atheris.Fuzz()


def search(folder: Path, seconds: int, longest: int) -> list[Path]:
    """Let workers search until the time is over, one after the other should one die; gives what is kept, made small."""
    folder.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="fuzz-corpus-") as corpus:
        for number, seed in enumerate(seed_inputs()):
            Path(corpus, f"seed-{number}").write_bytes(seed)
        while (left := int(ends - time.monotonic())) > 0:
            worker = [sys.executable, "-c", WORKER, str(folder), corpus, str(left), str(longest)]
            if subprocess.run(worker, cwd=ROOT, check=False).returncode == 1:  # Python's own; libFuzzer's are others
                sys.exit("the search could not begin: see above")
    for kept in folder.glob("*.input"):
        if not kept.name.startswith("too-"):
            kept.write_bytes(small(kept.read_bytes(), kept.stem))
        elif not broken(kept.read_bytes()):
            kept.unlink()
    return sorted(path for path in folder.iterdir() if path.is_file())


def again(path: Path) -> bool:
    """Read a kept input, and say what comes of it; True where it breaks a promise."""
    try:
        print(f"{path.name}: {check(path.read_bytes())}")
    except Exception:
        print(f"{path.name}:\n{traceback.format_exc()}")
        return True
    return False


def main() -> int:
    """Search, or read again what was found."""
    options = argparse.ArgumentParser(prog="python -m tools.fuzz_readers", description=main.__doc__)
    options.add_argument("--seconds", type=int, default=300)
    options.add_argument("--to", type=Path, default=ROOT / "build" / "fuzz", help="where findings are kept")
    options.add_argument("--longest", type=int, default=100_000, help="bytes an input may have; fewer are read sooner")
    options.add_argument("--again", type=Path, nargs="+", default=[], metavar="FILE")
    asked = options.parse_args()
    if asked.again:
        return max(int(again(path)) for path in asked.again)
    if importlib.util.find_spec("atheris") is None:
        sys.exit("atheris is not installed here: pip install atheris")
    found = search(asked.to.resolve(), asked.seconds, asked.longest)
    print("\n".join(f"{path.stat().st_size:>8} {path}" for path in found) or "nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
