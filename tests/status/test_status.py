"""What `genbun status` says, against what is known of the press; and of collections in any state."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archives.collection import Collection
from crawler.press import Answer, Press, Raw, cases, demo
from crawler.press.addresses import HERALD, SHIMBUN
from tests.crawl.crawling import Left, connected, crawl, genbun

Copy = Callable[..., Path]
HERALDS, SHIMBUNS = "example_herald", "example_shimbun"
ALL = ("--recheck", "all")


class Removing:
    """The demo's newspapers; in edition 2 the Herald has taken one editorial away, which its sitemap still names."""

    def __init__(self, url: str) -> None:
        self.demo, self.path = demo(), url.removeprefix(f"https://{HERALD}")
        self.hosts = self.demo.hosts
        self.status = 410

    def find(self, host: str, target: str, edition: int) -> Answer | Raw | None:
        if (host, target, edition) == (HERALD, self.path, 2):
            return Answer(b"<html><title>gone</title></html>", status=self.status)
        return self.demo.find(host, target, edition)


GONE = next(case.url for case in cases() if case.kind == "pair")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One crawl of the first edition."""
    folder = tmp_path_factory.mktemp("status") / "collection"
    with Press(demo()) as press:
        assert crawl(press, folder).status == 0
    return folder


@pytest.fixture
def copy(crawled: Path, tmp_path: Path) -> Path:
    """It, to be changed."""
    return Path(shutil.copytree(crawled, tmp_path / "collection"))


@pytest.fixture
def removing() -> Iterator[Press]:
    with Press(Removing(GONE)) as press:
        yield press


def status(folder: Path) -> dict[str, Any]:
    done = genbun("status", str(folder), "--json")
    assert done.status == 0, done.err
    said: dict[str, Any] = json.loads(done.out)
    assert said["schema"] == "genbun/status/1"
    return said


def text(folder: Path) -> str:
    done = genbun("status", str(folder))
    assert done.status == 0, done.err
    return done.out


def test_what_is_known_of_the_press(crawled: Path) -> None:
    said = status(crawled)
    herald, shimbun = said["newspapers"][HERALDS], said["newspapers"][SHIMBUNS]
    known = Counter(case.status for case in cases() if case.status)
    assert {name: count for name, count in herald["pairs"].items() if count} == known
    assert set(herald["pairs"]) >= {"paired", "no_link", "not_captured", "gone", "refused", "restricted", "unreadable"}
    assert shimbun["pairs"] == {}
    assert herald["articles"] == herald["versions"] == known.total()
    assert shimbun["articles"] == known["paired"] + known["restricted"]
    assert herald["problems"] == {"no_body": sum(case.kind == "shell" for case in cases())}
    (refused,) = shimbun["refusals"]
    assert refused["url"] == next(case.original_url for case in cases() if case.status == "refused")
    assert (refused["reason"], refused["class"], refused["crawl"]) == ("robots", "original", said["crawls"][0]["id"])
    assert herald["refusals"] == herald["removed"] == shimbun["removed"] == said["elsewhere"]["refusals"] == []


def test_counts_are_those_of_the_lines(crawled: Path) -> None:
    said, left = status(crawled), Left(crawled)
    for name, paper in said["newspapers"].items():
        lines = [line for line in left.lines("articles") if line["newspaper"] == name]
        days = sorted(line["published_on"] for line in lines)
        assert (paper["versions"], paper["articles"]) == (len(lines), len({line["id"] for line in lines}))
        assert (paper["first_published_on"], paper["last_published_on"]) == (days[0], days[-1])
        problems = Counter(line["reason"] for line in left.lines("problems") if line["newspaper"] == name)
        assert paper["problems"] == problems
        host = HERALD if name == HERALDS else SHIMBUN
        captures = [record.headers["WARC-Date"] for record in left.records() if f"//{host}/" in record.url]
        assert paper["last_capture"] == max(captures)[:19] + "Z"
    files = left.warcs
    size = sum(path.stat().st_size for path in files)
    (begun,) = {path.name.split("-")[-2] for path in files}
    months = {f"{begun[:4]}-{begun[4:6]}": size}
    assert said["archive"] == {"files": len(files), "bytes": size, "open": [], "months": months}


def test_crawls_are_those_of_the_receipts(crawled: Path) -> None:
    (crawl,) = status(crawled)["crawls"]
    receipt = Left(crawled).receipt
    for name in ("id", "newspaper", "started_at", "ended_at", "exit", "message", "finished", "resumes"):
        assert crawl[name] == receipt[name], name
    assert crawl["sums"] == {name: receipt[name] for name in ("asked", "fetched", "refused", "failed", "skipped")}
    assert crawl["has_receipt"]


def test_versions_and_days_of_an_edited_article(tmp_path: Path) -> None:
    with Press(demo()) as press:
        crawl(press, tmp_path / "c")
        first = status(tmp_path / "c")["newspapers"][SHIMBUNS]
        press.edit()
        crawl(press, tmp_path / "c", *ALL)
    second = status(tmp_path / "c")
    paper = second["newspapers"][SHIMBUNS]
    assert (paper["articles"], paper["versions"]) == (first["articles"], first["versions"] + 1)
    assert paper["last_capture"] >= first["last_capture"]
    assert [crawl["finished"] for crawl in second["crawls"]] == [True, True]
    assert len(paper["refusals"]) == 1, "refused twice, and one address"
    assert paper["refusals"][0]["crawl"] == second["crawls"][1]["id"]


@pytest.mark.parametrize("journal", [True, False])
def test_what_the_newspaper_removed(removing: Press, tmp_path: Path, journal: bool) -> None:
    folder = tmp_path / "c"
    crawl(removing, folder)
    assert status(folder)["newspapers"][HERALDS]["removed"] == []
    removing.edit()
    time.sleep(1.1)  # the index counts in seconds
    crawl(removing, folder, *ALL)
    if not journal:
        (folder / "journal.sqlite").unlink()
    said = status(folder)["newspapers"][HERALDS]
    (removed,) = said["removed"]
    line = next(line for line in Left(folder).lines("articles") if line["url"] == GONE)
    assert (removed["id"], removed["url"], removed["status"]) == (line["id"], GONE, 410)
    at = max(record.headers["WARC-Date"] for record in Left(folder).records() if record.url == GONE)
    assert removed["at"] == at[:19] + "Z"
    assert said["articles"] == sum(bool(case.status) for case in cases()), "what was read stays"
    assert f"410  {line['id']}" in text(folder)


def test_what_came_back_is_not_removed(removing: Press, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    removing.edit()
    crawl(removing, folder)
    time.sleep(1.1)
    with Press(demo()) as press:
        crawl(press, folder, *ALL)
    assert status(folder)["newspapers"][HERALDS]["removed"] == []


def test_what_was_got_after_a_refusal_is_none(tmp_path: Path) -> None:
    content = Removing(GONE)
    content.status = 403
    folder = tmp_path / "c"
    with Press(content) as press:
        press.edit()
        crawl(press, folder)
    (refused,) = status(folder)["newspapers"][HERALDS]["refusals"]
    assert (refused["url"], refused["reason"], refused["class"]) == (GONE, "status_403", "editorial")
    shutil.copytree(folder, tmp_path / "bare")
    shutil.rmtree(tmp_path / "bare" / "crawls")
    (refused,) = status(tmp_path / "bare")["newspapers"][HERALDS]["refusals"]
    assert (refused["url"], refused["reason"], refused["at"][:2]) == (GONE, "status_403", "20")
    time.sleep(1.1)
    with Press(demo()) as press:
        crawl(press, folder, *ALL)
    assert status(folder)["newspapers"][HERALDS]["refusals"] == []


def test_while_a_crawl_runs(copy: Path) -> None:
    """The last committed state, at any moment, without a lock or a trace; the running crawl is seen in the journal."""
    before = status(copy)
    seen = []
    with Press(demo(), latency=0.1) as press:
        command = [sys.executable, "-m", "crawler.commands.main", "crawl", HERALDS, "--to", str(copy), "--delay", "0"]
        running = subprocess.Popen([*command, *ALL, *connected(press)], stdout=subprocess.DEVNULL)
        while running.poll() is None:
            seen.append(status(copy))
        assert running.returncode == 0
    under_way = [said for said in seen if any(not crawl["has_receipt"] for crawl in said["crawls"])]
    assert under_way
    for said in under_way:
        crawl = said["crawls"][-1]
        assert (crawl["exit"], crawl["finished"], crawl["ended_at"]) == (None, False, None)
        assert any("under way" in line for line in said["attention"])
    assert any(said["archive"]["open"] for said in under_way)
    assert all(said["newspapers"][HERALDS]["articles"] == before["newspapers"][HERALDS]["articles"] for said in seen)
    assert len(status(copy)["crawls"]) == 2


def test_the_text(crawled: Path, copy: Path) -> None:
    said = text(crawled)
    sections = [line for line in said.splitlines() if line and not line.startswith(" ")]
    assert [line.partition(":")[0] for line in sections[1:]] == [
        "needs a hand", HERALDS, SHIMBUNS, "refused, and not got since", "crawls, the latest first",
    ]  # fmt: skip
    assert max(len(line) for line in said.splitlines() if "://" not in line and str(crawled) not in line) <= 80
    receipt = next((copy / "crawls").glob("*-????.json"))
    stopped = {**json.loads(receipt.read_text("utf-8")), "finished": False, "exit": 6, "message": "refused us"}
    receipt.write_text(json.dumps(stopped), "utf-8")
    assert "example_herald: its last crawl ended with exit status 6: refused us" in text(copy)


def test_nothing_is_written(copy: Path) -> None:
    def state() -> list[tuple[str, int, int]]:
        paths = sorted(copy.rglob("*"))
        return [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in paths]

    before = state()
    with Collection(copy).lock():
        status(copy)
    assert state() == before


@pytest.mark.parametrize("left", [None, b"", b"no database at all"])
def test_without_a_journal(crawled: Path, copy: Path, left: bytes | None) -> None:
    (copy / "journal.sqlite").unlink()
    if left is not None:
        (copy / "journal.sqlite").write_bytes(left)
    assert {**status(copy), "collection": "", "at": ""} == {**status(crawled), "collection": "", "at": ""}


def test_with_an_archive_alone(copy: Path) -> None:
    for path in copy.iterdir():
        if path.name != "archive":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    said = status(copy)
    assert said["newspapers"] == {}
    assert "genbun rebuild" in said["attention"][0]
    assert text(copy)
    genbun("rebuild", str(copy))
    assert status(copy)["newspapers"][HERALDS]["articles"] > 10


def test_a_new_collection(tmp_path: Path) -> None:
    Collection(tmp_path / "new").create()
    assert status(tmp_path / "new")["newspapers"] == {}
    assert "0 WARC files" in text(tmp_path / "new")


def test_no_collection(tmp_path: Path) -> None:
    for words in (["status"], ["status", str(tmp_path)], ["status", str(tmp_path / "nothing"), "--json"]):
        assert genbun(*words).status == 2


@pytest.mark.parametrize("kind", ["articles", "pairs", "problems"])
def test_a_line_that_is_none(copy: Path, kind: str) -> None:
    path = copy / "records" / f"{kind}.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    done = genbun("status", str(copy))
    assert done.status == 4
    assert f"{kind}.jsonl, line {len(path.read_bytes().splitlines())}" in done.said
    assert "genbun rebuild" in done.said


def test_receipts_and_outcomes_that_are_none(copy: Path) -> None:
    """They are not what lines are made of: the rest is told."""
    (receipt,) = (copy / "crawls").glob("*-????.json")
    outcomes = receipt.with_name(f"{receipt.stem}.outcomes.jsonl")
    receipt.write_text('{"id": 3, "finished": "yes", "asked": "many"}')
    outcomes.write_text('{"outcome": "refused"}\n[]\n"outcome": "refused"\n')
    (crawl, *_) = status(copy)["crawls"]
    assert crawl["sums"]["asked"] == 0
    receipt.write_text("[1")
    assert status(copy)["crawls"]
