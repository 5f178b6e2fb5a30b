"""A collection for the exports: alignments made by counting, not by the aligner, and lines changed at will."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from crawler.text import digest_of

Line = dict[str, Any]
SENTENCE = re.compile(r"[^\n]+?(?:[.?!]”?(?=\s)|[。？！]」?|(?=\n|$))")
METHOD = "counting/1"


def align_all(collection: Path, *, sure: Callable[[int], float] = lambda number: 0.99 - 0.01 * (number % 30)) -> None:
    """Give every pair that has an original an alignment; `sure` says how sure each link is."""
    articles = {(line["id"], line["version"]): line["text"] for line in read(collection, "articles")}

    def aligned(pair: Line) -> Line:
        if pair["original"] is None:
            return pair
        here, there = (articles[side["id"], side["version"]] for side in (pair["translation"], pair["original"]))
        return pair | {"alignment": alignment_of(here, there, sure)}

    write(collection, "pairs", [aligned(pair) for pair in read(collection, "pairs")])


def alignment_of(translation: str, original: str, sure: Callable[[int], float]) -> Line:
    """The first two sentences render the first; then one by one; what is left over has an empty other side."""
    here, there = spans(translation), spans(original)
    groups: list[tuple[list[Line], list[Line]]] = [(here[:2], there[:1])]
    rest_t, rest_o = here[2:], there[1:]
    groups += [([one], [other]) for one, other in zip(rest_t, rest_o, strict=False)]
    groups += [([one], []) for one in rest_t[len(rest_o) :]] + [([], [one]) for one in rest_o[len(rest_t) :]]
    links = [
        {"translation": t, "original": o, "p_pair": round(sure(number), 2), "p_exact": round(sure(number) / 2, 3),
         "warnings": ["number: 3.5 / ３"] if number == 1 else []}
        for number, (t, o) in enumerate(groups)
    ]  # fmt: skip
    paragraphs = [{"translation": [0], "original": [0], "p_pair": 0.9}]
    return {"method": METHOD, "sentences": links, "paragraphs": paragraphs}


def spans(text: str) -> list[Line]:
    """Places of sentences, without the white space around them."""
    found = []
    for match in SENTENCE.finditer(text):
        words = match[0].strip()
        if words:
            start = match.start() + match[0].index(words[0])
            found.append({"start": start, "end": start + len(words)})
    return found


def read(collection: Path, kind: str) -> list[Line]:
    """The lines of a collection, or of an export in JSON Lines."""
    folder = collection / "records" if (collection / "records").is_dir() else collection
    return read_lines(folder / f"{kind}.jsonl")


def read_lines(path: Path) -> list[Line]:
    """JSON Lines; U+2028 ends none."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        return [json.loads(line) for line in lines]


def write(collection: Path, kind: str, lines: Sequence[Line]) -> None:
    """Replace lines."""
    text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    (collection / "records" / f"{kind}.jsonl").write_text(text, "utf-8", newline="\n")


def change(collection: Path, kind: str, which: Callable[[Line], bool], changes: dict[str, Any]) -> Line:
    """Change the first line that answers; returns it as it is then. A new `text` gets blocks and digest to match."""
    lines = read(collection, kind)
    at = next(number for number, line in enumerate(lines) if which(line))
    lines[at] |= changes
    if "text" in changes:
        block = dict.fromkeys(("text", "image_url", "caption", "credit", "alt")) | {"kind": "paragraph"}
        lines[at]["blocks"] = [block | {"text": part} for part in changes["text"].split("\n\n")]
        lines[at]["text_digest"] = digest_of(changes["text"])
    write(collection, kind, lines)
    return lines[at]


def with_original(collection: Path) -> int:
    """How many pairs have an original."""
    return sum(pair["original"] is not None for pair in read(collection, "pairs"))


def is_paired(line: Line) -> bool:
    """Whether a pair line is of a pair."""
    return bool(line["status"] == "paired")
