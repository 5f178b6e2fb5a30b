"""The index finds words in both languages and shows where, and is brought up to the records when they change."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archives.collection import Collection
from crawler.errors import GenbunError, UsageError
from crawler.reading_room import cache
from crawler.reading_room.filling import fingerprint
from crawler.reading_room.index import Index
from crawler.reading_room.passages import Looked, Piece
from crawler.reading_room.room import Room, room_of
from crawler.reading_room.wanted import Wanted
from tests.read.made import article, made, pair, write

Open = Callable[[Path], Room]

TAIWAN = article(
    "台湾有事への備えを急げ。憲法改正の議論も要る。", "example_shimbun:T", headline="台湾海峡　備えは万全か"
)
STRAIT = article(
    "Prepare for a contingency. The rule of law counts, the café said.",
    "example_herald:taiwan",
    headline="Taiwan Strait",
)
HORSE = article("ﾊﾝｶｸと６２０億円。法の支配。", "example_shimbun:H", headline="半角")


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rooms: list[Room] = []

    def opened(folder: Path) -> Room:
        room = room_of(folder)
        rooms.append(room)
        room.open()
        return room

    yield opened
    for room in rooms:
        room.close()


@pytest.fixture
def room(opened: Open, tmp_path: Path) -> Room:
    return opened(made(tmp_path / "c", [TAIWAN, STRAIT, HORSE], [pair(STRAIT, TAIWAN)]))


def ids(index: Index, **wanted: Any) -> list[list[str]]:
    return [[side["id"] for side in entry["sides"]] for entry in index.listed(Wanted(**wanted)).entries]


PAIR = ["example_herald:taiwan", "example_shimbun:T"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("台湾", [PAIR]), ("憲法", [PAIR]), ("憲法改正", [PAIR]), ("憲改", []), ("備", [PAIR]), ("taiwan", [PAIR]),
        ("Taiwan contingency", [PAIR]), ("Taiwan 台湾", []), ('"rule of law"', [PAIR]), ('"law of rule"', []),
        ("cafe", [PAIR]), ("ハンカク", [["example_shimbun:H"]]), ("620", [["example_shimbun:H"]]),
        ("法の支配", [["example_shimbun:H"]]), ("nothing", []), ("!!", []), ('"', []), ("AND OR NEAR(", []),
    ],
)  # fmt: skip
def test_words_are_found_in_both_languages(room: Room, words: str, found: list[list[str]]) -> None:
    assert ids(room.index, words=words) == found


def test_filters(room: Room) -> None:
    index = room.index
    assert ids(index, newspaper="example_shimbun") == [PAIR, ["example_shimbun:H"]]
    assert ids(index, newspaper="example_herald") == ids(index, status="paired") == [PAIR]
    assert ids(index, status="gone") == ids(index, access="members") == ids(index, edited=True) == []
    assert len(ids(index, since="2026-11-01", until="2026-11-01")) == 2
    assert ids(index, since="2026-11-02") == ids(index, section="none") == []
    assert ids(index, words="台湾", newspaper="example_shimbun", access="free") == [PAIR]
    assert index.listed(Wanted(words="法", page=9)).total == 2, "the count of a page behind the last one"


def test_earlier_editions_are_found_when_they_are_asked_for(opened: Open, tmp_path: Path) -> None:
    first = article("誤った数字。", "example_shimbun:A", version=1)
    second = article("正しい数字。", "example_shimbun:A", version=2, at=1)
    index = opened(made(tmp_path / "c", [first, second])).index
    assert ids(index, words="正しい") == ids(index, edited=True) == [["example_shimbun:A"]]
    assert ids(index, words="誤った") == []
    assert ids(index, words="誤った", earlier=True) == [["example_shimbun:A"]]


def test_the_index_follows_the_records(opened: Open, tmp_path: Path) -> None:
    folder = made(tmp_path / "c", [TAIWAN, HORSE])
    room = opened(folder)
    before = fingerprint(room.collection)
    assert room.open() is None, "nothing is read again"
    write(folder, [TAIWAN, article("別の話。", "example_shimbun:N")])
    assert fingerprint(room.collection) != before
    filled = room.open()
    assert filled is not None
    assert (filled.added, filled.removed) == (1, 1), "a line that is in stays"
    assert ids(room.index, words="ハンカク") == []
    assert ids(room.index, words="別の話") == [["example_shimbun:N"]]
    assert ids(room.index, words="台湾") == [["example_shimbun:T"]]
    count = room.index.db.execute("SELECT COUNT(*) FROM words WHERE words MATCH '\"620\"'").fetchone()
    assert count == (0,), "nor are its words in the index"


def test_a_line_that_is_none_is_named_and_the_others_shown(opened: Open, tmp_path: Path) -> None:
    folder = made(tmp_path / "c", [TAIWAN])
    with (folder / "records" / "articles.jsonl").open("a", encoding="utf-8") as out:
        out.write('{"schema": "genbun/article/1"}\nno json\n' + json.dumps({"half": "line"})[:9])
    room = opened(folder)
    count, named = room.index.about("unreadable")
    assert count == 2
    assert [one.partition(":")[0] for one in named] == [
        "records/articles.jsonl, line 2",
        "records/articles.jsonl, line 3",
    ]
    assert ids(room.index) == [["example_shimbun:T"]]


def test_the_cache_is_the_users_own_and_the_collection_untouched(opened: Open, tmp_path: Path) -> None:
    folder = made(tmp_path / "c", [TAIWAN])
    before = {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}
    room = opened(folder)
    assert {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]} == before
    assert room.path.is_relative_to(tmp_path / "cache" / "genbun")
    assert stat.S_IMODE(room.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(room.path.parent.stat().st_mode) == 0o700


def test_where_the_cache_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.cache_folder() == tmp_path / ".cache" / "genbun"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache.cache_folder() == tmp_path / "Library" / "Caches" / "genbun"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c" / "mine"))
    with pytest.raises(GenbunError, match="lies in the collection"):
        cache.index_path(tmp_path / "c")


def test_an_index_that_is_damaged_or_of_another_version_is_made_anew(opened: Open, tmp_path: Path) -> None:
    folder = made(tmp_path / "c", [TAIWAN])
    path = opened(folder).path
    for harm in (b"no database at all" * 500, b""):
        for file in path.parent.iterdir():
            file.unlink()
        path.write_bytes(harm)
        assert ids(opened(folder).index, words="台湾") == [["example_shimbun:T"]]


def test_a_collection_without_records_says_what_to_do(tmp_path: Path) -> None:
    folder = made(tmp_path / "c", [])
    (folder / "records" / "articles.jsonl").unlink()
    with pytest.raises(GenbunError, match="crawl first"):
        Room(Collection(folder))
    (folder / "archive" / "a.warc.gz").touch()
    with pytest.raises(GenbunError, match="genbun rebuild"):
        Room(Collection(folder))
    with pytest.raises(GenbunError, match="is not there"):
        Room(Collection(tmp_path / "none"))


# passages -----------------------------------------------------------------------------------------


def shown(passage: list[Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in passage)


def passages(text: str, words: str, language: str = "ja") -> list[str]:
    return [shown(one) for one in Looked(Wanted(words=words).parts).passages(text, language)]


def test_passages_show_what_was_looked_for() -> None:
    assert passages("前の段落。\n\n憲法改正と６２０億円。\n\n後の段落。", "620 憲法") == ["[憲法]改正と[６２０]億円。"]
    assert passages("ﾊﾝｶｸの文字", "ハンカク") == ["[ﾊﾝｶｸ]の文字"]
    assert passages("The café… and the LAW of rule.", "cafe law", "en") == ["The [café]… and the [LAW] of rule."]
    assert passages("lawless outlaws, law", "law", "en") == ["lawless outlaws, [law]"]
    long = "word " * 100 + "needle" + " word" * 100
    (one,) = passages(long, "needle", "en")
    assert one.startswith("…word")
    assert one.endswith("word…")
    assert len(one) < 220
    assert passages(long, "absent", "en") == []


@given(st.text(max_size=200), st.text(max_size=20))
def test_a_passage_is_part_of_its_text(text: str, words: str) -> None:
    for one in Looked(Wanted(words=words).parts).passages(text, "ja"):
        assert "".join(piece.text for piece in one).strip("…") in text + "…"


# what is asked ------------------------------------------------------------------------------------


def test_what_is_asked_is_an_address_again() -> None:
    asked = {"q": "台湾", "since": "2026-01-01", "edited": "1", "page": "3", "other": "x"}
    wanted = Wanted.of(asked)
    assert wanted == Wanted(words="台湾", since="2026-01-01", edited=True, page=3)
    assert wanted.address(page=3) == "?q=%E5%8F%B0%E6%B9%BE&since=2026-01-01&edited=1&page=3"
    assert wanted.address() == "?q=%E5%8F%B0%E6%B9%BE&since=2026-01-01&edited=1"
    for name, value in (("since", "2026-02-30"), ("status", "x"), ("page", "-1"), ("page", "１"), ("order", "up")):
        with pytest.raises(UsageError):
            Wanted.of({name: value})
