"""The general extractor behind the readers: where it may speak, what it must never make of a page, and its cost."""

# ruff: noqa: E501  # pieces of pages, in one line each

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.layers import fallback
from crawler.layers.page import Page
from crawler.models import Article, Problem
from crawler.newspapers import parse_page
from tests.readers.fallback_pages import (
    ITEMS,
    NOT_ARTICLES,
    PAGE,
    SENTENCES,
    SIGNALS,
    STORY,
    TEXTS,
    renamed,
    shell,
    without_graph,
)
from tests.readers.layouts import SANKEI, URL, gutenberg
from tests.readers.test_any_page import HOSTILE
from tests.sites_press.press import Press as SitesPress
from tests.sites_press.press import truth

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"


def read(page: str, url: str = URL) -> Article | Problem:
    return parse_page(page.encode(), url)


# what it gives --------------------------------------------------------------------------------


def test_a_page_whose_names_are_all_changed_and_whose_data_are_gone_still_gives_its_article() -> None:
    article = read(PAGE)
    assert isinstance(article, Article), article
    assert article.parser.fallback is True
    assert article.parser.signals["body"] == SIGNALS
    assert article.text.split("\n\n") == TEXTS
    assert [block.kind for block in article.blocks if block.text] == [kind for kind, _ in ITEMS]
    assert (article.headline, article.label, article.kind) == (
        "Raise the Harbor Wall, and Teach People When to Leave",
        "EDITORIAL",
        "editorial",
    )
    assert article.byline == "Editorial Board, The Sankei Shimbun"
    assert article.original is not None
    assert article.original.url == SANKEI


@pytest.mark.parametrize(
    "page", [gutenberg(STORY), renamed(gutenberg(STORY)), without_graph(renamed(gutenberg(STORY)))]
)
def test_where_a_reader_finds_the_body_itself_it_is_not_asked(page: str) -> None:
    article = read(page)
    assert isinstance(article, Article)
    assert article.parser.fallback is False
    assert article.parser.signals["body"] != SIGNALS


def sankei_page() -> tuple[str, dict[str, Any]]:
    """A Sankei page of the press that was built from SITES.md, and what must be read there."""
    original = next(
        e["original"]
        for e in truth()["editorials"]
        if e["id"] == "japan_forward:editorial-cutters" or (e["status"] == "paired" and e["original"]["era"] != "old")
    )
    return SitesPress().answer("www.sankei.com", urlsplit(original["url"]).path).body.decode(), original


def without_data(page: str) -> str:
    page = re.sub(r"<script[^>]*>[^<]*Fusion\.globalContent.*?</script>", "", page, flags=re.DOTALL)
    assert "Fusion.globalContent" not in page
    return page


def test_a_sankei_page_without_its_data_and_its_names() -> None:
    page, original = sankei_page()
    article = read(renamed(without_data(page)), original["url"])
    assert isinstance(article, Article), article
    assert (article.parser.fallback, article.parser.signals["body"]) == (True, SIGNALS)
    assert article.text == original["text"]
    assert (article.headline, article.label, article.kind) == (original["headline"], "主張", "editorial")
    assert article.published_at == datetime.fromisoformat(original["published_at"])


def test_the_papers_own_characters_stay() -> None:
    """The extractor makes U+3000 a blank and reads ruby into the words; the record has what the page has."""
    body = "".join(
        f"<li><p>第{n}回　大綱を<ruby>峻別<rp>（</rp><rt>しゅんべつ</rt><rp>）</rp></ruby>せよ。港の壁は二メートル高くなったが、避難の訓練は減っている。</p></li>"
        for n in range(9)
    )
    page = Page.read(
        shell(f"<form><h1>港の壁を高くし、避難の訓練を</h1><ul>{body}</ul></form>", title="港").encode(), URL
    )
    page.metas["og:title"] = ["港の壁を高くし、避難の訓練を"]
    texts = [block.text for block in fallback.blocks(page)]
    assert texts[0] == "第0回　大綱を峻別せよ。港の壁は二メートル高くなったが、避難の訓練は減っている。"
    assert len(texts) == 9


def test_it_gives_the_same_again_and_in_another_process() -> None:
    article = read(PAGE)
    code = "import sys; from crawler.newspapers import parse_page; print(parse_page(sys.stdin.buffer.read(), sys.argv[1]).line())"
    for seed in ("0", "1", "42"):
        done = subprocess.run(
            [sys.executable, "-c", code, URL],
            input=PAGE.encode(),
            capture_output=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            timeout=60,
        )
        assert done.stdout.decode().strip() == article.line(), done.stderr


# what it must not give ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NOT_ARTICLES)
def test_what_is_no_article_stays_none(kind: str) -> None:
    problem = read(NOT_ARTICLES[kind])
    assert isinstance(problem, Problem), f"became an article: {problem.text[:200]}"
    assert problem.reason in ("not_an_article", "no_body", "challenge")


def test_the_same_page_with_its_own_words_is_an_article() -> None:
    """So that the cases above fail for their own reason alone."""
    article = read(shell(f"<form><h1>{STORY.headline}</h1>{SENTENCES}</form>"))
    assert isinstance(article, Article)
    assert article.parser.fallback


