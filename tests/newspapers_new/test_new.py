"""`genbun newspapers new`: a file that is picked up, typed and formatted, and its first case; until then, no."""

from __future__ import annotations

import errno
import gzip
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from archives.errors import UsageError
from crawler.checking.beginning import _archived, begin
from crawler.press import Press, demo
from tests.conftest import ROOT
from tests.crawl.crawling import Done, crawled, genbun
from tests.readers.fallback_pages import ITEMS
from tests.readers.layouts import Story, gutenberg

URL = "https://www.kitahama-times.jp/editorial-the-wall/"
STORY = Story("Society", "EDITORIAL | Raise the Harbor Wall", None, "The wall. (© Kitahama Times)", ITEMS, url=URL)
PAGE = (
    gutenberg(STORY)
    .replace(" - JAPAN Forward", " | Kitahama Times")
    .replace(
        "<title>",
        '<meta property="og:site_name" content="Kitahama Times"><link rel="alternate" type="application/rss+xml"'
        ' href="https://www.kitahama-times.jp/feed/"><link rel="https://api.w.org/"'
        ' href="https://www.kitahama-times.jp/wp-json/"><title>',
    )
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the code, with room for fixtures."""
    root = tmp_path / "checkout"
    for package in ("crawler", "spiders", "archives"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "tests" / "fixtures").mkdir(parents=True)
    return root


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, "utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def new(checkout: Path, *arguments: str) -> Done:
    return genbun("newspapers", "new", *arguments, "--into", str(checkout))


def in_checkout(checkout: Path, *arguments: str) -> Done:
    """`genbun` as the copy has it."""
    done = subprocess.run(
        [sys.executable, "-m", "crawler.commands.main", *arguments], cwd=checkout, capture_output=True, timeout=60
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_it_is_picked_up_and_refuses_until_it_is_filled_in(checkout: Path, page: Path) -> None:
    done = new(checkout, "kitahama_times", URL, "--page", str(page))
    assert done.status == 0, done.err
    assert "draft` reads there: Raise the Harbor Wall" in done.out
    listed = in_checkout(checkout, "newspapers", "--json")
    (paper,) = (one for one in json.loads(listed.out) if one["name"] == "kitahama_times")
    assert paper == {
        "name": "kitahama_times",
        "title": "Kitahama Times",
        "language": "en",
        "hosts": ["www.kitahama-times.jp"],
        "translates": None,
        "unproven": [],
    }
    parsed = in_checkout(checkout, "parse", str(page), "--url", URL)
    assert parsed.status == 3
    problem = json.loads(parsed.out)
    assert problem["reason"] == "not_an_article"
    assert problem["detail"].endswith(": fill in parse_article")


def test_the_first_case_is_the_page_and_where_it_came_from(checkout: Path, page: Path) -> None:
    new(checkout, "kitahama_times", URL, "--page", str(page))
    case = checkout / "tests" / "fixtures" / "kitahama_times" / "first"
    assert sorted(path.name for path in case.iterdir()) == ["page.html", "source.json"]
    assert (case / "page.html").read_bytes() == page.read_bytes()
    source = json.loads((case / "source.json").read_text("utf-8"))
    assert source == {"url": URL, "captured_at": "2023-11-14T22:13:20Z"}


def test_its_first_case_fails_until_it_is_filled_in(checkout: Path, page: Path) -> None:
    """However often it is checked: no record may say that an unwritten reader is right."""
    assert new(checkout, "kitahama_times", URL, "--page", str(page)).status == 0
    case = checkout / "tests" / "fixtures" / "kitahama_times"
    for _ in range(2):
        done = in_checkout(checkout, "fixture", "check", str(case))
        assert done.status == 4
        assert "fill in parse_article" in done.out
    assert not list(case.rglob("record.json"))


def test_filled_in_with_its_own_draft_it_reads_the_page(checkout: Path, page: Path) -> None:
    """The hour's work in its shortest form: `parse_article` goes, `draft` takes its name."""
    new(checkout, "kitahama_times", URL, "--page", str(page))
    module = checkout / "crawler" / "newspapers" / "kitahama_times.py"
    source = module.read_text("utf-8")
    start, end = source.index("def parse_article"), source.index("# What the first page")
    module.write_text((source[:start] + source[end:]).replace("def draft(", "def parse_article("), "utf-8")
    parsed = in_checkout(checkout, "parse", str(page), "--url", URL)
    assert parsed.status == 0, parsed.out
    article = json.loads(parsed.out)
    assert (article["id"], article["kind"]) == ("kitahama_times:editorial-the-wall", "editorial")
    assert article["text"].split("\n\n") == [words for _, words in ITEMS]


def test_what_the_page_tells_is_in_the_file(checkout: Path, page: Path) -> None:
    new(checkout, "kitahama_times", URL, "--page", str(page))
    source = (checkout / "crawler" / "newspapers" / "kitahama_times.py").read_text("utf-8")
    assert '    language="en",\n' in source
    assert 'EDITORIAL_LABELS = ("EDITORIAL",)  # as the first page has it' in source
    assert "#   json-ld: Article, WebPage, Person" in source
    assert 'feeds=(f"{ORIGIN}/feed/",)' in source
    assert 'rest=f"{ORIGIN}/wp-json/wp/v2/posts"' in source
    assert "(entry-content, " in source


def test_without_a_page_it_is_the_template_alone(checkout: Path) -> None:
    done = new(checkout, "kitahama", "https://kitahama.example.jp/")
    assert done.status == 0, done.err
    assert not (checkout / "tests" / "fixtures" / "kitahama").exists()
    source = (checkout / "crawler" / "newspapers" / "kitahama.py").read_text("utf-8")
    assert 'HOST = "kitahama.example.jp"' in source
    assert 'EDITORIAL_LABELS = ("社説",)  # a guess' in source
    assert in_checkout(checkout, "newspapers").status == 0


def test_it_is_formatted_linted_and_typed(checkout: Path, page: Path) -> None:
    new(checkout, "kitahama_times", URL, "--page", str(page))
    new(checkout, "kitahama", "https://kitahama.example.jp/")
    files = [f"crawler/newspapers/{name}.py" for name in ("kitahama_times", "kitahama")]
    assert_clean(checkout, *files)
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache" / "new"), *files]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stdout


def assert_clean(folder: Path, *files: str) -> None:
    for command in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *files], cwd=folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_page_from_a_collection(room: Path, tmp_path: Path) -> None:
    """The newest whole answer of that address."""
    with Press(demo()) as press:
        left = crawled(press, tmp_path / "editorials", "--limit", "3")
    (article, *_) = left.lines("articles")
    saved = _archived(left.path, article["capture"]["url"])
    assert saved.body.lstrip().lower().startswith(b"<!doctype html")
    assert saved.at == datetime.fromisoformat(article["capture"]["captured_at"])
    with pytest.raises(UsageError, match="has no page of https://other"):
        begin("other", "https://other.example/x/", None, left.path, room)


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """What `--into` takes for a checkout, and no more."""
    folder = tmp_path / "room" / "crawler" / "newspapers"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "crawler" / "newspapers" / "newspaper.py", folder)
    return tmp_path / "room"


