"""A merged collection is crawled again as any other; and one that is being crawled is not merged."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.merge import shared_lock
from crawler.press import Press, demo
from tests.crawl.crawling import Left, connected, genbun
from tests.merge.conftest import Sources
from tests.merge.merging import crawled, crawls, journal, lines, merge_of, merged

Copy = Callable[..., Path]


def test_crawled_again(press: Press, sources: Sources, tmp_path: Path, copy: Copy) -> None:
    """It asks what a crawl of a collection that was never merged asks, under the same conditions."""
    folder, plain = merged(tmp_path / "merged", sources.shimbun, sources.twice), copy(sources.twice)
    crawled(press, plain)
    expected = sorted((one.host, one.path, one.status) for one in press.exchanges)
    press.exchanges.clear()
    crawled(press, folder)
    assert sorted((one.host, one.path, one.status) for one in press.exchanges) == expected
    assert sum(one.status == 304 for one in press.exchanges) > 20
    mine, other = Left(folder).receipt, Left(plain).receipt
    assert mine["archive"]["revisits"] == other["archive"]["revisits"]
    assert mine["new" if "new" in mine else "asked"] == other["new" if "new" in other else "asked"]
    assert "read into the journal" not in json.dumps(mine)
    assert genbun("verify", str(folder)).status == 0


def test_an_unfinished_crawl_is_taken_over(tmp_path: Path, sources: Sources) -> None:
    with Press(demo(), latency=0.01) as press:
        stopped = stop(press, tmp_path / "stopped", after=40)
        folder = merged(tmp_path / "merged", sources.shimbun, stopped)
        asked = len(press.exchanges)
        crawled(press, folder)
        known = {f"https://{one.host}{one.path}" for one in list(press.exchanges)[:asked]}
        again = {f"https://{one.host}{one.path}" for one in list(press.exchanges)[asked:]}
    last = next(receipt for receipt in Left(folder).receipts() if receipt["resumes"])
    assert last["resumes"] == Left(stopped).receipt["id"]
    assert last["finished"]
    assert not again & known
    assert lines(folder)["pairs"].count('"status":"paired"') == 14


def stop(press: Press, folder: Path, after: int) -> Path:
    """A crawl that was ended in order once so many answers had come."""
    command = [sys.executable, "-m", "crawler.commands.main", "crawl", "example_herald", "--to", str(folder)]
    process = subprocess.Popen([*command, "--delay", "0", *connected(press)], stderr=subprocess.DEVNULL)
    while len(press.exchanges) < after:
        time.sleep(0.001)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 1
    return folder


def test_two_ends_of_one_crawl(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    """Of a crawl's two receipts the one that knows more is kept, whichever comes first."""
    early = copy(sources.herald, "early")
    (receipt,) = (early / "crawls").glob("*Z-*-????.json")
    said = json.loads(receipt.read_text("utf-8"))
    receipt.write_text(json.dumps({**said, "finished": False, "ended_at": None}), "utf-8")
    for n, order in enumerate([(early, sources.herald), (sources.herald, early)]):
        assert crawls(merged(tmp_path / f"{n}", *order)) == crawls(sources.herald)
    assert crawls(merged(early, sources.herald)) == crawls(sources.herald)


def test_the_old_journals_log_is_not_taken_for_the_new_ones(sources: Sources, copy: Copy, tmp_path: Path) -> None:
    target = copy(sources.herald)
    (target / "journal.sqlite-wal").write_bytes(b"\x37\x7f\x06\x82 of another database")
    merged(target, sources.shimbun)
    assert not (target / "journal.sqlite-wal").exists()
    assert journal(target) == journal(merged(tmp_path / "new", sources.herald, sources.shimbun))


@pytest.mark.parametrize("left", [b"", b"no database at all", None])
def test_sources_without_a_journal(sources: Sources, copy: Copy, tmp_path: Path, left: bytes | None) -> None:
    source = copy(sources.herald)
    (source / "journal.sqlite").unlink()
    if left is not None:
        (source / "journal.sqlite").write_bytes(left)
    folder = merged(tmp_path / "merged", source, sources.shimbun)
    assert lines(folder) == lines(merged(tmp_path / "other", sources.herald, sources.shimbun))


def test_locked(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    source, target = copy(sources.herald), copy(sources.shimbun)
    for held in (source, target):
        with Collection(held).lock():
            done = genbun("merge", str(source), "--to", str(target))
        assert done.status == 5
        assert str(held) in done.said
    with shared_lock(Collection(source)):  # another merge
        assert genbun("merge", str(source), "--to", str(tmp_path / "merged")).status == 0
        words = ["crawl", "example_herald", "--to", str(source), "--contact", "a@example.org"]
        assert genbun(*words).status == 5


def test_left_open(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    for folder in (source := copy(sources.herald), sources.shimbun):
        target = copy(sources.later, f"{folder.name}-later") if folder == source else source
        (path,) = (source / "archive").iterdir()
        if not path.name.endswith(".open"):
            path.rename(path.with_name(path.name + ".open"))
        done = genbun("merge", str(folder), "--to", str(target))
        assert done.status == 4
        assert ".open: was not closed" in done.said
        assert f"--to {source}" in done.said
    assert genbun("merge", str(source), "--to", str(tmp_path / "new")).status == 4
    assert not (tmp_path / "new").exists()


def test_wrong_usage(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    source, other = copy(sources.herald), tmp_path / "other"
    other.mkdir()
    (other / "file").touch()
    for words in (
        [str(tmp_path / "nothing"), "--to", str(tmp_path / "merged")],
        [str(source), str(other), "--to", str(tmp_path / "merged")],
        [str(source), "--to", str(other)],
        [str(source), "--to", str(source / "merged")],
        [str(source), "--to", str(other / "file")],
        [str(source), "--to", str(tmp_path / "merged"), "--jobs", "0"],
        [str(source)],
    ):
        assert genbun("merge", *words).status == 2, words
        assert not (tmp_path / "merged").exists()
    assert [path.name for path in other.iterdir()] == ["file"]


def test_with_many_processes(sources: Sources, tmp_path: Path) -> None:
    folder = tmp_path / "merged"
    done = genbun("merge", str(sources.twice), str(sources.shimbun), "--to", str(folder), "--jobs", "3")
    assert done.status == 0, done.err
    assert lines(folder) == lines(merged(tmp_path / "alone", sources.twice, sources.shimbun))
    assert journal(folder) == journal(tmp_path / "alone")


def test_disk_full(sources: Sources, tmp_path: Path, copy: Copy) -> None:
    """What was there is there; what could not be copied leaves nothing behind."""
    target = copy(sources.shimbun)
    shutil.rmtree(target / "records")
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
    code = f"{limited} from crawler.commands.main import main; sys.exit(main(sys.argv[1:]))"
    words = [sys.executable, "-c", code, "merge", str(sources.herald), "--to", str(target)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 1
    assert "could not be copied" in done.stderr
    assert sorted(path.name for path in (target / "archive").iterdir()) == sorted(
        path.name for path in (sources.shimbun / "archive").iterdir()
    )
    assert merge_of(target, sources.herald).files == 2
