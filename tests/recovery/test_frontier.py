"""`kill -9` at the moments that matter: while it discovers, rotates, recovers, writes records or goes to its end."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from archives.reader import groups
from crawler.press import Answer, Press, Served, cases, demo
from crawler.press.addresses import HERALD, SHIMBUN
from crawler.press.answer import moved
from tests.recovery.crawls import (
    answers,
    asked_since,
    assert_same_lines,
    assert_sound,
    assert_whole,
    command,
    crawl,
    receipts,
    records,
)

SMALL = ("--set", "WARC_SIZE=20000")  # some fifteen files

#: Where the first crawl is killed: a function, its nth call, before or after it.
FIRST = {
    "at the first commit": ("archives.journal:Journal.commit", 1, "before"),
    "bytes written, not in the journal": ("archives.journal:Journal.commit", 6, "before"),
    "in the journal, not handed to Scrapy": ("archives.journal:Journal.commit", 6, "after"),
    "all kept, nothing written": ("spiders.collecting:write_lines", 1, "before"),
    "articles written, pairs not": ("crawler.lines:pair_lines", 1, "before"),
    "lines written, index not": ("spiders.collecting:write_index", 1, "before"),
    "index written, receipt not": ("spiders.collecting:write_receipt", 1, "before"),
}
ROTATION = {
    "before a file is closed": ("archives.writer:WarcWriter.close", 3, "before"),
    "renamed, folder not synced": ("archives.writer:sync_folder", 6, "before"),
    "closed, not in the journal": ("archives.writer:WarcWriter.close", 3, "after"),
    "a new file has its name alone": ("archives.writer:warcinfo", 4, "before"),
    "readings of closed files not stored": ("spiders.collecting:store_readings", 1, "before"),
}
#: Where the second crawl is killed, while it takes up what the first has left.
RECOVERY = {
    "before": ("spiders.adopting:close_open_files", 1, "before"),
    "cut, not renamed": ("archives.recovery:sync_folder", 1, "before"),
    "renamed": ("archives.recovery:sync_folder", 1, "after"),
    "before what is new was read": ("spiders.adopting:read_into", 1, "before"),
    "in the midst of it": ("crawler.rebuilding:readings_in", 1, "before"),
    "rows in, readings not": ("crawler.readings:ReadingStore.add", 1, "before"),
    "read, size not noted": ("archives.journal:Journal.commit", 2, "before"),
    "before what was not read is read": ("spiders.adopting:read_what_was_not", 1, "before"),
    "before it is noted as a crawl": ("archives.journal:Journal.begin_crawl", 1, "before"),
    "just after that": ("archives.journal:Journal.begin_crawl", 1, "after"),
}
IN_CI = {
    "in the journal, not handed to Scrapy", "closed, not in the journal",
    "read, size not noted", "renamed",
}  # fmt: skip


def moments(table: dict[str, tuple[str, int, str]]) -> list[object]:
    return [pytest.param(*kill, id=name, marks=() if name in IN_CI else pytest.mark.long)
            for name, kill in table.items()]  # fmt: skip


@pytest.mark.parametrize(("where", "nth", "when"), moments(FIRST))
def test_killed(press: Press, whole: Path, tmp_path: Path, where: str, nth: int, when: str) -> None:
    kill_and_go_on(press, tmp_path / "c", where, nth, when)
    assert_whole(whole, tmp_path / "c")


@pytest.mark.parametrize(("where", "nth", "when"), moments(ROTATION))
def test_killed_while_files_rotate(press: Press, whole: Path, tmp_path: Path, where: str, nth: int, when: str) -> None:
    folder = tmp_path / "c"
    kill_and_go_on(press, folder, where, nth, when, *SMALL)
    assert_whole(whole, folder)
    assert len(list((folder / "archive").iterdir())) > 5


@pytest.mark.parametrize(("where", "nth", "when"), moments(RECOVERY))
def test_killed_while_it_recovers(press: Press, whole: Path, tmp_path: Path, where: str, nth: int, when: str) -> None:
    folder = tmp_path / "c"
    killed(press, folder, "archives.journal:Journal.commit", 6, "before")  # so that there is something to read
    kill_and_go_on(press, folder, where, nth, when)
    assert_whole(whole, folder)


def killed(press: Press, folder: Path, where: str, nth: int, when: str, *extra: str) -> None:
    done = crawl(press, folder, *extra, kill=[where, nth, when])
    assert done.returncode == -signal.SIGKILL, done.stderr


def kill_and_go_on(press: Press, folder: Path, where: str, nth: int, when: str, *extra: str) -> None:
    killed(press, folder, where, nth, when, *extra)
    before, asked = committed(folder), len(press.exchanges)
    second = crawl(press, folder, *extra)
    assert second.returncode == 0, second.stderr
    assert asked_since(press, asked) & before == set(), "a committed page was fetched again"
    assert receipts(folder)[-1]["finished"]


def committed(folder: Path) -> set[str]:
    """The addresses that the journal calls committed."""
    if not (folder / "journal.sqlite").exists():
        return set()
    with sqlite3.connect(folder / "journal.sqlite") as journal:
        found = {url for (url,) in journal.execute("SELECT url FROM captures WHERE whole")}
    journal.close()
    return found


def killed_when(press: Press, folder: Path, served: Callable[[Served], bool], count: int, *extra: str) -> None:
    """Kill a crawl once the press has served so many of those."""
    start = len(press.exchanges)
    process = subprocess.Popen(command(press, folder, *extra), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while sum(map(served, press.exchanges[start:])) < count:
        assert process.poll() is None, "it ended too soon"
        time.sleep(0.001)
    process.kill()
    process.wait()


def is_listing(one: Served) -> bool:
    return one.path.endswith(".xml") or "wp-json" in one.path or "feed" in one.path


def is_requisite(one: Served) -> bool:
    return one.path.endswith((".css", ".png", ".js", ".webp", ".svg", ".woff2", ".jpg")) or "resizer" in one.path


@pytest.mark.parametrize(
    ("served", "count"),
    [
        pytest.param(is_listing, 1, id="discovery", marks=pytest.mark.long),
        pytest.param(is_listing, 2, id="between listings"),
        pytest.param(is_requisite, 1, id="first requisite", marks=pytest.mark.long),
        pytest.param(is_requisite, 25, id="requisites", marks=pytest.mark.long),
    ],
)
def test_killed_when_asking(
    press: Press, whole: Path, tmp_path: Path, served: Callable[[Served], bool], count: int
) -> None:
    folder = tmp_path / "c"
    killed_when(press, folder, served, count)
    before, asked = committed(folder), len(press.exchanges)
    second = crawl(press, folder)
    assert second.returncode == 0, second.stderr
    assert asked_since(press, asked) & before == set()
    assert_whole(whole, folder)


def test_under_other_arguments_what_was_kept_is_read_all_the_same(press: Press, tmp_path: Path) -> None:
    """Files were closed and their pages not yet read; the crawl that takes over asks for one page alone."""
    folder = tmp_path / "c"
    killed(press, folder, "spiders.collecting:store_readings", 1, "before", *SMALL, "--no-requisites")
    page = min(url for url in committed(folder) if url.startswith(f"https://{HERALD}/editorial-"))
    done = crawl(press, folder, "--url", page)
    assert done.returncode == 0, done.stderr  # it was asked before, and that is no reason to have found nothing
    assert_sound(folder)  # the lines are those of the archive


def test_rechecking_none_when_going_on(press: Press, whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    killed(press, folder, "archives.archive:Archive.keep", 40, "after")
    before, asked = committed(folder), len(press.exchanges)
    assert crawl(press, folder, "--recheck", "none").returncode == 0
    assert asked_since(press, asked) & before == set()
    assert_whole(whole, folder)


def test_killed_while_originals_redirect(tmp_path: Path) -> None:
    """Both hops of two chains are asked; where the kill came in a chain, the next crawl goes on from there."""
    with Press(demo(), latency=0.01) as press:
        chains = redirecting_originals(press, 2)
        folder, whole = tmp_path / "c", tmp_path / "whole"
        assert crawl(press, whole, "--no-requisites").returncode == 0
        killed_when(press, folder, lambda one: one.path in chains, 2, "--no-requisites")
        before, asked = committed(folder), len(press.exchanges)
        assert crawl(press, folder, "--no-requisites").returncode == 0
        assert asked_since(press, asked) & before == set()
        assert_whole(whole, folder)
        assert sum(path in one for one in answers(folder) for path in chains) == len(chains)


def redirecting_originals(press: Press, hops: int) -> set[str]:
    """Let each of two originals be reached by that many redirects more; returns the paths between."""
    found: set[str] = set()
    for case in [case for case in cases() if case.kind == "pair"][:2]:
        assert case.original_url is not None
        path = case.original_url.removeprefix(f"https://{SHIMBUN}")
        page = press.find(SHIMBUN, path)
        assert page is not None
        steps = [path, *(f"{path.rstrip('/')}-{hop}/" for hop in range(1, hops + 1))]
        for here, there in pairwise(steps):
            press.instead(SHIMBUN, here, moved(f"https://{SHIMBUN}{there}"))
        press.instead(SHIMBUN, steps[-1], page)
        found |= set(steps)
    return found


def test_a_killed_recrawl_asks_no_304_again(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    with Press(demo(), latency=0.004) as press:
        assert crawl(press, folder).returncode == 0
        first = set(answers(folder))
        press.edit()
        killed(press, folder, "archives.archive:Archive.keep", 60, "after")
        asked = len(press.exchanges)
        unchanged = {record.url for record in records(folder) if is_not_modified(record.headers)}
        assert unchanged
        assert crawl(press, folder).returncode == 0
        assert asked_since(press, asked) & unchanged == set()
        assert set(answers(folder)) == first
        assert set(answers(folder).values()) == {2}
        assert_sound(folder)
        whole = tmp_path / "whole"
        press.edition = 1
        assert crawl(press, whole).returncode == 0
        press.edit()
        assert crawl(press, whole).returncode == 0
        assert_same_lines(whole, folder)


def is_not_modified(headers: dict[str, str]) -> bool:
    return headers.get("warc-profile", "").endswith("server-not-modified")


def test_robots_txt_that_says_403_allows_all_also_when_going_on(tmp_path: Path) -> None:
    """A refusal means that there are no rules (RFC 9309, 2.3.1.3), whether it comes now or is recalled."""
    with Press(demo(), latency=0.004) as press:
        for host in (HERALD, SHIMBUN):
            press.instead(host, "/robots.txt", Answer(b"no", "text/plain", status=403, compress=False))
        folder, whole = tmp_path / "c", tmp_path / "whole"
        assert crawl(press, whole, "--no-requisites").returncode == 0
        killed(press, folder, "archives.archive:Archive.keep", 25, "after", "--no-requisites")
        done = crawl(press, folder, "--no-requisites")
        assert done.returncode == 0, done.stderr
        assert_whole(whole, folder)


def test_style_sheets_in_style_sheets_are_followed_as_far_as_without_the_kill(tmp_path: Path) -> None:
    """The first was asked and not kept: it is asked first, and is still the first of three."""
    page = next(case.url for case in cases() if case.kind == "pair")
    path, here = page.removeprefix(f"https://{HERALD}"), "assets.herald.example"
    chain = ["/print/one.css", "/print/two.css", "/print/three.css"]
    with Press(demo(), latency=0.004) as press:
        body = press.find(HERALD, path)
        assert isinstance(body, Answer)
        link = f'<link rel="stylesheet" href="https://{here}{chain[0]}"></head>'.encode()
        press.instead(HERALD, path, Answer(body.body.replace(b"</head>", link)))
        for sheet, below in pairwise([*chain, "/print/end.png"]):
            press.instead(here, sheet, Answer(f'@import url("{below}");'.encode(), "text/css"))
        folder, whole = tmp_path / "c", tmp_path / "whole"
        only = ("--url", page, "--set", "COMMIT_INTERVAL=0.3")
        assert crawl(press, whole, *only).returncode == 0
        assert f"https://{here}{chain[2]}" in answers(whole)
        killed_when(press, folder, lambda one: one.path == chain[0], 1, *only)
        assert f"https://{here}{chain[0]}" not in committed(folder)
        assert page in committed(folder)
        assert crawl(press, folder, *only).returncode == 0
        assert_whole(whole, folder)


@pytest.mark.parametrize("what", ["rubbish", pytest.param("gone", marks=pytest.mark.long)])
def test_without_its_journal_all_is_read_from_the_archive(press: Press, whole: Path, tmp_path: Path, what: str) -> None:
    """It is a memory: the next crawl makes it anew, says so, and goes on as a recrawl."""
    folder = tmp_path / "c"
    killed(press, folder, "archives.archive:Archive.keep", 50, "after")
    for path in folder.glob("journal.sqlite*"):
        path.unlink()
    if what == "rubbish":
        (folder / "journal.sqlite").write_bytes(b"no database, but something " * 500)
    done = crawl(press, folder)
    assert done.returncode == 0, done.stderr
    assert "read into the journal" in done.stderr
    assert ("is damaged" in done.stderr) == (what == "rubbish")
    assert set(answers(folder)) == set(answers(whole))
    assert_same_lines(whole, folder)
    assert_sound(folder)


def test_a_group_cut_off_between_its_records_is_marked_and_counts(press: Press, whole: Path, tmp_path: Path) -> None:
    """As a power cut may leave it: a page's answer is whole, its request and what says what it was for are gone."""
    folder = tmp_path / "c"
    killed(press, folder, "archives.archive:Archive.keep", 12, "after", "--no-requisites", "--concurrency", "1")
    [path] = (folder / "archive").iterdir()
    last = [group for group in groups(path) if group.answer is not None and group.note("class") == "editorial"][-1]
    assert last.answer is not None
    with path.open("r+b") as handle:
        handle.truncate(last.answer.offset + last.answer.length + 40)
    journal = sqlite3.connect(folder / "journal.sqlite")
    with journal:  # it had heard nothing of it, but that it was asked
        journal.execute("UPDATE warcs SET size = ?", (last.answer.offset,))
        journal.execute("DELETE FROM captures WHERE offset >= ?", (last.answer.offset,))
        journal.execute("UPDATE asked SET state = 'asked' WHERE url = ?", (last.answer.url,))
    journal.close()
    asked = len(press.exchanges)
    done = crawl(press, folder)
    assert done.returncode == 0, done.stderr
    assert "had lost its last records, and is marked" in done.stderr
    assert last.answer.url not in asked_since(press, asked)
    assert_same_lines(whole, folder)
    assert_sound(folder)