TAKEN, PYTHONS, NO_NAME = "is taken", "is a word of Python's", "cannot be a newspaper's name"
BAD_NAMES = {
    "sankei": TAKEN, "newspaper": TAKEN, "example_herald": TAKEN, "class": PYTHONS, "match": PYTHONS,
    "The_Times": NO_NAME, "the-times": NO_NAME, "_times": NO_NAME, "times__two": NO_NAME, "9times": NO_NAME,
    "": NO_NAME, "../x": NO_NAME, "紙": NO_NAME, "x" * 60: NO_NAME,
}  # fmt: skip
NO_ADDRESS, LITERAL = "is no http or https address", "an IP address for its host"
BAD_ADDRESSES = {
    "www.kitahama-times.jp": NO_ADDRESS, "ftp://kitahama.jp/": NO_ADDRESS, "https:///x": NO_ADDRESS,
    "https://localhost/": NO_ADDRESS, "https://www.sankei.com/article/x/": "is a host of sankei already",
    "https://user:pw@kitahama.jp/": NO_ADDRESS, "http://127.0.0.1/": LITERAL, "http://127.0.0.1:8080/": LITERAL,
    "http://10.1/": NO_ADDRESS, "http://0x7f.0.0x1/": NO_ADDRESS,
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_cannot_be(room: Path, name: str) -> None:
    with pytest.raises(UsageError, match=BAD_NAMES[name]):
        begin(name, URL, None, None, room)
    assert [path.name for path in room.rglob("*.py")] == ["newspaper.py"]


@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_an_address_that_cannot_be(room: Path, url: str) -> None:
    with pytest.raises(UsageError, match=BAD_ADDRESSES[url]):
        begin("kitahama", url, None, None, room)
    assert [path.name for path in room.rglob("*.py")] == ["newspaper.py"]


def test_the_command_says_it_in_one_line(room: Path) -> None:
    done = new(room, "sankei", URL)
    assert done.status == 2
    assert "is taken" in done.said


def test_nothing_is_overwritten(room: Path, page: Path) -> None:
    assert new(room, "kitahama_times", URL, "--page", str(page)).status == 0
    module = room / "crawler" / "newspapers" / "kitahama_times.py"
    module.write_text("# mine\n")
    assert new(room, "kitahama_times", URL).status == 2
    assert module.read_text() == "# mine\n"
    module.unlink()
    again = new(room, "kitahama_times", URL)  # its case is still there
    assert again.status == 2
    assert not module.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no page to begin with: not_html"), (b"plain words", "is no page to begin with: not_html"),
        (b"<title>Just a moment...</title>", "challenge"), (b"\x1f\x8bbroken", "page.html"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_page(room: Path, page: Path, content: bytes, says: str) -> None:
    page.write_bytes(content)
    done = new(room, "kitahama_times", URL, "--page", str(page))
    assert done.status == 2
    assert says in done.said
    assert not (room / "crawler" / "newspapers" / "kitahama_times.py").exists()


LOGIN = (
    "<!DOCTYPE html><html lang=ja><title>{title}</title><body><h1>{title}</h1><form><p>{words}</p><input name=id>"
    "<input type=password name=pw></form></body></html>"
)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("会員の方へ", "続きを読むには番号を入れてください。"),
        ("ログイン | 北海タイムズ", "続きを読むには番号を入れてください。" * 30),
        ("Log in - Kitahama Times", "Give your number to read on. " * 30),
    ],
)
def test_a_login_is_no_page_to_begin_with(room: Path, page: Path, title: str, words: str) -> None:
    page.write_text(LOGIN.format(title=title, words=words), "utf-8")
    done = new(room, "kitahama_times", URL, "--page", str(page))
    assert done.status == 2
    assert "is no page to begin with: not_an_article: a login page" in done.said
    assert_nothing_is_begun(room)


