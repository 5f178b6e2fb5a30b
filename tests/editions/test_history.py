"""`genbun history`: of a crawled collection, and of collections in any state."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archives.collection import Collection
from crawler.editions import HistoryLine, applied, histories
from crawler.editions.records import ArticleHistory
from crawler.models import Block
from tests.editions.articles import alignment, collection, line, pair
from tests.editions.conftest import ORIGINAL, STEADY, TRANSLATION, Lines, align
from tests.fixture.running import genbun


def history(folder: Path, asked: str = ORIGINAL) -> dict[str, Any]:
    """What `--json` prints."""
    done = genbun("history", folder, asked, "--json")
    assert done.status == 0, done.err
    said: dict[str, Any] = json.loads(done.out)
    return said


def sides(said: dict[str, Any]) -> tuple[ArticleHistory, ArticleHistory]:
    """Translation and original."""
    translation, original = HistoryLine.model_validate_json(json.dumps(said)).articles
    return translation, original


# of a crawled collection --------------------------------------------------------------------------


def test_all_editions_are_there_with_their_captures(made: Path, lines: Lines) -> None:
    translation, original = sides(history(made))
    assert [(one.id, one.side) for one in (translation, original)] == [
        (TRANSLATION, "translation"), (ORIGINAL, "original"),
    ]  # fmt: skip
    assert [one.version for one in translation.editions] == [1, 2]
    assert [one.version for one in original.editions] == [1, 2, 3]
    assert [one.captures for one in translation.editions] == [2, 2]
    assert [one.captures for one in original.editions] == [1, 2, 1]
    assert original.editions[0].text_digest == original.editions[2].text_digest
    for article in (translation, original):
        for edition in article.editions:
            stored = lines.articles[article.id, edition.version]
            assert edition.record_id == stored["capture"]["record_id"]
            assert edition.counts.paragraphs == len(stored["text"].split("\n\n"))
            assert edition.captured_at <= edition.last_captured_at


def test_what_changed_is_what_the_press_changed(made: Path) -> None:
    _, original = sides(history(made))
    corrected, restored = original.revisions
    assert [one.field for one in corrected.fields] == ["headline", "modified_at"]
    assert [(one.what, one.unit) for one in corrected.text] == [
        ("reworded", "sentence"), ("reworded", "sentence"), ("inserted", "sentence"),
    ]  # fmt: skip
    assert corrected.text[2].new is not None
    assert corrected.text[2].new.text == "（数字に誤りがあり、訂正しました）"
    assert [(one.what, one.unit) for one in restored.text] == [
        ("reworded", "sentence"), ("reworded", "sentence"), ("removed", "sentence"),
    ]  # fmt: skip
    assert [(edit.removed, edit.inserted) for edit in corrected.text[1].edits] == [("１０", "８")]


def test_the_other_side_followed_once_and_then_not(unaligned: Path) -> None:
    translation, original = sides(history(unaligned))
    followed, restored = original.revisions
    (change,) = translation.revisions[0].text
    assert {one.status for change in followed.text for one in change.counterparts} == {"followed"}
    assert {one.version for change in followed.text for one in change.counterparts} == {2}
    assert [one.status for one in change.counterparts] == ["follows"]
    assert {one.why for change in restored.text for one in change.counterparts} == {"no_later_capture"}
    assert [one.status for one in followed.fields[0].counterparts] == ["not_followed"]
    assert followed.fields[1].counterparts == ()


def test_the_changes_make_each_edition_of_the_one_before(made: Path, lines: Lines) -> None:
    for article in sides(history(made)):
        for revision in article.revisions:
            old, new = (lines.text(article.id, at) for at in (revision.from_version, revision.to_version))
            assert applied(old, revision.text) == new
            for change in revision.text:
                for place, text in ((change.old, old), (change.new, new)):
                    assert place is None or text[place.start : place.end] == place.text


def test_places_on_the_other_side_are_paragraphs_there(unaligned: Path, lines: Lines) -> None:
    _, original = sides(history(unaligned))
    (found,) = original.revisions[0].text[0].counterparts
    (spot,) = found.places
    assert found.edition == 1
    assert lines.text(TRANSLATION, 1).split("\n\n")[spot.paragraph] == lines.text(TRANSLATION, 1)[spot.start : spot.end]


def test_the_pairs_alignment_says_which_sentence_was_followed(copy: Path, lines: Lines) -> None:
    losses = "The line loses 260 million yen a year.", "赤字は年６億２千万円に上る。"
    texts = lines.text(TRANSLATION, 2), lines.text(ORIGINAL, 3)
    align(copy, alignment(((texts[0], losses[0]), (texts[1], losses[1]))))
    translation, original = sides(history(copy))
    assert translation.alignment == "by hand"
    found = [one for change in original.revisions[0].text for one in change.counterparts]
    assert [(one.basis, one.status) for one in found] == [
        ("sentence", "followed"), ("paragraph", "not_followed"), ("paragraph", "not_followed"),
    ]  # fmt: skip
    (spot,) = found[0].places
    assert lines.text(TRANSLATION, 1)[spot.start : spot.end] == "The line loses 620 million yen a year."


def test_any_name_of_either_side_will_do(made: Path) -> None:
    said = history(made)
    record = said["articles"][0]["editions"][1]["record_id"]
    for asked in (TRANSLATION, said["articles"][0]["url"], said["articles"][1]["url"], record, record.strip("<>")):
        assert history(made, asked) == said


def test_without_a_journal_the_archive_says_the_same(made: Path, copy: Path) -> None:
    (copy / "journal.sqlite").unlink()
    assert genbun("history", copy, "--all").out == genbun("history", made, "--all").out


def test_a_journal_that_does_not_know_every_file_is_not_believed(made: Path, copy: Path) -> None:
    for path in sorted((copy / "archive").iterdir())[2:]:
        path.rename(path.with_name(path.name.replace("genbun-", "genbun-moved-")))
    assert genbun("history", copy, "--all").out == genbun("history", made, "--all").out


def test_nothing_is_changed(copy: Path) -> None:
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    history(copy)
    genbun("history", copy, "--all")
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_all_are_json_lines_of_what_was_edited(made: Path) -> None:
    done = genbun("history", made, "--all", "--json")
    (only,) = done.out.splitlines()
    assert done.status == 0
    assert json.loads(only) == history(made)
    assert [one.line() for one in histories(Collection(made))] == [only]


def test_the_same_collection_gives_the_same_bytes(made: Path) -> None:
    command = [sys.executable, "-m", "crawler.commands.main", "history", str(made), "--all"]
    said = {
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert said != {b""}


def test_a_person_reads_what_was_changed(unaligned: Path) -> None:
    done = genbun("history", unaligned, ORIGINAL)
    assert done.status == 0
    assert "\x1b" not in done.out
    said = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "TIME", done.out)
    said = re.sub(r"\d+ (?:second|minute)s?\b", "SOME TIME", said)
    assert "  TIME  original     2  地方鉄道　正しい数字で議論せよ\n" in said
    assert "    地方鉄道　[-数字を示して-]{+正しい数字で+}議論せよ\n    → the translation: did not follow, " in said
    assert (
        "  ~ paragraph 2, a sentence\n    赤字は年[-６億２-]{+２億６+}千万円に上る。\n"
        "  ~ paragraph 2, a sentence\n    １キロ当たりの１日の乗客は３１０人で、昭和６２年の[-１０-]{+８+}分の１だ。\n"
        "  + paragraph 2, a sentence\n    {+（数字に誤りがあり、訂正しました）+}\n"
        "    → the translation, paragraph 2 (by position): followed SOME TIME later, version 2, TIME\n"
    ) in said
    assert "    The line loses [-620-]{+260+} million yen a year.\n" in said
    assert "(by position): this followed it, SOME TIME later, version 2, TIME\n" in said
    assert said.endswith("+ inserted  - removed  > moved  ~ reworded  [-as it was-]{+as it is+}\n")
    order = re.findall(r"^the (\w+), version (\d)", said, re.MULTILINE)
    assert order == [("original", "1"), ("translation", "1"), ("original", "2")]


def test_one_edition_is_a_history_too(made: Path) -> None:
    done = genbun("history", made, STEADY)
    assert done.status == 0
    assert "captured 4 times" in done.out
    assert done.out.endswith("No edition differs from the one before.\n")


# collections in any state -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    ["last train", "example_herald:editorial-before-the-last-train-leave", "https://herald.example/the-last-train/"],
)
def test_an_unknown_id_is_wrong_usage_and_the_nearest_is_named(made: Path, asked: str) -> None:
    done = genbun("history", made, asked)
    assert done.status == 2
    assert done.said.startswith(f"genbun: {asked}: no article of this collection has that id or address; near it: ")
    assert TRANSLATION in done.said


def test_where_nothing_is_near_the_file_is_named(made: Path) -> None:
    assert genbun("history", made, "x" * 9999).said.endswith("ids and addresses are in records/articles.jsonl")


@pytest.mark.parametrize("more", [(), ("some:id", "--all")])
def test_one_article_or_all(made: Path, more: tuple[str, ...]) -> None:
    done = genbun("history", made, *more)
    assert (done.status, done.said) == (2, "genbun: say which article by its ID, or --all")


def test_no_collection(tmp_path: Path) -> None:
    assert genbun("history", tmp_path / "none", "some:id").status == 2


def test_no_records(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    done = genbun("history", tmp_path, "some:id")
    assert done.status == 2
    assert "`genbun rebuild" in done.said


@pytest.mark.parametrize("broken", ["{}", "not JSON", "[]", '{"id": 1}'])
@pytest.mark.parametrize("file", ["articles", "pairs"])
def test_a_line_that_is_none(tmp_path: Path, file: str, broken: str) -> None:
    folder = collection(tmp_path / "c", [line("灯台。")])
    with (folder / "records" / f"{file}.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(f"{broken}\n")
    done = genbun("history", folder, "example_shimbun:A")
    assert done.status == 4
    assert f"{file}.jsonl, byte " in done.said


def test_a_crawl_that_ends_meanwhile_does_no_harm(tmp_path: Path) -> None:
    texts = [line("灯台。", id=f"example_shimbun:{name}", version=at, at=at) for name in "AB" for at in (1, 2)]
    folder = collection(tmp_path / "c", texts)
    found = histories(Collection(folder))
    first = next(found)
    path = folder / "records" / "articles.jsonl"
    path.with_suffix(".new").write_text("{}\n" * 99, "utf-8")
    path.with_suffix(".new").replace(path)
    assert [first.id, *(one.id for one in found)] == ["example_shimbun:A", "example_shimbun:B"]


def test_nothing_was_edited(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", [line("灯台。")])
    done = genbun("history", folder, "--all")
    assert (done.status, done.out) == (0, "")
    assert "no article has more than one edition" in done.err


def test_one_original_with_two_translations(tmp_path: Path) -> None:
    first, second = (line("A lamp.", id=f"example_herald:{name}", language="en") for name in "ab")
    old, new = line("灯台。船。"), line("灯台。海の船。", version=2, at=5)
    folder = collection(tmp_path / "c", [first, second, old, new], [pair(one, new) for one in (first, second)])
    said = HistoryLine.model_validate_json(json.dumps(history(folder, old.id)))
    assert [one.id for one in said.articles] == ["example_herald:a", "example_herald:b", "example_shimbun:A"]
    (change,) = said.articles[2].revisions[0].text
    assert [one.id for one in change.counterparts] == ["example_herald:a", "example_herald:b"]
    assert "→ example_herald:b, paragraph 1 (by position): cannot be known" in genbun("history", folder, old.id).out


def test_an_article_without_a_counterpart(tmp_path: Path) -> None:
    folder = collection(tmp_path / "c", [line("灯台。"), line("", version=2, at=1), line("灯台。", version=3, at=2)])
    (alone,) = HistoryLine.model_validate_json(json.dumps(history(folder, "example_shimbun:A"))).articles
    assert (alone.side, alone.pair) == (None, None)
    assert [[one.what for one in revision.text] for revision in alone.revisions] == [["removed"], ["inserted"]]


def test_fields_figures_and_kinds(tmp_path: Path) -> None:
    def figure(name: str, caption: str) -> Block:
        return Block(kind="figure", image_url=f"https://x.example/{name}", caption=caption)

    one, two = Block(kind="paragraph", text="灯台の火。"), Block(kind="paragraph", text="船は待たない。")
    head = Block(kind="heading", text="灯台の火。")
    old = line([figure("a", "一"), figure("b", "二"), figure("c", "三"), one, two], section="論説")
    new = line(
        [figure("d", "四"), figure("b", "二"), figure("a", "壱"), head, two], version=2, at=1, byline="山川太郎",
        access="members", headline="灯台ふたたび",
    )  # fmt: skip
    folder = collection(tmp_path / "c", [old, new])
    (article,) = HistoryLine.model_validate_json(json.dumps(history(folder, old.id))).articles
    (revision,) = article.revisions
    assert [(one.field, one.old, one.new) for one in revision.fields] == [
        ("headline", "灯台", "灯台ふたたび"), ("byline", None, "山川太郎"), ("section", "論説", None),
        ("access", "free", "members"), ("blocks[3].kind", "paragraph", "heading"),
    ]  # fmt: skip
    assert sorted((one.what, one.caption or "") for one in revision.figures) == [
        ("changed", "壱"), ("inserted", "四"), ("moved", "二"), ("removed", "三"),
    ]  # fmt: skip
    assert revision.text == ()
    said = genbun("history", folder, old.id).out
    assert "    [-nothing-]{+山川太郎+}\n" in said
    assert "(what members alone are shown was not removed)" in said
    assert "  ~ figure changed: 壱\n    caption\n      [-一-]{+壱+}\n" in said
