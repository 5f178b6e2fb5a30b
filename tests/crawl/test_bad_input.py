"""Bad input, from users and from sites: a message that says what, where and what to do, the right exit status, and
nothing lost that was captured."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.press import Answer, Press, Raw, cases, demo
from crawler.press.addresses import HERALD, SHIMBUN
from tests.crawl.crawling import (
    Left,
    asked,
    assert_balanced,
    assert_same_lines,
    connected,
    crawl,
    crawled,
    environment,
    genbun,
    posts,
    rebuilt,
)

pytestmark = pytest.mark.xdist_group("crawl-bad-input")

CASES = {case.key: case for case in cases()}
FORBIDDEN = Answer(b"no\n", "text/plain", status=403)
SLOW_DOWN = Answer(b"slow down\n", "text/plain", status=429, headers=((b"Retry-After", b"1"),))
ONE_DAY = ("--since", "2026-10-14", "--until", "2026-10-14", "--no-requisites")  # one editorial


def herald_path(key: str) -> str:
    return CASES[key].url.removeprefix(f"https://{HERALD}")


def shimbun_path(key: str) -> str:
    url = CASES[key].original_url
    assert url is not None
    return url.removeprefix(f"https://{SHIMBUN}")


def page_of(host: str, path: str) -> Answer:
    answer = demo().find(host, path, 1)
    assert answer is not None
    return answer


def raw(*fields: bytes, body: bytes = b"", status: int = 200) -> Raw:
    head = b"\r\n".join([b"HTTP/1.1 %d As Sent" % status, *fields, b"", b""])
    return Raw(head + body, status=status)


# --- what users give


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--since", "yesterday"], ["--since", "'yesterday'", "YYYY-MM-DD"]),
        (["--until", "2024-02-30\x1b[31m"], ["--until", r"\x1b", "YYYY-MM-DD"]),
        (["--since", "2024-02-02", "--until", "2024-02-01"], ["2024-02-02", "later", "2024-02-01"]),
        (["--limit", "many"], ["--limit", "'many'", "1 or more"]),
        (["--url", "the front page"], ["--url", "'the'", "http"]),
        (["--url", "https://herald.example/a\x01b/"], ["--url", r"\x01", "http"]),
        (["--url", "https://elsewhere.example/a/"], ["--url", "elsewhere.example", "herald.example"]),
        (["--url", "https://shimbun.example/article/1/"], ["shimbun.example", "not a host of example_herald"]),
        (["--contact", "me@example.org\r\nX-Other: 1"], ["--contact", r"\r\n", "control character", "mail address"]),
        (["--set", "USER_AGENT=a\x7fb"], [r"\x7f", "control character"]),
        (["--set", "nothing"], ["--set", "'nothing'", "NAME=VALUE"]),
        (["--set", "DOWNLOAD_TIMEOT=30"], ["--set", "DOWNLOAD_TIMEOT", "did you mean DOWNLOAD_TIMEOUT"]),
        (["--set", "OTHER=1"], ["--set", "OTHER", "scrapy crawl -s"]),
        (["--set", "DOWNLOAD_TIMEOUT=long"], ["DOWNLOAD_TIMEOUT=long", "no number", "60"]),
        (["--delay", "nan"], ["--delay", "nan", "0 to 3600"]),
        (["--concurrency", "0"], ["--concurrency", "0", "1 to 64"]),
        (["--connect-to", "herald.example"], ["--connect-to", "'herald.example'", "HOST=ORIGIN"]),
        (["--connect-to", "herald.example=ftp://x"], ["--connect-to", "ftp://x", "http://HOST:PORT"]),
        (["--connect-to", "herald.example=http://x:99999"], ["--connect-to", "99999", "no origin"]),
        (["--ca", "/nowhere.pem"], ["--ca", "/nowhere.pem", "PEM"]),
        (["--log", "LOUD"], ["--log", "'LOUD'", "WARNING"]),
        (["--recheck", "sometimes"], ["--recheck", "'sometimes'", "'none'"]),
        (["--delay", "soon"], ["--delay", "'soon'"]),
    ],
)
def test_an_option_that_makes_no_sense(options: list[str], words: list[str], tmp_path: Path) -> None:
    to = tmp_path / "c"
    connect = ["--connect-to", "herald.example=http://127.0.0.1:9"]
    done = genbun("crawl", "example_herald", "--to", str(to), *connect, *options)
    assert done.status == 2, done.err
    said = done.err.splitlines()[-1]
    assert said.startswith("genbun")
    assert [word for word in words if word not in said] == [], said
    assert not to.exists(), "nothing is made before it is known what for"


@pytest.mark.parametrize("name", ["example_heralt", "", "../sankei", "日本\x1b[2J"])
def test_an_unknown_newspaper(name: str, tmp_path: Path) -> None:
    done = genbun("crawl", name, "--to", str(tmp_path / "c"), "--contact", "me@example.org")
    assert done.status == 2
    assert "genbun newspapers" in done.said
    assert "\x1b" not in done.err
    assert not (tmp_path / "c").exists()
    if name:
        assert "japan_forward" in done.said
        assert "example_herald" not in done.said, "the demo's are shown by no list"


def test_a_real_host_wants_a_contact(tmp_path: Path) -> None:
    done = genbun("crawl", "japan_forward", "--to", str(tmp_path / "c"))
    assert done.status == 2
    for word in ("japan-forward.com", "--contact", "GENBUN_CONTACT", "--connect-to"):
        assert word in done.said
    assert not (tmp_path / "c").exists()


def test_another_host_sent_elsewhere_is_no_contact(tmp_path: Path) -> None:
    """Only where the newspaper's own host is given by --connect-to may the contact be missing."""
    connect = ("--connect-to", "www.sankei.com=http://127.0.0.1:9")
    done = genbun("crawl", "japan_forward", "--to", str(tmp_path / "c"), *connect)
    assert (done.status, "--contact" in done.said) == (2, True)