def test_thresholds() -> None:
    def letters(count: int) -> Problem | Article:
        lines = [f"<p>On day {n:03} the wall held the harbor.</p>" for n in range(count // 30)]  # thirty letters each
        return read(shell(f"<form><h1>{STORY.headline}</h1>{''.join(lines)}</form>"))

    assert (fallback.LEAST_LETTERS, fallback.LEAST_SENTENCES, fallback.MOST_LINKED, fallback.MOST_BOILERPLATE) == (
        400,
        3,
        0.3,
        0.25,
    )
    assert isinstance(letters(360), Problem)
    assert isinstance(letters(540), Article)


def test_a_members_article_without_text_is_not_sought_further() -> None:
    page, original = sankei_page()
    page = re.sub(r'"article-wrapper\s[^"]*"', '"article-wrapper paid_members"', without_data(page)).replace(
        "article-body", "article-other"
    )
    problem = read(page, original["url"])
    assert isinstance(problem, Problem)
    assert problem.reason == "members_only"


# what it costs --------------------------------------------------------------------------------


def test_it_is_not_imported_for_normal_pages() -> None:
    """Every article among the fixtures of every newspaper is read, and no part of the extractor comes in; then one page needs it."""
    code = (
        "import json, sys\nfrom pathlib import Path\nfrom crawler.newspapers import parse_page\n"
        "for page in sorted(Path(sys.argv[1]).glob('*/*/page.html')):\n"
        "    if 'blocks' not in json.loads((page.parent / 'record.json').read_text('utf-8')): continue\n"
        "    parse_page(page.read_bytes(), json.loads((page.parent / 'source.json').read_text('utf-8'))['url'])\n"
        "heavy = {'trafilatura', 'justext', 'htmldate', 'courlan', 'dateparser', 'babel', 'tld', 'urllib3'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "assert parse_page(sys.stdin.buffer.read(), sys.argv[2]).parser.fallback\nassert 'trafilatura' in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(FIXTURES), URL], input=PAGE.encode(), capture_output=True, cwd=ROOT, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()


def test_it_asks_no_network_and_writes_nothing(tmp_path: Path) -> None:
    """Watched from within by an audit hook: no socket, no file opened for writing or outside of the installation."""
    # urllib3 asks the system whether it has IPv6, by binding to a free port of ::1; nothing is sent.
    code = (
        "import os, sys\nseen = []\n"
        "def hook(event, args):\n"
        "    if event == 'socket.__new__' or (event == 'socket.bind' and args[1] == ('::1', 0)): return\n"
        "    if event.split('.')[0] in ('socket', 'urllib', 'http', 'subprocess', 'os', 'shutil', 'sqlite3', 'tempfile'):\n"
        "        if event not in ('os.listdir', 'os.scandir', 'os.add_dll_directory'): seen.append((event, str(args)[:200]))\n"
        "    if event == 'open':\n"
        "        path, mode, flags = args\n"
        "        home = isinstance(path, str) and not path.startswith((sys.prefix, sys.base_prefix, os.getcwd(), '/proc', '/usr', '/etc'))\n"
        "        if (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) or home: seen.append((event, str(args)))\n"
        "page = sys.stdin.buffer.read()\nfrom crawler.newspapers import parse_page\nparse_page(b'<p>', sys.argv[1])\n"
        "sys.addaudithook(hook)\nassert parse_page(page, sys.argv[1]).parser.fallback\n"
        "assert not seen, seen\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    for name in (".trafilatura", "settings.cfg", ".config"):
        (home / name).write_text("[DEFAULT]\nMIN_EXTRACTED_SIZE = 9999999\n")
    env = {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", "XDG_CONFIG_HOME": str(home), "PATH": "/usr/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code, URL], input=PAGE.encode(), capture_output=True, cwd=ROOT, env=env, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()
    assert {path.name for path in home.iterdir()} == {".trafilatura", "settings.cfg", ".config"}


def test_it_says_nothing_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    for page in (PAGE, *NOT_ARTICLES.values()):
        read(page)
    assert [record for record in caplog.records if record.name.startswith(("trafilatura", "justext"))] == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_with_the_page(kind: str) -> None:
    def seconds(times: int) -> float:
        page = shell(f"<form><h1>{STORY.headline}</h1>{HOSTILE[kind] * times}{SENTENCES}</form>").encode()
        start = time.process_time()
        parse_page(page, URL)
        return time.process_time() - start

    seconds(1)  # the import
    small, large = seconds(300), seconds(2400)
    assert large < 32 * small + 0.5
    assert large < 10


def test_a_page_that_is_too_much_is_left_alone() -> None:
    deep = shell("<form>" + "<div>" * 210 + SENTENCES + "</form>")
    many = shell("<form>" + SENTENCES + "<p>x</p>" * fallback.MOST_ELEMENTS + "</form>")
    long = shell("<form>" + SENTENCES + f"<p>{'The harbor wall. ' * (fallback.MOST_MARKUP // 16)}</p></form>")
    for page in (deep, many, long):
        assert fallback.blocks(Page.read(page.encode(), URL)) == ()


@given(
    parts=st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<form>",
                "<table><tr><td>",
                "<li>",
                "<blockquote>",
                "<br>",
                *TEXTS,
                "<a href='x'>",
                "<ul>",
                "\x00",
                "&#xd800;",
                "<head>",
            ]
        ),
        max_size=30,
    )
)
@settings(max_examples=60, deadline=None)
def test_any_markup(parts: list[str]) -> None:
    record = read(shell(f"<form>{''.join(parts)}"))
    assert isinstance(record, Article | Problem)
    record.model_dump_json()
