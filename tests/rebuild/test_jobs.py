"""By however many processes a collection is rebuilt, what is written is the same."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.journal import Journal
from crawler.press import Press, demo
from crawler.readings import ReadingStore
from crawler.rebuilding import MOST_JOBS, complete_unmodified, default_jobs, read_into, rebuild
from tests.crawl.crawling import Left, assert_same_lines, crawl, genbun


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two crawls into many small files, the second one's revisits referring to those of the first."""
    folder = tmp_path_factory.mktemp("rebuild") / "collection"
    with Press(demo()) as press:
        for _ in range(2):
            done = crawl(press, folder, "--set", "WARC_SIZE=40000")
            assert done.status == 0, done.err
            press.edit()
    assert len(Left(folder).warcs) > 8
    return folder


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_the_same_lines(crawled: Path, tmp_path: Path, jobs: int) -> None:
    moved: list[int] = []
    rebuilt = rebuild(Collection(crawled), Collection(tmp_path / "again"), jobs, moved.append)
    assert_same_lines(Left(tmp_path / "again"), Left(crawled))
    assert rebuilt.files == len(Left(crawled).warcs)
    assert sum(moved) == sum(path.stat().st_size for path in Left(crawled).warcs)


def test_the_command(crawled: Path, tmp_path: Path) -> None:
    alone = genbun("rebuild", str(crawled), "--to", str(tmp_path / "again"), "--jobs", "1")
    beside = genbun("rebuild", str(crawled), "--to", str(tmp_path / "again"), "--jobs", "4")
    assert (alone.status, beside.status) == (0, 0)
    assert alone.out == beside.out
    assert_same_lines(Left(tmp_path / "again"), Left(crawled))
    assert genbun("rebuild", str(crawled), "--jobs", "0").status == 2


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_torn_file_is_named(crawled: Path, tmp_path: Path, jobs: int) -> None:
    folder = Path(shutil.copytree(crawled, tmp_path / "torn"))
    torn = Left(folder).warcs[3]
    with torn.open("r+b") as file:
        file.truncate(torn.stat().st_size - 5)
    open_file = Left(folder).warcs[-1]  # a torn end is nothing to tell of where a crawl is writing
    with open_file.open("ab") as file:
        file.write(b"\x1f\x8b\x08")
    open_file.rename(open_file.with_name(open_file.name + ".open"))
    done = genbun("rebuild", str(folder), "--to", str(tmp_path / "again"), "--jobs", str(jobs))
    assert done.status == 4
    assert [line for line in done.err.splitlines() if "genbun: " in line] == [done.said]
    assert torn.name in done.said
    assert Left(tmp_path / "again").lines("articles")


def test_a_file_that_is_closed_meanwhile(crawled: Path, tmp_path: Path) -> None:
    """A crawl goes on while its collection is rebuilt elsewhere: the folder was listed a moment ago."""
    warc = Left(crawled).warcs[0]
    counts: list[int] = []
    for name in (warc.name, warc.name + ".open"):
        journal = Journal(tmp_path / f"{len(counts)}.sqlite")
        counts.append(read_into(warc.with_name(name), ReadingStore(journal.db), journal))
        assert journal.warcs() == {warc.name: (warc.stat().st_size, True)}
        journal.close()
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("seed", range(4))
def test_files_in_any_order_give_the_same_rows(crawled: Path, tmp_path: Path, seed: int) -> None:
    """A page that was not modified has the digest and validators of a record in another file, read before or after."""
    known = Journal(Collection(crawled).journal)
    expected = known.db.execute("SELECT * FROM captures ORDER BY record_id").fetchall()
    known.close()
    journal = Journal(tmp_path / "journal.sqlite")
    for path in random.Random(seed).sample(warcs := Left(crawled).warcs, len(warcs)):
        read_into(path, ReadingStore(journal.db), journal)
        if seed % 2:
            complete_unmodified(journal)
    complete_unmodified(journal)
    found = journal.db.execute("SELECT * FROM captures ORDER BY record_id").fetchall()
    unmodified = journal.db.execute("SELECT COUNT(*) FROM captures WHERE type = 'revisit' AND cdxj = ''").fetchone()[0]
    journal.close()
    assert found == expected
    assert unmodified > 20


def test_how_many_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for little; else one a file and processor, up to a bound."""
    paths = [tmp_path / f"{number}" for number in range(12)]
    for path in paths:
        with path.open("wb") as file:
            file.truncate(30_000_000)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)))
    assert default_jobs(paths[:2]) == 1
    assert default_jobs(paths[:3]) == 3
    assert default_jobs(paths) == 4
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    assert default_jobs(paths) == MOST_JOBS
    assert default_jobs([]) == 1


def test_processes_end_with_the_one_that_started_them(crawled: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "crawler.commands.main", "rebuild", str(crawled), "--to", str(tmp_path / "again")]
    process = subprocess.Popen([*words, "--jobs", "2"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.wait()
        pytest.skip("needs /proc with children")
    found: list[str] = []
    while not found and process.poll() is None:
        found = children.read_text().split()
    process.send_signal(signal.SIGKILL)
    process.wait()
    until = time.monotonic() + 20
    while any(_runs(pid) for pid in found):
        assert time.monotonic() < until, "left behind"
        time.sleep(0.05)


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