def test_the_command_line_itself(tmp_path: Path) -> None:
    assert genbun().status == 2
    assert genbun("crawl").status == 2
    assert "--to" in genbun("crawl", "example_herald").err
    assert genbun("uncrawl").status == 2


@pytest.mark.parametrize("kind", ["file", "other", "below", "nowhere"])
def test_a_folder_that_is_no_collection(kind: str, tmp_path: Path) -> None:
    to = {"file": tmp_path / "file", "other": tmp_path, "below": tmp_path / "file" / "c", "nowhere": Path("/proc/c")}
    (tmp_path / "file").write_text("a letter", "utf-8")
    connect = ("--connect-to", "herald.example=http://127.0.0.1:9")
    done = genbun("crawl", "example_herald", "--to", str(to[kind]), *connect)
    assert done.status == 2, done.err
    assert str(to[kind]) in done.said
    assert "folder" in done.said
    assert (tmp_path / "file").read_text("utf-8") == "a letter"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("kind", ["missing", "file", "other"])
def test_rebuilding_what_is_no_collection(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    if kind == "file":
        folder.write_text("a letter", "utf-8")
    elif kind == "other":
        folder.mkdir()
    done = genbun("rebuild", str(folder))
    assert done.status == 2
    assert str(folder) in done.said
    assert "genbun crawl" in done.said


def test_rebuilding_into_a_file(press: Press, tmp_path: Path) -> None:
    crawled(press, tmp_path / "c", *ONE_DAY)
    (tmp_path / "file").write_text("a letter", "utf-8")
    done = genbun("rebuild", str(tmp_path / "c"), "--to", str(tmp_path / "file"))
    assert done.status == 2, done.err
    assert str(tmp_path / "file") in done.said
    assert (tmp_path / "file").read_text("utf-8") == "a letter"


def test_rebuilding_from_a_file_that_was_cut_off(press: Press, tmp_path: Path) -> None:
    """What lies before the cut is read; that it is not all is said, and is no 0."""
    left = crawled(press, tmp_path / "c", "--since", "2026-10-09", "--until", "2026-10-14")
    crawled(press, tmp_path / "c", "--since", "2026-11-19", "--until", "2026-11-19")
    whole = left.lines("articles")
    (first, *_) = left.warcs
    first.write_bytes(first.read_bytes()[:-500])
    done = genbun("rebuild", str(tmp_path / "c"), "--to", str(tmp_path / "again"))
    assert done.status == 4, done.err
    assert first.name in done.said
    assert "no whole record" in done.said
    again = Left(tmp_path / "again").lines("articles")
    assert len(again) >= 3
    assert [line for line in again if line not in whole] == []
    crawl_again = crawl(press, tmp_path / "c", *ONE_DAY)
    assert crawl_again.status == 1
    assert first.name in crawl_again.said
    assert "genbun verify" in crawl_again.said


def test_debug_shows_where(tmp_path: Path) -> None:
    done = genbun("crawl", "nobody", "--debug", "--to", str(tmp_path / "c"))
    assert "Traceback" in done.err


# --- a site that cannot be had


def nobody_listens() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_an_origin_that_refuses_connections(tmp_path: Path) -> None:
    to, origin = tmp_path / "c", nobody_listens()
    connect = ("--connect-to", f"herald.example={origin}")
    done = genbun("crawl", "example_herald", "--to", str(to), "--delay", "0", *connect)
    assert done.status == 3
    for word in ("herald.example/robots.txt", "refused", "nothing may be asked", origin.removeprefix("http://")):
        assert word in done.said
    left = Left(to)
    assert_balanced(left)
    (line,) = left.outcomes
    assert (line["url"], line["outcome"]) == ("https://herald.example/robots.txt", "failed")
    assert line["reason"] == "connection_refused"
    failed = [record for record in left.records() if record.type == "metadata" and record.notes("error")]
    assert {record.url for record in failed} == {"https://herald.example/robots.txt"}


def test_an_origin_that_never_answers(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        connect = ("--connect-to", f"herald.example=http://127.0.0.1:{silent.getsockname()[1]}")
        quick = ("--set", "DOWNLOAD_TIMEOUT=0.3", "--set", "RETRY_TIMES=1")
        done = genbun("crawl", "example_herald", "--to", str(tmp_path / "c"), "--delay", "0", *connect, *quick)
    assert done.status == 3
    assert "robots.txt" in done.said
    assert "too long" in done.said
    assert_balanced(Left(tmp_path / "c"))


def test_robots_txt_that_is_not_there_allows_all(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, "/robots.txt", Answer(b"none\n", "text/plain", status=404))
    assert crawl(press, tmp_path / "c", *ONE_DAY).status == 0
    assert len(posts(press)) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_robots_txt_that_fails_forbids_all(press: Press, tmp_path: Path, status: int) -> None:
    press.instead(HERALD, "/robots.txt", Answer(b"oh\n", "text/plain", status=status))
    done = crawl(press, tmp_path / "c", *ONE_DAY)
    assert done.status == 3
    assert f"robots.txt answered {status}" in done.said
    assert set(asked(press, HERALD)) == {"/robots.txt"}
    assert_balanced(Left(tmp_path / "c"))


def test_robots_txt_that_goes_in_circles_forbids_all(press: Press, tmp_path: Path) -> None:
    circle = Answer(b"", status=302, headers=((b"Location", b"/robots.txt"),), compress=False)
    press.instead(HERALD, "/robots.txt", circle)
    done = crawl(press, tmp_path / "c", *ONE_DAY)
    assert done.status == 3
    assert set(asked(press, HERALD)) == {"/robots.txt"}


def test_the_originals_robots_txt_that_fails_forbids_the_originals(press: Press, tmp_path: Path) -> None:
    press.instead(SHIMBUN, "/robots.txt", Answer(b"oh\n", "text/plain", status=500))
    assert crawl(press, tmp_path / "c", *ONE_DAY).status == 0
    left = Left(tmp_path / "c")
    assert set(asked(press, SHIMBUN)) == {"/robots.txt"}
    assert list(left.statuses().values()) == ["refused"]
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


def test_robots_txt_that_forbids_all(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, "/robots.txt", Answer(b"User-agent: Genbun\nDisallow: /\n", "text/plain"))
    done = crawl(press, tmp_path / "c", *ONE_DAY)
    assert done.status == 6
    assert "refused its listings (robots)" in done.said
    assert asked(press, HERALD) == ["/robots.txt"]


@pytest.mark.parametrize("answer", [FORBIDDEN, SLOW_DOWN], ids=["403", "429"])
def test_listings_that_are_refused(press: Press, tmp_path: Path, answer: Answer) -> None:
    refuse_listings(press, answer)
    done = crawl(press, tmp_path / "c", "--since", "2026-10-14", "--no-requisites")
    assert done.status == 6
    assert f"refused its listings (status_{answer.status})" in done.said
    receipt = Left(tmp_path / "c").receipt
    assert (receipt["exit"], receipt["finished"]) == (6, False)
    assert_balanced(Left(tmp_path / "c"))


def refuse_listings(press: Press, answer: Answer) -> None:
    find = press.find

    def refused(host: str, target: str) -> Answer | Raw | None:
        is_listing = host == HERALD and target != "/robots.txt" and not target.startswith("/editorial-")
        return answer if is_listing else find(host, target)

    press.find = refused  # type: ignore[method-assign]  # whatever is asked, REST's query with it


def test_half_of_the_editorials_refused(press: Press, tmp_path: Path) -> None:
    """What came is kept and becomes lines; the crawl is not finished."""
    for key in ("07-cables", "06-pipes"):
        press.instead(HERALD, herald_path(key), SLOW_DOWN)
    window = ("--since", "2026-10-09", "--until", "2026-10-19", "--no-requisites")  # four editorials
    done = crawl(press, tmp_path / "c", *window)
    assert done.status == 6
    assert "herald.example refused 2 of 4 editorials asked (status_429)" in done.said
    left = Left(tmp_path / "c")
    assert_balanced(left)
    assert len(left.lines("pairs")) == 2
    assert not left.receipt["finished"]
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))
    assert len(posts(press)) == 8, "each of the two was asked twice more, when its second of rest was over"


