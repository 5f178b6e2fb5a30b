"""What `genbun status` says where a site sends challenges, consent walls, logins or empty shells for its pages."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from crawler.models import Reason
from tests.crawl.crawling import genbun
from tests.status.test_drift import PAPER, drift, findings, month, problem

DAY = dt.date(2026, 11, 20)
KINDS: dict[str, tuple[Reason, str, str, str]] = {  # word → reason, detail, kind of concern, what the sentence says
    "challenge": ("challenge", "the page says 'Just a moment...'", "walled", "were challenges, not articles"),
    "consent_wall": ("challenge", "a consent wall: 'Before'", "walled", "were consent walls, not articles"),
    "login_page": ("not_an_article", "'A': a login page: 'Log in'", "walled", "were login pages, not articles"),
    "empty_shell": ("no_body", "an empty shell: 0 characters to be seen: 'A'", "shells", "were empty shells, not art"),
}


@pytest.mark.parametrize("word", KINDS)
def test_half_of_a_month_needs_a_hand_and_is_not_blamed_on_the_reader(tmp_path: Path, word: str) -> None:
    reason, detail, kind, said = KINDS[word]
    drift(tmp_path, month(2026, 11, 6), [problem(number, DAY, reason, detail) for number in range(6)])
    folder = str(tmp_path / "collection")
    done = genbun("status", folder)
    by_hand = " ".join(done.out.partition("needs a hand:")[2].partition("\n\n")[0].split())
    assert f"{PAPER}: 6 of 12 pages captured 2026-11 {said}" in by_hand
    assert "drifts" not in done.out
    assert f"problems      6 {word}" in done.out
    whole = json.loads(genbun("status", folder, "--json").out)
    paper = whole["newspapers"][PAPER]
    assert (paper["problems"], paper["instead"]) == ({reason: 6}, {word: 6})
    assert paper["drift"]["problems"] == {"2026-11": {reason: 6}}
    assert paper["drift"]["instead"] == {"2026-11": {word: 6}}
    (concern,) = (one for one in whole["concerns"] if one["kind"] in ("walled", "shells", "drift"))
    assert (concern["kind"], concern["severity"], concern["key"]) == (kind, "warning", f"{PAPER}/{kind}/{word}")
    check = genbun("status", folder, "--check")
    assert check.status == {"walled": 6, "shells": 4}[kind]
    assert check.out.startswith("WARNING - ")
    assert said in check.out


def test_fewer_than_half_are_told_apart_among_the_problems(tmp_path: Path) -> None:
    problems = [
        *(problem(number, DAY, *KINDS["login_page"][:2]) for number in range(3)),
        *(problem(number, DAY, *KINDS["consent_wall"][:2]) for number in range(3, 5)),
        problem(5, DAY, "not_an_article", "a listing: 'Opinion'"),
    ]
    said = "captured 2026-11: 6 of 20 pages gave no article (3 login_page, 2 consent_wall, 1 listing)"
    assert findings(tmp_path, month(2026, 11, 14), problems) == [f"{PAPER}, {said}"]
    whole = json.loads(genbun("status", str(tmp_path / "collection"), "--json").out)
    (concern,) = (one for one in whole["concerns"] if one["kind"] == "drift")
    assert concern["text"] == said
    (unread,) = (one for one in whole["concerns"] if one["kind"] == "unread")
    assert unread["text"].startswith("pages that could not be read (2 consent_wall, 3 login_page)")


def test_what_is_told_once_is_not_told_again_among_the_problems(tmp_path: Path) -> None:
    challenges = [problem(number, DAY, *KINDS["challenge"][:2]) for number in range(10)]
    others = [problem(number, DAY, "no_body") for number in range(10, 13)]
    assert findings(tmp_path, month(2026, 11, 7), [*challenges, *others]) == [
        f"{PAPER}, captured 2026-11: 3 of 20 pages gave no article (3 no_body)"
    ]


def test_a_few_pages_are_no_month(tmp_path: Path) -> None:
    found = drift(tmp_path, month(2026, 11, 1), [problem(number, DAY, *KINDS["challenge"][:2]) for number in range(3)])
    assert list(found.instead()) == []
