"""The demo's readers: fixtures as for every newspaper, and pages that came to harm."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from crawler.models import Article
from crawler.newspapers import newspaper_named, parse_page
from crawler.newspapers.newspaper import Found
from crawler.press import cases
from crawler.press.addresses import path_of
from crawler.press.demo import printed_edition

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = sorted(
    path.parent for paper in ("example_herald", "example_shimbun") for path in FIXTURES.glob(f"{paper}/*/page.html")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_page_reads_as_its_record_says(case: Path) -> None:
    source = json.loads((case / "source.json").read_text("utf-8"))
    read = parse_page((case / "page.html").read_bytes(), source["url"]).model_dump(mode="json")
    record = case / "record.json"
    if not record.exists():
        record.write_text(json.dumps(read, ensure_ascii=False, indent=2) + "\n", "utf-8")
        pytest.fail(f"{record} was missing and has been written: read it against the page, then run again")
    assert read == json.loads(record.read_text("utf-8"))


def pages() -> list[tuple[str, bytes]]:
    urls = [url for case in cases()[3:18:5] for url in (case.url, case.original_url) if url]
    answers = [(url, printed_edition(1)[path_of(url)[0]].get(path_of(url)[1])) for url in urls]
    return [(url, answer.body) for url, answer in answers if answer]


@pytest.mark.parametrize(("url", "body"), pages())
def test_a_damaged_page_gives_an_article_or_a_problem_but_never_raises(url: str, body: bytes) -> None:
    dice = random.Random(url)
    for _ in range(150):
        start, length = dice.randrange(len(body)), dice.choice((1, 7, 60, 900, len(body)))
        parse_page(body[:start] + dice.choice((b"", b"<", b'"', b"{}", b"null", b"\xff")) + body[start + length :], url)
    assert isinstance(parse_page(body, url), Article)


@pytest.mark.parametrize(("url", "body"), pages())
def test_a_page_whose_classes_are_renamed_is_the_same_article_or_a_problem(url: str, body: bytes) -> None:
    as_it_is = parse_page(body, url)
    assert isinstance(as_it_is, Article)
    read = parse_page(re.sub(rb'\b(class|id)="[^"]*"', rb'\1="c7"', body), url)
    if isinstance(read, Article):
        assert read.text == as_it_is.text
        assert (read.original and read.original.url) == (as_it_is.original and as_it_is.original.url)
    else:
        assert "/article/" in url, "the Herald's other signs are enough"


def test_an_address_that_is_another_articles_is_a_disagreement() -> None:
    url, body = next((url, body) for url, body in pages() if "/article/" in url)
    problem = parse_page(body, url[:-3] + "22/")
    assert not isinstance(problem, Article)
    assert problem.reason == "disagreement"


def test_listing_pages_are_no_articles() -> None:
    for host, path in (
        ("herald.example", "/"),
        ("herald.example", "/category/editorial/"),
        ("shimbun.example", "/column/"),
    ):
        problem = parse_page(printed_edition(1)[host][path].body, f"https://{host}{path}")
        assert not isinstance(problem, Article)
        assert problem.reason == "not_an_article"


@pytest.mark.parametrize(
    ("paper", "url", "canonical"),
    [
        ("example_herald", "http://herald.example/editorial-x?utm_source=a", "https://herald.example/editorial-x/"),
        ("example_herald", "https://herald.example/editorial-x/", "https://herald.example/editorial-x/"),
        (
            "example_shimbun",
            f"http://shimbun.example/article/20261001-{'A' * 26}/photo/1?from=x",
            f"https://shimbun.example/article/20261001-{'A' * 26}/",
        ),
        (
            "example_shimbun",
            f"https://shimbun.example/premium/article/20261001-{'A' * 26}",
            f"https://shimbun.example/premium/article/20261001-{'A' * 26}/",
        ),
        (
            "example_shimbun",
            "https://shimbun.example/column/news/261106/clm2611060001-n1.html",
            "https://shimbun.example/column/news/261106/clm2611060001-n1.html",
        ),
    ],
)
def test_addresses_have_one_form(paper: str, url: str, canonical: str) -> None:
    assert newspaper_named(paper).canonical(url) == canonical


@pytest.mark.parametrize(
    ("paper", "path", "title", "expected"),
    [
        ("example_herald", "/editorial-x/", None, True),
        ("example_herald", "/the-light/", None, None),
        ("example_herald", "/the-light/", "EDITORIAL | The Light", True),
        ("example_herald", "/editorial-x/", "FEATURE | A Day at the Editorial Desk", False),
        ("example_herald", "/category/editorial/", "Editorial", False),
        ("example_shimbun", f"/article/20261001-{'A' * 26}/", "【主張】題　論", True),
        ("example_shimbun", f"/article/20261001-{'A' * 26}/", "【食の風土記】汁", False),
        ("example_shimbun", f"/article/20261001-{'A' * 26}/", None, None),
        ("example_shimbun", "/column/editorial/", "主張", False),
    ],
)
def test_a_line_of_a_listing_says_whether_it_is_an_editorial(
    paper: str, path: str, title: str | None, expected: bool | None
) -> None:
    newspaper = newspaper_named(paper)
    host = newspaper.hosts[0]
    found = Found(f"https://{host}{path}", "archive", f"https://{host}/", title=title)
    assert newspaper.is_editorial(found) is expected