def test_fewer_than_half_refused_is_an_outcome(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, herald_path("07-cables"), FORBIDDEN)
    window = ("--since", "2026-10-12", "--until", "2026-10-19", "--no-requisites")  # three editorials
    assert crawl(press, tmp_path / "c", *window).status == 0
    assert Left(tmp_path / "c").problem(CASES["07-cables"].url)["detail"] == "403 Forbidden"


def test_an_address_given_by_hand_that_is_refused(press: Press, tmp_path: Path) -> None:
    press.instead(HERALD, herald_path("07-cables"), FORBIDDEN)
    done = crawl(press, tmp_path / "c", "--url", CASES["07-cables"].url)
    assert done.status == 6
    assert "refused 1 of 1 editorials asked (status_403)" in done.said


@pytest.mark.parametrize("body", [b"", b"<html><body>Under construction", b"\x00\xff\xfe"])
def test_listings_that_name_no_editorial(tmp_path: Path, body: bytes) -> None:
    with Press(demo()) as press:
        refuse_listings(press, Answer(body))
        done = crawl(press, tmp_path / "c", "--since", "2026-11-01", "--no-requisites")
    assert done.status == 3
    assert "herald.example named no editorial" in done.said
    assert "still look the same" in done.said
    assert Left(tmp_path / "c").receipt["finished"]


