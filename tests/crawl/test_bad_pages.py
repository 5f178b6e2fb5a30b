"""Pages that are not what they ought to be: one crawl that meets them all, and nothing captured is lost."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.press import Answer, Press, Raw, demo
from crawler.press.addresses import HERALD, SHIMBUN
from tests.crawl.answers import (
    CASES,
    ONE_DAY,
    herald_path,
    page_of,
    raw,
    shimbun_path,
)
from tests.crawl.crawling import (
    Left,
    asked,
    assert_balanced,
    assert_same_lines,
    crawl,
    rebuilt,
)

ENGLISH = page_of(HERALD, herald_path("01-ferry")).body
JAPANESE = page_of(SHIMBUN, shimbun_path("02-towers")).body
HTML = b"Content-Type: text/html; charset=UTF-8"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"1 0 obj <</Type/Catalog>> endobj\n" * 80


def strange_pages(press: Press) -> None:
    """Give eight posts, and six originals, answers that no newspaper ought to give."""

    def moved(to: str) -> Answer:
        return Answer(b"", status=302, headers=((b"Location", to.encode()),), compress=False)

    zipped = gzip.compress(ENGLISH)
    english: dict[str, Answer | Raw] = {
        "01-ferry": Answer(b""),
        "02-towers": raw(
            HTML, b"Content-Encoding: gzip", b"Content-Length: %d" % (len(zipped) - 400), body=zipped[:-400]
        ),
        "03-library": raw(HTML, b"Content-Length: %d" % (len(ENGLISH) + 500), body=ENGLISH),
        "04-debris": raw(b"Content-Type: application/pdf", b"Content-Length: %d" % len(PDF), body=PDF),
        "05-homework": Answer(b"gone\n", status=404),
        "06-pipes": moved("https://elsewhere.example/story/"),
        "07-cables": moved(CASES["07-cables"].url),
        "08-rice": raw(HTML, b"Content-Length: %d" % len(PDF), body=PDF),
        "09-bears": raw(HTML, b"Transfer-Encoding: chunked", body=b"2000\r\nhalf a page\r\n"),
        "10-care": Raw(b""),
        "11-hospital": moved("/category/editorial/"),
        "12-geothermal": Answer(b"broken\n", status=500),
    }
    for key, answer in english.items():
        press.instead(HERALD, herald_path(key), answer)
    # 13-paper is moved by the press itself: its new place goes round in circles
    paper = shimbun_path("13-paper")
    new = demo().find(SHIMBUN, paper, 1)
    assert new is not None
    (there,) = (value.decode() for name, value in new.headers if name == b"Location")
    press.instead(SHIMBUN, there.removeprefix(f"https://{SHIMBUN}"), moved(f"https://{SHIMBUN}{paper}"))
    shift_jis = JAPANESE.decode().encode("cp932", "xmlcharrefreplace")
    press.instead(
        SHIMBUN, shimbun_path("14-railway"), raw(HTML, b"Content-Length: %d" % len(shift_jis), body=shift_jis)
    )
    press.instead(SHIMBUN, shimbun_path("17-seabed"), moved("https://shimbun.example/"))


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Left, Press]]:
    """A crawl of a press with those pages in it, after a crawl in which two of them were whole."""
    to = tmp_path_factory.mktemp("strange") / "c"
    with Press(demo()) as press:
        whole = crawl(press, to, "--url", CASES["01-ferry"].url, "--url", CASES["04-debris"].url, "--no-requisites")
        assert whole.status == 0, whole.err
        strange_pages(press)
        press.exchanges.clear()
        done = crawl(press, to, "--no-requisites", "--set", "RETRY_TIMES=1")
        assert done.status == 0, done.err
        yield Left(to), press


def test_the_receipt_balances_whatever_came(strange: tuple[Left, Press]) -> None:
    assert_balanced(strange[0])


def test_lines_equal_the_archives_whatever_came(strange: tuple[Left, Press], tmp_path: Path) -> None:
    assert_same_lines(strange[0], rebuilt(strange[0], tmp_path / "again"))


def test_nothing_that_was_captured_is_lost(strange: tuple[Left, Press]) -> None:
    """Two editorials were read before their pages came back empty, and as PDF: their lines and pairs stay."""
    left, _ = strange
    for key in ("01-ferry", "04-debris"):
        assert left.statuses()[CASES[key].url] == "paired"
        assert sum(line["url"] == CASES[key].url for line in left.lines("articles")) == 1
        assert all(line["url"] != CASES[key].url for line in left.lines("problems"))


@pytest.mark.parametrize(
    ("key", "reason", "words"),
    [
        ("02-towers", "undecodable", "gzip"),
        ("03-library", "failed", "cut_off"),
        ("05-homework", "failed", "404 Not Found"),
        ("07-cables", "failed", "leads to itself"),
        ("08-rice", "not_an_article", ""),
        ("09-bears", "failed", "cut_off"),
        ("10-care", "failed", "cut_off"),
        ("12-geothermal", "failed", "500"),
    ],
)
def test_why_a_page_is_no_article(strange: tuple[Left, Press], key: str, reason: str, words: str) -> None:
    problem = strange[0].problem(CASES[key].url)
    assert problem["reason"] == reason, problem
    assert words in problem["detail"]
    assert CASES[key].url not in strange[0].statuses()


def test_a_page_may_not_have_us_try_a_host_s_ports(press: Press, tmp_path: Path) -> None:
    page = page_of(HERALD, herald_path("07-cables"))
    images = b"".join(b'<img src="https://herald.example:%d/a.png">' % port for port in (22, 80, 443, 8443))
    press.instead(HERALD, herald_path("07-cables"), Answer(page.body.replace(b"</article>", images + b"</article>")))
    assert crawl(press, tmp_path / "c", "--since", "2026-10-09", "--until", "2026-10-19").status == 0
    ports = {one["url"]: one["reason"] for one in Left(tmp_path / "c").outcomes if "a.png" in one["url"]}
    skipped = {url for url, reason in ports.items() if reason == "other_port"}
    assert skipped == {f"https://herald.example:{port}/a.png" for port in (22, 8443)}


def test_a_redirect_to_a_foreign_host_is_not_followed(strange: tuple[Left, Press]) -> None:
    left, press = strange
    problem = left.problem("https://elsewhere.example/story/")
    assert problem["detail"] == "skipped: outside_hosts"
    assert {line["reason"] for line in left.outcomes if "elsewhere" in line["url"]} == {"outside_hosts"}
    assert {one.host for one in press.exchanges} <= {HERALD, SHIMBUN}


def test_a_redirect_to_a_list_is_no_article(strange: tuple[Left, Press]) -> None:
    problem = strange[0].problem(f"https://{HERALD}/category/editorial/")
    assert problem["reason"] == "not_an_article"
    assert strange[0].problem(f"https://{SHIMBUN}/")["reason"] == "not_an_article"
    assert strange[0].statuses()[CASES["17-seabed"].url] == "unreadable"


def test_originals_that_go_in_circles(strange: tuple[Left, Press]) -> None:
    left, press = strange
    (pair,) = (pair for pair in left.lines("pairs") if pair["translation"]["url"] == CASES["13-paper"].url)
    assert pair["status"] == "unreadable"
    assert "loop" in pair["evidence"]["detail"]
    assert asked(press, SHIMBUN).count(shimbun_path("13-paper")) == 1


def test_a_page_in_another_charset_than_it_says(strange: tuple[Left, Press]) -> None:
    """Shift_JIS that calls itself UTF-8, in header and meta: read by what it is, or a problem; no mojibake."""
    left, _ = strange
    url = CASES["14-railway"].original_url
    problem = [line for line in left.lines("problems") if line["url"] == url]
    assert [line["reason"] for line in problem] == ["disagreement"], "another article's page: its id says so"
    assert "\ufffd" not in left.text("articles") + left.text("problems")


def test_each_broken_answer_was_kept_as_it_came(strange: tuple[Left, Press]) -> None:
    """What was cut short is marked as such, and what nothing came of has its metadata record."""
    left, _ = strange
    kept = {record.url: record for record in left.records() if record.type == "response"}
    for key in ("03-library", "09-bears"):
        assert kept[CASES[key].url].headers["WARC-Truncated"] == "disconnect"
    assert kept[CASES["03-library"].url].block.endswith(ENGLISH)
    assert kept[CASES["04-debris"].url].block.endswith(PDF)
    assert kept[CASES["08-rice"].url].block.endswith(PDF)
    outcomes = {line["url"]: (line["outcome"], line["reason"]) for line in left.outcomes}
    for key in ("03-library", "09-bears", "10-care"):
        assert outcomes[CASES[key].url] == ("failed", "cut_off")
    assert outcomes[CASES["12-geothermal"].url] == ("failed", "status_500")


def test_what_fails_is_asked_again_what_is_no_is_not(strange: tuple[Left, Press]) -> None:
    _, press = strange
    times = {key: asked(press, HERALD).count(herald_path(key)) for key in CASES}
    assert times["12-geothermal"] == times["09-bears"] == 2
    assert times["10-care"] >= 2, "and once more where the connection may have been closed before it was sent"
    assert times["05-homework"] == times["02-towers"] == times["01-ferry"] == 1


def test_shift_jis_that_calls_itself_utf_8_is_read(press: Press, tmp_path: Path) -> None:
    path = shimbun_path("07-cables")
    page = page_of(SHIMBUN, path).body
    body = page.decode().encode("cp932", "xmlcharrefreplace")
    assert body != page
    press.instead(SHIMBUN, path, raw(HTML, b"Content-Length: %d" % len(body), body=body))
    assert crawl(press, tmp_path / "c", *ONE_DAY).status == 0
    left = Left(tmp_path / "c")
    (original,) = (line for line in left.lines("articles") if line["language"] == "ja")
    assert original["headline"] == "海底ケーブル　守る責任者を決めよ"
    assert list(left.statuses().values()) == ["paired"]


def test_a_chain_of_redirects_ends(press: Press, tmp_path: Path) -> None:
    """Ten are followed; the next is noted, as is why."""
    path, steps = herald_path("07-cables"), [f"/step-{number}/" for number in range(1, 13)]
    for here, there in zip([path, *steps], [*steps, path], strict=True):
        answer = Answer(b"", status=301, headers=((b"Location", there.encode()),), compress=False)
        press.instead(HERALD, here, answer)
    done = crawl(press, tmp_path / "c", *ONE_DAY)
    left = Left(tmp_path / "c")
    assert done.status == 0
    assert_balanced(left)
    assert asked(press, HERALD, "/step-") == steps[:10]
    assert left.problem(f"https://{HERALD}/step-11/")["detail"] == "skipped: too_many_redirects"
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))
