"""What pages and headers say of rights: said, not said, and not understood look different."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archives.message import read_response
from crawler.html import document
from crawler.layers.rights import HEADERS, KEPT, LONGEST, MOST, OURS, rights_of
from crawler.models import Article, ArticleLine, Problem, Rights
from crawler.newspapers import all_newspapers, parse_page
from crawler.readings import reading_of
from crawler.robots import TOKEN
from tests.conftest import ROOT

URL = "https://japan-forward.com/editorial-lighthouses-need-keepers-who-stay-awake/"
PAGE = (ROOT / "tests" / "fixtures" / "japan_forward" / "one-box" / "page.html").read_bytes()
Headers = list[tuple[str, str]]


def rights(head: str = "", headers: Headers | None = None) -> tuple[Rights, dict[str, str]]:
    """What a page with that in its head says, and by what."""
    signals: dict[str, str] = {}
    found = rights_of(document(f"<html><head>{head}</head><body><p>Words.".encode()), URL, headers, signals)
    return found, signals


def meta(name: str, content: str) -> str:
    """A meta tag."""
    return f'<meta name="{name}" content="{content}">'


# where it was looked for --------------------------------------------------------------------------


def test_nothing_said_is_null_and_says_where_it_was_looked_for() -> None:
    assert rights() == (Rights(looked_in=("page",)), {})
    assert rights(headers=[]) == (Rights(looked_in=("page", "headers")), {})


def test_a_line_of_before_is_read_and_says_that_nobody_looked() -> None:
    article = parse_page(PAGE, URL)
    assert isinstance(article, Article)
    line = json.loads(ArticleLine(**dict(article), version=1, capture=None).line())
    del line["rights"]
    assert ArticleLine.model_validate_json(json.dumps(line)).rights == Rights(looked_in=())


def test_every_newspaper_reads_them_and_has_a_fixture_that_shows_it() -> None:
    for paper in all_newspapers():
        records = [
            json.loads(path.read_text("utf-8")) for path in (ROOT / "tests/fixtures" / paper).glob("*/record.json")
        ]
        articles = [record for record in records if "rights" in record]
        assert articles, paper
        assert all(record["rights"]["looked_in"][0] == "page" for record in articles)
        assert not any("rights" in record for record in records if "reason" in record)


def test_our_name_is_the_one_that_robots_txt_knows() -> None:
    assert TOKEN.lower() == OURS


# robots -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("noindex", ["noindex"]),
        ("NOINDEX, NoFollow,noarchive", ["noindex", "nofollow", "noarchive"]),
        ("max-snippet: 20, max-image-preview:large", ["max-snippet:20", "max-image-preview:large"]),
        ("noindex nofollow", ["noindex", "nofollow"]),
        ("noai, noimageai", ["noai", "noimageai"]),
        (",, noindex ,", ["noindex"]),
        ("noindex, noindex", ["noindex"]),
        (
            "unavailable_after: Saturday, 07-Jul-35 16:30:00 GMT, noarchive",
            ["unavailable_after:saturday, 07-jul-35 16:30:00 gmt", "noarchive"],
        ),
    ],
)  # fmt: skip
def test_rules_for_robots(said: str, rules: list[str]) -> None:
    for name, header in (("meta", None), ("header", [("X-Robots-Tag", said)])):
        found, signals = rights(meta("robots", said) if header is None else "", header)
        assert list(found.robots or ()) == rules
        assert (found.unclear, signals) == ((), {"robots": name})


def test_what_is_addressed_to_others_is_not_for_us() -> None:
    head = meta("robots", "noarchive") + meta("googlebot", "noindex") + meta("Genbun", "nofollow")
    headers = [
        ("X-Robots-Tag", "bingbot: noindex, nosnippet, genbun: noimageindex, noodp, otherbot: none"),
        ("x-robots-tag", "notranslate"),
    ]
    found, signals = rights(head, headers)
    assert list(found.robots or ()) == ["noarchive", "noimageindex", "noodp", "notranslate", "nofollow"]
    assert signals == {"robots": "meta+header"}
    assert rights("", [("X-Robots-Tag", "googlebot: noindex")])[0].robots == ()


def test_what_is_no_rule_is_unclear_and_not_dropped() -> None:
    found, _ = rights(meta("robots", "please ask first, noindex, max-snippet:"), [("X-Robots-Tag", "ＮＯＩＮＤＥＸ")])
    assert found.robots == ("noindex",)
    assert found.unclear == (
        "meta robots: please ask first",
        "meta robots: max-snippet:",
        "header robots: ｎｏｉｎｄｅｘ",
    )


# text and data mining -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "header", "found", "unclear", "signal"),
    [
        (["1"], [], "reserved", [], "meta"),
        (["0"], [], "not_reserved", [], "meta"),
        ([" 1 "], [], "reserved", [], "meta"),
        ([], ["1"], "reserved", [], "header"),
        (["0"], ["1"], "not_reserved", [], "meta"),  # what the page says supersedes the header
        (["1"], ["0"], "reserved", [], "meta"),
        (["yes"], [], "unclear", ["meta tdm-reservation: yes"], None),
        (["2"], ["1"], "reserved", ["meta tdm-reservation: 2"], "header"),  # an error counts as unset
        (["1", "0"], ["0"], "unclear", ["meta tdm-reservation: 1 and 0"], "meta"),
        ([], ["0", "1"], "unclear", ["header tdm-reservation: 0 and 1"], "header"),
        ([""], [], None, [], None),
    ],
)  # fmt: skip
def test_a_reservation(page: list[str], header: list[str], found: str | None, unclear: list[str],
                       signal: str | None) -> None:  # fmt: skip
    head = "".join(meta("tdm-reservation", value) for value in page)
    said, signals = rights(head, [("TDM-Reservation", value) for value in header])
    assert (said.tdm_reservation, list(said.unclear), signals.get("tdm_reservation")) == (found, unclear, signal)


def test_a_policy_is_an_address_made_whole() -> None:
    assert rights(meta("tdm-policy", "/mining.json"))[0].tdm_policy == "https://japan-forward.com/mining.json"
    both = rights(meta("tdm-policy", "https://a.example/p"), [("tdm-policy", "https://b.example/p")])[0]
    assert both.tdm_policy == "https://a.example/p"
    found, _ = rights("", [("tdm-policy", "ask us")])
    assert (found.tdm_policy, found.unclear) == (None, ("header tdm-policy: ask us",))


# licence and notice -------------------------------------------------------------------------------


def data(**fields: Any) -> str:
    """JSON-LD of an article."""
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


def test_a_licence_is_that_of_the_article() -> None:
    for licence in (
        "https://a.example/l",
        {"@type": "CreativeWork", "url": "https://a.example/l"},
        ["https://a.example/l"],
    ):
        assert rights(data(license=licence))[0].license == "https://a.example/l"
    image = f'<script type="application/ld+json">{json.dumps({"@type": "ImageObject", "license": "https://i.example/"})}</script>'
    assert rights(image)[0].license is None


def test_a_notice_is_that_of_the_data_or_of_a_meta_tag() -> None:
    found, signals = rights(data(copyrightNotice="© Kurumi Times") + meta("copyright", "(c) Kurumi"))
    assert (found.copyright_notice, signals) == ("© Kurumi Times", {"copyright_notice": "json-ld"})
    found, signals = rights(meta("Copyright", "(c) Kurumi"))
    assert (found.copyright_notice, signals) == ("(c) Kurumi", {"copyright_notice": "meta"})


# hostile ------------------------------------------------------------------------------------------


def test_much_is_counted_and_not_kept() -> None:
    found, _ = rights("".join(meta("robots", f"no-{number}, no such rule {number}") for number in range(3000)))
    assert len(found.robots or ()) == MOST
    assert len(found.unclear) == MOST + 1
    assert found.unclear[-1] == f"and {3000 + 3000 - MOST - MOST:,} more"
    found, _ = rights(meta("robots", "noindex, " * LONGEST) + meta("tdm-reservation", "x" * 5000))
    assert found.robots == ()
    assert found.unclear[0].startswith("meta robots: 17,9")
    assert len(found.unclear[1]) == len("meta tdm-reservation: ") + KEPT
    found, _ = rights(meta("tdm-policy", "https://a.example/" + "x" * 5000))
    assert (found.tdm_policy, len(found.unclear)) == (None, 1)


def test_headers_that_are_none_of_ours_are_not_looked_at() -> None:
    assert (
        rights("", [("", ""), ("set-cookie", "x-robots-tag: noindex"), ("X-Robots-Tag", "\0\r\n ")])[0].robots is None
    )
    assert {"x-robots-tag", "tdm-reservation", "tdm-policy"} == HEADERS


# from the wire ------------------------------------------------------------------------------------


def test_a_captured_response_is_read_with_its_headers() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Robots-Tag: noindex\r\ntdm-reservation: 1\r\n"
    message = read_response(head + b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE)
    read = reading_of(URL, "<urn:uuid:1>", "2026-11-20T00:00:00Z", None, message).article
    assert read is not None
    assert (read.rights.robots, read.rights.tdm_reservation) == (("noindex",), "reserved")
    assert read.rights.looked_in == ("page", "headers")
    assert read.parser.signals["tdm_reservation"] == "header"


def test_of_a_page_that_is_no_article_nothing_is_said() -> None:
    assert isinstance(parse_page(b"<html><title>404 Not Found</title>", URL, [("tdm-reservation", "1")]), Problem)


def test_fixtures_say_which_headers_there_were(tmp_path: Path) -> None:
    from crawler.fixtures.cases import BadCase, Case

    case = tmp_path / "japan_forward" / "x"
    case.mkdir(parents=True)
    (case / "page.html").write_bytes(PAGE)
    for headers, looked_in in ((None, ["page"]), ([["tdm-reservation", "0"]], ["page", "headers"])):
        (case / "source.json").write_text(json.dumps({"url": URL, "headers": headers}), "utf-8")
        assert Case(case).found()["rights"]["looked_in"] == looked_in
    for wrong in ({"a": "b"}, [["a"]], [["a", 1]], "a: b"):
        (case / "source.json").write_text(json.dumps({"url": URL, "headers": wrong}), "utf-8")
        with pytest.raises(BadCase, match="list of names and values"):
            Case(case).found()


def test_what_a_page_declared_is_let_go_of() -> None:
    """It is read once, by the reader and for rights, and may take a hundred times the room that it took in the page."""
    from crawler.html import json_ld, metas

    for body in (PAGE, PAGE.replace(b"</h1>", b""), b"<html><title>404 Not Found</title>"):
        parse_page(body, URL)
        assert (json_ld.cache_info().currsize, metas.cache_info().currsize) == (0, 0)