def test_listings_that_fail(press: Press, tmp_path: Path) -> None:
    refuse_listings(press, Answer(b"", status=502))
    done = crawl(press, tmp_path / "c", "--since", "2026-11-01", "--no-requisites", "--set", "RETRY_TIMES=0")
    assert done.status == 3
    assert "no listing of herald.example answered" in done.said


def test_hosts_that_are_not_mapped_are_not_asked(press: Press, tmp_path: Path) -> None:
    """With any --connect-to and no contact, the others are the real web: skipped."""
    to, options = tmp_path / "c", connected(press, ["herald.example"])
    done = genbun("crawl", "example_herald", "--to", str(to), "--delay", "0", *ONE_DAY[:4], *options)
    assert done.status == 0, done.err
    left = Left(to)
    assert_balanced(left)
    reasons = {(line["url"].split("/")[2], line["reason"]) for line in left.outcomes}
    assert reasons == {("shimbun.example", "not_mapped"), ("assets.herald.example", "not_mapped")}
    assert {one.host for one in press.exchanges} == {"herald.example"}
    assert list(left.statuses().values()) == ["not_captured"]
    assert_same_lines(left, rebuilt(left, tmp_path / "again"))


# --- pages that are not what they ought to be: one crawl that meets them all


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
        ("08-rice", "no_body", ""),
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


