"""Rebuilding by the workers of a Dask scheduler: real processes, the same lines as by one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.errors import GenbunError, UsageError
from crawler import cluster
from crawler.cluster import Cluster
from crawler.press import Press, demo
from crawler.rebuilding import rebuild
from tests.crawl.crawling import GENBUN, Left, assert_same_lines, crawl, genbun
from tests.rebuild.workers import Scheduler, scheduler

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two crawls into many small files."""
    folder = tmp_path_factory.mktemp("dask") / "collection"
    with Press(demo()) as press:
        for _ in range(2):
            done = crawl(press, folder, "--set", "WARC_SIZE=40000")
            assert done.status == 0, done.err
            press.edit()
    return folder


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduler]:
    with scheduler(tmp_path_factory.mktemp("scheduler")) as running:
        running.start_workers("one", "two")
        yield running


@pytest.fixture(scope="module")
def slow(crawled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files that take a worker a while."""
    archive = tmp_path_factory.mktemp("slow") / "collection" / "archive"
    archive.mkdir(parents=True)
    whole = b"".join(path.read_bytes() for path in Left(crawled).warcs)
    for number in range(2):
        (archive / f"genbun-slow-{number}.warc.gz").write_bytes(whole * 12)
    return archive.parent


def start_rebuild(source: Path, target: Path, address: str) -> subprocess.Popen[str]:
    command = [*GENBUN, "rebuild", str(source), "--to", str(target), "--on", address, "--no-align"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_same_lines(crawled: Path, two_workers: Scheduler, tmp_path: Path) -> None:
    moved: list[int] = []
    source = Collection(crawled)
    with Cluster(two_workers.address) as workers:
        workers.require(source.warcs())
        rebuilt = rebuild(source, Collection(tmp_path / "again"), 1, moved.append, cluster=workers)
    assert_same_lines(Left(tmp_path / "again"), Left(crawled))
    assert rebuilt.files == len(Left(crawled).warcs)
    assert sum(moved) == sum(path.stat().st_size for path in Left(crawled).warcs)


def test_the_command_says_and_writes_the_same(crawled: Path, two_workers: Scheduler, tmp_path: Path) -> None:
    alone = genbun("rebuild", str(crawled), "--to", str(tmp_path / "again"), "--jobs", "1")
    shutil.copytree(tmp_path / "again", tmp_path / "alone")
    there = genbun("rebuild", str(crawled), "--to", str(tmp_path / "again"), "--on", two_workers.address)
    assert (alone.status, there.status) == (0, 0), there.err
    assert (there.out, there.err) == (alone.out, "")
    for path in (tmp_path / "alone").rglob("*"):
        assert (
            path.is_dir()
            or path.read_bytes() == (tmp_path / "again" / path.relative_to(tmp_path / "alone")).read_bytes()
        )


@pytest.mark.long
def test_workers_started_here(crawled: Path, tmp_path: Path) -> None:
    done = genbun("rebuild", str(crawled), "--to", str(tmp_path / "again"), "--on", "dask://local", "--jobs", "2")
    assert (done.status, done.err) == (0, "")
    assert_same_lines(Left(tmp_path / "again"), Left(crawled))


def test_a_torn_file_is_named(crawled: Path, two_workers: Scheduler, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(crawled, tmp_path / "torn"))
    torn = Left(folder).warcs[3]
    with torn.open("r+b") as file:
        file.truncate(torn.stat().st_size - 5)
    done = genbun("rebuild", str(folder), "--to", str(tmp_path / "again"), "--on", two_workers.address)
    assert done.status == 4
    assert torn.name in done.said


def test_a_worker_dies_and_another_reads_its_file(slow: Path, tmp_path: Path) -> None:
    with scheduler(tmp_path) as running:
        running.start_workers("victim", "survivor")
        rebuilding = start_rebuild(slow, tmp_path / "there", running.address)
        running.wait_until_busy()
        running.workers["victim"].kill()
        out, err = rebuilding.communicate(timeout=120)
        assert rebuilding.returncode == 0, err
    alone = genbun("rebuild", str(slow), "--to", str(tmp_path / "alone"), "--jobs", "1", "--no-align")
    assert out.splitlines()[0] == alone.out.splitlines()[0]
    assert_same_lines(Left(tmp_path / "there"), Left(tmp_path / "alone"))


@pytest.mark.long
def test_a_file_that_ends_its_workers_is_named(slow: Path, tmp_path: Path) -> None:
    with scheduler(tmp_path, {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}) as running:
        running.start_workers("one")
        rebuilding = start_rebuild(slow, tmp_path / "there", running.address)
        running.wait_until_busy()
        running.workers["one"].kill()
        _, err = rebuilding.communicate(timeout=120)
    assert rebuilding.returncode == 1
    assert "genbun-slow-" in err
    assert "ended again and again" in err
    assert "Traceback" not in err
    assert not (tmp_path / "there" / "records").exists()


def test_the_scheduler_goes_away(slow: Path, tmp_path: Path) -> None:
    with scheduler(tmp_path) as running:
        running.start_workers("one")
        rebuilding = start_rebuild(slow, tmp_path / "there", running.address)
        running.wait_until_busy()
        running.process.kill()
        _, err = rebuilding.communicate(timeout=120)
    assert rebuilding.returncode == 1
    assert "the scheduler is gone, and nothing was written" in err
    assert "Traceback" not in err
    assert not (tmp_path / "there" / "records").exists()


def test_a_worker_with_other_code_is_refused(crawled: Path, tmp_path: Path) -> None:
    """It may bear the same number: a checkout of yesterday reads another way."""
    for package in ("archives", "crawler"):
        shutil.copytree(ROOT / package, tmp_path / "old" / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "old" / "crawler" / "dates.py").open("a") as file:
        file.write("# as it was yesterday\n")
    said = said_of_worker(crawled, tmp_path, {"PYTHONPATH": str(tmp_path / "old")})
    assert "Genbun's code, under the same number" in said
    assert "tcp://127.0.0.1:" in said


@pytest.mark.long
def test_a_worker_without_genbun_is_refused(crawled: Path, tmp_path: Path) -> None:
    (tmp_path / "none" / "crawler").mkdir(parents=True)
    (tmp_path / "none" / "crawler" / "__init__.py").write_text("raise ModuleNotFoundError('No module named crawler')\n")
    said = said_of_worker(crawled, tmp_path, {"PYTHONPATH": str(tmp_path / "none")})
    assert "cannot run Genbun (" in said


def test_a_worker_that_does_not_see_the_files_is_refused(crawled: Path, tmp_path: Path) -> None:
    (tmp_path / "hiding").mkdir()
    (tmp_path / "hiding" / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def hide(event, given):\n"
        "    if event == 'open' and str(given[0]).startswith(os.environ['HIDDEN']):\n"
        "        raise FileNotFoundError(2, 'No such file or directory', given[0])\n"
        "sys.addaudithook(hide)\n"
    )
    environment = {"PYTHONPATH": str(tmp_path / "hiding"), "HIDDEN": str(crawled)}
    said = said_of_worker(crawled, tmp_path, environment)
    assert f"cannot read {crawled}/archive/" in said
    assert "(No such file or directory)" in said
    assert "same path" in said


def said_of_worker(crawled: Path, scratch: Path, environment: dict[str, str]) -> str:
    """What a rebuild says where one of two workers is started in another environment."""
    with scheduler(scratch) as running:
        running.start_workers("good")
        running.start_workers("other", environment=environment)
        done = genbun("rebuild", str(crawled), "--to", str(scratch / "again"), "--on", running.address)
    assert done.status == 1
    assert "Traceback" not in done.err
    assert not (scratch / "again").exists()
    return done.said


def test_a_scheduler_without_workers(
    crawled: Path, two_workers: Scheduler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SECONDS_TO_WAIT", 0.2)
    with (
        scheduler(tmp_path) as running,
        Cluster(running.address) as workers,
        pytest.raises(GenbunError, match="has no workers; start some with `dask worker`"),
    ):
        workers.require(Collection(crawled).warcs())


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 0.5)
    with pytest.raises(GenbunError, match="no Dask scheduler answers there"):
        Cluster("dask://127.0.0.1:1")


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:8786", "dask://", "dask://host", "dask://a:1@b:2", "127.0.0.1:8786"]
)
def test_an_address_that_is_none(crawled: Path, address: str) -> None:
    done = genbun("rebuild", str(crawled), "--on", address)
    assert done.status == 2
    assert "give dask://HOST:PORT" in done.said


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'genbun\[dask\]'"):
        Cluster("dask://127.0.0.1:8786")
