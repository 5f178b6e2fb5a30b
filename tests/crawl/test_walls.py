"""Sites that answer 200 with a challenge, a consent wall or a login: each is named, and a challenge refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.press import Answer, Press
from crawler.press.addresses import HERALD
from tests.crawl.answers import CASES, FORBIDDEN, herald_path, refuse_listings
from tests.crawl.crawling import (
    Left,
    assert_balanced,
    assert_same_lines,
    connected,
    crawl,
    genbun,
    posts,
    rebuilt,
)

PAGE = "<!DOCTYPE html><html><head><title>{}</title></head><body><p>{}</p>{}</body></html>"
CHALLENGE = Answer(PAGE.format("Just a moment...", "Checking your browser", "").encode())
LARGE = Answer(PAGE.format("Just a moment...", "Checking your browser", f"<!-- {'x' * 3000} -->").encode())
CONSENT = Answer(PAGE.format("We value your privacy", "Please agree.", '<a href="/privacy/">Privacy</a>').encode())
LOGIN = Answer(PAGE.format("Log in | The Example Herald", "Members only.", '<input type="password">').encode())
WINDOW = ("--since", "2026-10-09", "--until", "2026-10-19", "--no-requisites")  # four editorials


def wall_editorials(press: Press, answer: Answer) -> Any:
    """Every editorial is answered so; gives back what the press does of itself."""
    find = press.find

    def walled(host: str, target: str) -> Any:
        return answer if host == HERALD and target.startswith("/editorial-") else find(host, target)

    press.find = walled  # type: ignore[method-assign]  # whatever is asked there
    return find


@pytest.mark.parametrize("answer", [CHALLENGE, LARGE], ids=["small", "a revisit of the first"])
def test_editorials_answered_with_a_challenge_are_refused(press: Press, tmp_path: Path, answer: Answer) -> None:
    """The bytes came with 200 and are kept: fetched, by the equation; the verdict counts them beside the refusals."""
    wall_editorials(press, answer)
    done = crawl(press, tmp_path / "c", *WINDOW)
    assert done.status == 6
    assert "herald.example answered 4 of 4 editorials asked with a challenge" in done.said
    left = Left(tmp_path / "c")
    assert_balanced(left)
    receipt = left.receipt
    assert (receipt["exit"], receipt["finished"], receipt["classes"]["editorial"]["fetched"]) == (6, False, 4)
    assert receipt["reasons"]["fetched: challenge"] == 4
    assert {line["reason"] for line in left.lines("problems")} == {"challenge"}
    assert len(left.lines("problems")) == 4
    assert left.text("articles") == ""
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


def test_refusals_and_challenges_are_counted_together(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, herald_path("07-cables"), FORBIDDEN)
    press.instead(HERALD, herald_path("06-pipes"), CHALLENGE)
    done = crawl(press, tmp_path / "c", *WINDOW)
    assert done.status == 6
    assert "refused 1 of 4 editorials asked (status_403) and answered 1 of them with a challenge" in done.said


def test_fewer_than_half_are_outcomes(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, herald_path("07-cables"), CHALLENGE)
    done = crawl(press, tmp_path / "c", *WINDOW)
    left = Left(tmp_path / "c")
    assert (done.status, left.receipt["finished"]) == (0, True)
    assert left.receipt["reasons"] == {"fetched: challenge": 1}
    assert left.problem(CASES["07-cables"].url)["reason"] == "challenge"


def test_a_login_is_an_outcome_and_no_refusal(press: Press, tmp_path: Path) -> None:
    """DESIGN 4 speaks of refusals; `genbun status` is where it needs a hand."""
    wall_editorials(press, LOGIN)
    done = crawl(press, tmp_path / "c", *WINDOW)
    assert done.status == 0
    details = [line["detail"] for line in Left(tmp_path / "c").lines("problems")]
    assert details == ["a login page: 'Log in | The Example Herald'"] * 4


@pytest.mark.parametrize(("answer", "word"), [(CHALLENGE, "a challenge"), (CONSENT, "a consent wall")])
def test_listings_answered_with_a_challenge_are_refused(
    press: Press, tmp_path: Path, answer: Answer, word: str
) -> None:
    refuse_listings(press, answer)
    done = crawl(press, tmp_path / "c", "--since", "2026-10-14", "--no-requisites")
    left = Left(tmp_path / "c")
    count = left.receipt["reasons"][f"fetched: {word.removeprefix('a ').replace(' ', '_')}"]
    assert done.status == 6
    assert f"herald.example answered {count} of its listings with {word}; is the crawl welcome there?" in done.said
    assert count == left.receipt["classes"]["listing"]["asked"] > 1
    assert not left.receipt["finished"]
    assert_balanced(left)
    status = genbun("status", str(left.path), "--check")
    assert status.status == 6
    assert f"with {word}" in status.out


def test_one_listing_with_a_challenge_is_named_and_others_are_read(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, "/feed/", CHALLENGE)
    assert crawl(press, tmp_path / "c", *WINDOW).status == 0
    assert Left(tmp_path / "c").receipt["reasons"] == {"fetched: challenge": 1}


def test_the_next_crawl_asks_again_what_a_challenge_stood_in_for(press: Press, tmp_path: Path) -> None:
    find = wall_editorials(press, CHALLENGE)
    assert crawl(press, tmp_path / "c", *WINDOW).status == 6
    press.find = find  # type: ignore[method-assign]
    done = crawl(press, tmp_path / "c", *WINDOW)
    left = Left(tmp_path / "c")
    assert (done.status, left.receipt["finished"], left.receipt["resumes"]) == (0, True, left.receipts()[0]["id"])
    assert left.receipt["classes"]["editorial"]["asked"] == 4
    assert len(posts(press)) == 8
    assert len(left.lines("pairs")) == 4
    assert left.text("problems") == ""
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


def test_the_next_crawl_asks_again_listings_that_were_challenges(press: Press, tmp_path: Path) -> None:
    find = press.find
    refuse_listings(press, CHALLENGE)
    assert crawl(press, tmp_path / "c", *WINDOW).status == 6
    press.find = find  # type: ignore[method-assign]
    done = crawl(press, tmp_path / "c", *WINDOW)
    assert done.status == 0, done.err
    assert len(Left(tmp_path / "c").lines("pairs")) == 4


def test_listings_refused_are_no_success_because_known_pages_were_asked(press: Press, tmp_path: Path) -> None:
    """A crawl that knows editorials asks those again; what is new it could not learn."""
    assert crawl(press, tmp_path / "c", *WINDOW).status == 0
    refuse_listings(press, CHALLENGE)
    done = genbun(
        "crawl", "example_herald", "--to", str(tmp_path / "c"), "--delay", "0", *connected(press), *WINDOW,
        "--recheck", "due", "--set", "SEARCH=False",
    )  # fmt: skip
    assert done.status == 6
    assert "of its listings with a challenge" in done.said


def test_the_check_names_a_challenge_in_place_of_listings_and_pages(press: Press, tmp_path: Path) -> None:
    check = ("newspapers", "check", "example_herald", "--delay", "0", *connected(press))
    refuse_listings(press, LARGE)
    done = genbun(*check, "--to", str(tmp_path / "one"), "--json")
    report = json.loads(done.out)
    assert (done.status, report["exit"]) == (6, 6)
    assert "of its listings with a challenge" in report["message"]
    assert {listing["wall"] for listing in report["listings"]} == {"challenge"}
    text = genbun(*check, "--to", str(tmp_path / "two")).out
    assert "! no listing: a challenge came in its place" in text


@pytest.mark.parametrize(
    "contact", ["nonsense", "me@", "@example.org", "me@example", "http://", "ftp://example.org/", "me example.org"]
)
@pytest.mark.parametrize("command", [("crawl",), ("newspapers", "check")], ids=["crawl", "check"])
def test_a_contact_at_which_nobody_can_be_reached(command: tuple[str, ...], contact: str, tmp_path: Path) -> None:
    to = ("--to", str(tmp_path / "c"), "--connect-to", "herald.example=http://127.0.0.1:9")
    done = genbun(*command, "example_herald", *to, "--contact", contact)
    assert done.status == 2, done.err
    assert f"--contact {contact!r}" in done.said
    assert "you@example.org" in done.said
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    "contact",
    ["a.b+c@mail.example.co.jp", "me@xn--p1ai.xn--p1ai", "https://example.org", "http://example.org:8080/about?x=1"],
)
def test_a_contact_that_is_one(contact: str) -> None:
    from spiders.guest import require_contact

    require_contact(contact)