# --- our own faults


def test_a_reader_that_fails_loses_nothing(press: Press, tmp_path: Path) -> None:
    """A fault in a newspaper's file is a problem of that page, which is read after the fix; the crawl goes on."""
    code = (
        "import dataclasses, sys\n"
        "from crawler.newspapers import example_herald as paper\n"
        "parse = paper.parse_article\n"
        "def faulty(body, url):\n"
        "    if 'cables' in url: raise ZeroDivisionError('by zero')\n"
        "    return parse(body, url)\n"
        "paper.NEWSPAPER = dataclasses.replace(paper.NEWSPAPER, parse_article=faulty)\n"
        "from crawler.commands.main import main\n"
        "sys.exit(main())\n"
    )
    window = ("--since", "2026-10-12", "--until", "2026-10-14", "--no-requisites")
    to = str(tmp_path / "c")
    command = [sys.executable, "-c", code, "crawl", "example_herald", "--to", to, "--delay", "0", *connected(press)]
    done = subprocess.run([*command, *window], capture_output=True, text=True, env=environment(), timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "ZeroDivisionError: by zero" in done.stderr
    left = Left(tmp_path / "c")
    assert left.problem(CASES["07-cables"].url)["detail"] == "its reader failed: ZeroDivisionError"
    assert len(left.lines("pairs")) == 1
    assert genbun("rebuild", to).status == 0
    assert [line["url"] for line in left.lines("problems")] == []
    assert len(left.lines("pairs")) == 2


def test_a_fault_of_the_spider_is_no_success(press: Press, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from spiders import editorials\n"
        "def faulty(root, url): raise ZeroDivisionError('by zero')\n"
        "editorials.requisites_of_page = faulty\n"
        "from crawler.commands.main import main\n"
        "sys.exit(main())\n"
    )
    to = str(tmp_path / "c")
    command = [sys.executable, "-c", code, "crawl", "example_herald", "--to", to, "--delay", "0", *connected(press)]
    done = subprocess.run([*command, *ONE_DAY[:4]], capture_output=True, text=True, env=environment(), timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    said = done.stderr.splitlines()[-1]
    for word in ("fault", CASES["07-cables"].url, "ZeroDivisionError", "report"):
        assert word in said
    receipt = json.loads(next((tmp_path / "c" / "crawls").glob("*.json")).read_text("utf-8"))
    assert (receipt["exit"], receipt["finished"]) == (1, True)  # nothing is left to ask; the next one rechecks all
    assert len(Left(tmp_path / "c").lines("pairs")) == 1