def test_a_form_to_log_in_beside_an_article_is_none(room: Path, page: Path) -> None:
    page.write_text(PAGE.replace("</body>", "<form><input type=password></form></body>"), "utf-8")
    assert new(room, "kitahama_times", URL, "--page", str(page)).status == 0


def assert_nothing_is_begun(room: Path) -> None:
    assert [path.name for path in room.rglob("*") if path.is_file()] == ["newspaper.py"]
    assert not (room / "tests" / "fixtures" / "kitahama_times").exists()


def test_a_checkout_that_cannot_be_written_is_left_as_it_was(room: Path, page: Path) -> None:
    (room / "tests").mkdir()
    (room / "tests" / "fixtures").touch()
    done = new(room, "kitahama_times", URL, "--page", str(page))
    assert done.status == 2
    assert "cannot be written: Not a directory; nothing was begun" in done.said
    assert sorted(path.name for path in room.rglob("*") if path.is_file()) == ["fixtures", "newspaper.py"]


def test_a_disk_without_room_leaves_nothing(room: Path, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_text

    def full(path: Path, *arguments: str, **how: str) -> int:
        if path.suffix == ".py":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write(path, *arguments, **how)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(UsageError, match=r"kitahama_times\.py: cannot be written: No space left.*nothing was begun"):
        begin("kitahama_times", URL, page, None, room)
    assert_nothing_is_begun(room)


def test_a_port_is_not_kept_and_that_is_said(room: Path, page: Path) -> None:
    url = URL.replace(".jp/", ".jp:8443/")
    done = new(room, "kitahama_times", url, "--page", str(page))
    assert done.status == 0
    assert "port 8443 is not kept" in done.out
    source = (room / "tests" / "fixtures" / "kitahama_times" / "first" / "source.json").read_text("utf-8")
    assert json.loads(source)["url"] == URL
    assert "8443" not in (room / "crawler" / "newspapers" / "kitahama_times.py").read_text("utf-8")


def test_a_packed_page_is_unpacked(room: Path, page: Path) -> None:
    packed = page.with_suffix(".html.gz")
    packed.write_bytes(gzip.compress(page.read_bytes()))
    assert new(room, "kitahama_times", URL, "--page", str(packed)).status == 0
    case = room / "tests" / "fixtures" / "kitahama_times" / "first"
    assert (case / "page.html").read_bytes() == page.read_bytes()


def test_a_folder_that_is_no_checkout(tmp_path: Path) -> None:
    done = new(tmp_path, "kitahama", URL)
    assert done.status == 2
    assert "--into FOLDER" in done.said
    with pytest.raises(UsageError):
        begin("kitahama", URL, None, None, tmp_path)
