"""`genbun export` of an invented collection: seconds, rows a second, peak memory and size, by format.

    python -m bench.export [--articles 100000] [--formats jsonl parquet …] [--to DIR]

Half the articles are English, half Japanese, each pair aligned; one original in fifty has two versions. Words are drawn
at random from the gold pairs' (`tests/alignment/gold`) by how often they stand there, so that text compresses about as
editorials do: how much, by zstd in blocks as Parquet has them, is printed first.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from archives.collection import Collection
from bench.measure import run_for_peak
from crawler.exporting.formats.parquet import library
from crawler.models import Evidence
from crawler.text import digest_of
from tests.conftest import ROOT

FORMATS = ("jsonl", "csv", "tsv", "parquet", "sqlite", "tmx", "moses", "hf")
GOLD = ROOT / "tests" / "alignment" / "gold"
SENTENCES, PARAGRAPHS = 24, 8
EDITED = 50  # one original in so many has two versions


class Words:
    """Draws sentences of one language."""

    def __init__(self, words: Sequence[str], between: str, end: str, length: int) -> None:
        counts = Counter(words)
        self._words, self._weights = list(counts), list(accumulate(counts.values()))
        self._between, self._end, self._length = between, end, length

    def sentence(self, dice: random.Random) -> str:
        """A sentence of about the usual length."""
        count = dice.randrange(self._length // 2, self._length * 3 // 2)
        drawn = self._between.join(dice.choices(self._words, cum_weights=self._weights, k=count))
        return drawn[0].upper() + drawn[1:] + self._end


def languages() -> dict[str, Words]:
    """Both, from the gold pairs."""
    texts: dict[str, list[str]] = {"translation": [], "original": []}
    for path in sorted(GOLD.glob("[ab]*.json")):
        gold = json.loads(path.read_text("utf-8"))
        for side, found in texts.items():
            found += [sentence for paragraph in gold[side]["paragraphs"] for sentence in paragraph]
    english = re.findall(r"[\w'’$%.,-]+", " ".join(texts["translation"]))
    japanese = re.findall(
        r"[一-鿿々]+|[ァ-ヺー]+|[ぁ-ん]{1,4}|[^一-鿿々ァ-ヺーぁ-ん。]{1,4}", "".join(texts["original"])
    )
    return {"en": Words(english, " ", ".", 18), "ja": Words(japanese, "", "。", 21)}


def make(collection: Collection, count: int) -> None:
    """Fill a collection's records with that many articles, in pairs."""
    collection.create()
    dice, words = random.Random(8), languages()
    with (
        (collection.records / "articles.jsonl").open("w", encoding="utf-8") as articles,
        (collection.records / "pairs.jsonl").open("w", encoding="utf-8") as pairs,
    ):
        originals = (collection.records / "originals").open("w+", encoding="utf-8")
        for serial in range(count // 2):
            sides = [article(dice, words, language, serial) for language in ("en", "ja")]
            articles.write(json.dumps(sides[0][0], ensure_ascii=False) + "\n")
            if serial % EDITED == 0:
                earlier = before_the_edit(sides[1][0])
                sides[1][0].update(version=2)
                originals.write(json.dumps(earlier, ensure_ascii=False) + "\n")
            originals.write(json.dumps(sides[1][0], ensure_ascii=False) + "\n")
            pairs.write(json.dumps(pair(dice, sides), ensure_ascii=False) + "\n")
        originals.seek(0)
        for line in originals:
            articles.write(line)
        originals.close()
    (collection.records / "originals").unlink()
    (collection.archive / "bench-00001.warc.gz").touch()


def article(
    dice: random.Random, words: dict[str, Words], language: str, serial: int
) -> tuple[dict[str, Any], list[dict[str, int]]]:
    """An article line, and the places of its sentences."""
    speaker, newspaper = words[language], f"bench_{language}"
    sentences = [speaker.sentence(dice) for _ in range(SENTENCES)]
    between, places, text, parts = " " if language == "en" else "", [], "", []
    for number, sentence in enumerate(sentences):
        if number:
            text += between if number % (SENTENCES // PARAGRAPHS) else "\n\n"
        places.append({"start": len(text), "end": len(text) + len(sentence)})
        text += sentence
    parts = text.split("\n\n")
    code = f"{serial:06}{dice.getrandbits(80):020x}"
    url = f"https://{newspaper}.example/{code}/"
    day = f"{2000 + serial % 26}-{1 + serial % 12:02}-{1 + serial % 28:02}"
    block = {"kind": "paragraph", "text": None, "image_url": None, "caption": None, "credit": None, "alt": None}
    figure = block | {
        "kind": "figure",
        "image_url": f"{url}photo.jpg",
        "caption": speaker.sentence(dice),
        "credit": "Bench",
    }
    original = {"url": f"https://bench_ja.example/{serial}/", "wording": "(Read the editorial in Japanese.)"}
    original["candidates"] = [{"url": original["url"], "wording": original["wording"], "rule": "link_line"}]  # type: ignore[assignment]  # JSON
    signals = {
        "headline": "json-ld",
        "published_at": "json-ld",
        "body": "entry-content=json-ld",
        "byline": "author line",
    }
    headline = speaker.sentence(dice)[:60]
    line = {
        "schema": "genbun/article/1", "id": f"{newspaper}:{code}", "newspaper": newspaper, "language": language,
        "kind": "editorial", "url": url, "section": "Politics", "label": "EDITORIAL", "headline": headline,
        "headline_raw": f"EDITORIAL | {headline}", "standfirst": None, "byline": "Editorial Board",
        "published_at": f"{day}T05:00:00+09:00", "modified_at": None, "published_on": day,
        "blocks": [figure, *(block | {"text": part} for part in parts)], "text": text, "text_digest": digest_of(text),
        "original": original if language == "en" else None, "access": "free" if serial % 50 else "members",
        "truncated": False, "rights": rights(language, serial),
        "parser": {"name": newspaper, "version": 1, "signals": signals, "fallback": False},
        "version": 1, "capture": capture(dice, url, serial),
    }  # fmt: skip
    return line, places


def rights(language: str, serial: int) -> dict[str, Any]:
    """As pages say it: rules for robots on each, a reservation on one in ten."""
    robots = ["max-image-preview:large"] if language == "en" else ["nocache", "noarchive"]
    return {
        "robots": robots, "tdm_reservation": None if serial % 10 else "reserved", "tdm_policy": None, "license": None,
        "copyright_notice": None, "unclear": [], "looked_in": ["page", "headers"],
    }  # fmt: skip


def before_the_edit(line: dict[str, Any]) -> dict[str, Any]:
    """The version before, which lacks the last paragraph; captured the year before."""
    blocks = line["blocks"][:-1]
    text = "\n\n".join(block["text"] for block in blocks if block["text"])
    captured = line["capture"] | {"captured_at": line["capture"]["captured_at"].replace("2026", "2025")}
    captured["record_id"] = f"<urn:uuid:{line['capture']['record_id'][10:-1][::-1]}>"
    return line | {"blocks": blocks, "text": text, "text_digest": digest_of(text), "capture": captured}


def capture(dice: random.Random, url: str, serial: int) -> dict[str, Any]:
    """Where it would have been captured."""
    uuid = f"{dice.getrandbits(128):032x}"
    digest = digest_of(uuid)
    return {
        "record_id": f"<urn:uuid:{uuid[:8]}-{uuid[8:12]}-{uuid[12:16]}-{uuid[16:20]}-{uuid[20:]}>",
        "warc": f"archive/bench-{serial // 5000:05}.warc.gz", "offset": serial * 9973, "length": 9000 + serial % 997,
        "captured_at": f"2026-11-{1 + serial % 24:02}T{serial % 24:02}:{serial % 60:02}:00.{serial % 1000:06}Z",
        "status": 200, "payload_digest": digest, "url": url,
    }  # fmt: skip


def pair(dice: random.Random, sides: Sequence[tuple[dict[str, Any], list[dict[str, int]]]]) -> dict[str, Any]:
    """A pair line, aligned one by one."""
    names = ("id", "version", "url", "language", "headline", "published_at", "capture")
    translation, original = ({name: line[name] for name in names} for line, _ in sides)
    links = [
        {"translation": [here], "original": [there], "p_pair": round(1 - dice.random() ** 3, 4),
         "p_exact": round(dice.random(), 4), "warnings": []}
        for here, there in zip(sides[0][1], sides[1][1], strict=True)
    ]  # fmt: skip
    paragraphs = [{"translation": [at], "original": [at], "p_pair": 0.95} for at in range(PARAGRAPHS)]
    return {
        "schema": "genbun/pair/1", "id": translation["id"], "status": "paired", "original_url": original["url"],
        "translation": translation, "original": original, "lag_days": 3,
        "evidence": Evidence(method="link", wording="(Read it in Japanese.)", confidence=1.0).model_dump(mode="json"),
        "alignment": {"method": "bench/1", "sentences": links, "paragraphs": paragraphs},
    }  # fmt: skip


def compressibility(collection: Collection) -> str:
    """How many times smaller zstd makes the texts alone, 1 MB at a time."""
    pyarrow = library("pyarrow")
    texts: dict[str, str] = {"en": "", "ja": ""}
    with (collection.records / "articles.jsonl").open(encoding="utf-8") as lines:
        for text, language in ((line["text"], line["language"]) for line in map(json.loads, lines)):
            if len(texts[language]) < 4_000_000:
                texts[language] += text
    ratios = []
    for language, text in texts.items():
        data = text.encode()
        pieces = [data[at : at + 1_000_000] for at in range(0, len(data), 1_000_000)]
        packed = sum(len(pyarrow.Codec("zstd", compression_level=9).compress(piece)) for piece in pieces)
        ratios.append(f"{language} {len(data) / packed:.2f}")
    return ", ".join(ratios)


def size_of(path: Path) -> int:
    """Bytes of a file, or of the files in a folder."""
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(prog="python -m bench.export", description=main.__doc__)
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    options.add_argument("--to", type=Path, help="where there is room: about 40 kB an article")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.to) as scratch:
        collection = Collection(Path(scratch) / "editorials")
        make(collection, asked.articles)
        lines = size_of(collection.records) / 1e6
        print(f"{asked.articles:,} articles, {lines:,.0f} MB of lines; by zstd texts alone are smaller by "
              f"{compressibility(collection)}")  # fmt: skip
        print(
            f"{'format':<9}{'rows':>11}{'seconds':>9}{'rows/s':>9}{'peak MB':>9}{'MB':>8}{'jsonl / it':>12}", flush=True
        )
        jsonl = 0
        for name in sorted(asked.formats, key=lambda name: name != "jsonl"):
            target = Path(scratch) / f"out-{name}"
            command = [sys.executable, "-m", "crawler.commands.main", "export", str(collection.path), "--json"]
            cost = run_for_peak([*command, "--format", name, "--to", str(target)])
            rows = sum(json.loads(cost.output)["written"].values())
            size = size_of(target)
            jsonl = jsonl or (size if name == "jsonl" else 0)
            ratio = f"{jsonl / size:.1f}" if jsonl else ""
            print(f"{name:<9}{rows:>11,}{cost.wall:>9.1f}{rows / cost.wall:>9,.0f}{cost.peak:>9.0f}{size / 1e6:>8,.0f}"
                  f"{ratio:>12}", flush=True)  # fmt: skip
            for path in [target, *target.parent.glob(f"{target.name}.*")]:
                remove(path)


def remove(path: Path) -> None:
    """A file, or a folder."""
    if path.is_dir():
        for inner in path.iterdir():
            remove(inner)
        path.rmdir()
    else:
        path.unlink()


if __name__ == "__main__":
    main()
