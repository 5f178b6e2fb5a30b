"""A disk that is full, a file that may not grow, a folder that is read-only: told plainly, and nothing harmed.

The disks are tmpfs in a mount namespace of the test's own; where no such namespace may be made, they are skipped, and
the limit on the size of a file (RLIMIT_FSIZE) still shows a disk that takes no more.
"""

from __future__ import annotations

import resource
import shlex
import shutil
import signal
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from crawler.press import Press
from tests.conftest import ROOT
from tests.recovery.crawls import answers, assert_same_lines, assert_sound, assert_whole, command, crawl, receipts

NO_ROOM = "No space left on device"


@lru_cache
def namespaces() -> bool:
    done = subprocess.run(["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True)
    return done.returncode == 0


mounts = pytest.mark.skipif("not namespaces()", reason="needs mount namespaces (unshare -rm)")


@dataclass(frozen=True, slots=True)
class Step:
    status: int
    err: str


def steps(press: Press, tmp_path: Path, *script: str) -> list[Step]:
    """Run a script in a mount namespace; `crawl ARGUMENTS` in it crawls into ./c. Returns how each crawl ended."""
    crawling = shlex.join(command(press, tmp_path / "c"))
    head = f"""set -e
        cd {shlex.quote(str(tmp_path))}
        n=0
        crawl() {{
            n=$((n + 1)); status=0
            (cd {shlex.quote(str(ROOT))}; {crawling} "$@" >/dev/null 2>{shlex.quote(str(tmp_path))}/err$n) || status=$?
            echo $status >status$n
        }}
    """
    done = subprocess.run(
        ["unshare", "-rm", "bash", "-c", head + "\n".join(script)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    numbers = sorted(int(path.name.removeprefix("status")) for path in tmp_path.glob("status*"))
    return [Step(int((tmp_path / f"status{n}").read_text()), (tmp_path / f"err{n}").read_text()) for n in numbers]


def assert_told(step: Step, folder: Path, why: str = NO_ROOM) -> None:
    """What, where, and what to do; one message, no traceback."""
    assert step.status == 1, step.err
    last = step.err.splitlines()[-1]
    assert last.startswith(f"genbun: {folder}"), step.err
    assert f"cannot be written to: {why}" in last
    assert "what was committed is whole and kept" in last
    assert "run it again" in last
    assert "Traceback" not in step.err
    assert "fault of ours" not in step.err
    assert "failed unexpectedly" not in step.err


# Which folder has a small disk of its own, how large, and what fills it.
FULL = {
    "archive": ("archive", "140k"),
    "archive at once": ("archive", "4k"),
    "journal": (".", "420k"),
    "journal at once": (".", "40k"),
    "records": ("records", "40k"),
    "index": ("indexes", "8k"),
    "receipt": ("crawls", "4k"),
}


@mounts
@pytest.mark.parametrize(
    "what",
    [
        pytest.param(name, marks=pytest.mark.long if name in ("archive at once", "journal at once", "index") else ())
        for name in FULL
    ],
)
def test_a_full_disk(press: Press, whole: Path, tmp_path: Path, what: str) -> None:
    folder, (full, size) = tmp_path / "c", FULL[what]
    mount = [f"mount -t tmpfs -o size={size} none c/{full}"]
    others = ["archive", "records", "indexes", "crawls"]
    if full == ".":  # the journal lies beside the folders, so those get disks of their own
        mount = [*mount, "mkdir " + " ".join(f"c/{name}" for name in others)]
        mount += [f"mount -t tmpfs -o size=50m none c/{name}" for name in others]
    else:
        mount = ["mkdir " + " ".join(f"c/{name}" for name in others), *mount]
    first, second = steps(
        press, tmp_path, "mkdir c", *mount,
        "crawl", f"mount -o remount,size=50m c/{full}", "crawl", "cp -a c saved2",
    )  # fmt: skip
    assert_told(first, folder, "database or disk is full" if what.startswith("journal") else NO_ROOM)
    shutil.rmtree(folder)
    shutil.move(tmp_path / "saved2", folder)
    assert second.status == 0, second.err
    assert_same_lines(whole, folder)
    assert_sound(folder)
    assert set(answers(folder)) == set(answers(whole))
    assert set(answers(folder).values()) == {1}
    assert receipts(folder)[-1]["finished"]


@mounts
@pytest.mark.long
@pytest.mark.parametrize("size", range(300, 1300, 60))
def test_a_small_disk_for_all(press: Press, whole: Path, tmp_path: Path, size: int) -> None:
    folder = tmp_path / "c"
    first, second = steps(
        press, tmp_path, "mkdir c", f"mount -t tmpfs -o size={size}k none c",
        "crawl", "mount -o remount,size=50m c", "crawl", "cp -a c saved",
    )  # fmt: skip
    if first.status == 0:
        pytest.skip(f"{size} kB are enough")
    assert first.status == 1
    assert "cannot be written to" in first.err.splitlines()[-1]
    assert "Traceback" not in first.err
    folder.rmdir()
    shutil.move(tmp_path / "saved", folder)
    assert second.status == 0, second.err
    assert_whole(whole, folder)


@pytest.mark.parametrize("limit", [40_000, pytest.param(120_000, marks=pytest.mark.long)])
def test_a_file_that_may_not_grow(press: Press, whole: Path, tmp_path: Path, limit: int) -> None:
    folder = tmp_path / "c"

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    first = subprocess.run(command(press, folder), capture_output=True, text=True, timeout=60, preexec_fn=limited)
    assert first.returncode == 1
    last = first.stderr.splitlines()[-1]
    assert last.startswith(f"genbun: {folder}")
    assert "cannot be written to" in last
    assert "Traceback" not in first.stderr
    kept = answers(folder) if limit > 100_000 else None
    second = subprocess.run(command(press, folder), capture_output=True, text=True, timeout=60)
    assert second.returncode == 0, second.stderr
    assert_whole(whole, folder)
    if kept is not None:
        assert kept <= answers(folder)


# --- read-only


@mounts
def test_a_collection_that_is_read_only(press: Press, whole: Path, tmp_path: Path) -> None:
    """Exit status 2: the folder named cannot be what is meant, and nothing was asked."""
    shutil.copytree(whole, tmp_path / "c")
    asked = len(press.exchanges)
    first, second, third = steps(
        press, tmp_path, "mount --bind c c", "mount -o remount,bind,ro c", "crawl", "umount c",
        "mount --bind c/archive c/archive", "mount -o remount,bind,ro c/archive", "crawl", "umount c/archive",
        "cp -a c saved", "mount --bind c/crawls c/crawls", "mount -o remount,bind,ro c/crawls", "crawl",
    )  # fmt: skip
    for step, where in ((first, "c"), (second, "c/archive"), (third, "c/crawls")):
        assert step.status == 2, step.err
        [said] = step.err.splitlines()
        assert said.startswith(f"genbun: {tmp_path / where}: cannot be written to")
        assert "nothing was asked" in said
    assert len(press.exchanges) == asked
    for path in sorted(whole.rglob("*")):
        there = tmp_path / "c" / path.relative_to(whole)
        assert there.is_dir() or there.read_bytes() == path.read_bytes()


@mounts
def test_a_new_collection_on_a_read_only_disk(press: Press, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    [step] = steps(press, tmp_path, "mount --bind c c", "mount -o remount,bind,ro c", "crawl")
    assert step.status == 2
    [said] = step.err.splitlines()
    assert said.startswith(f"genbun: {tmp_path / 'c'}: cannot be made or written to (Read-only file system)")


@mounts
@pytest.mark.parametrize(
    ("name", "mark"),
    [("archive", "00004"), pytest.param("records", "00002", marks=pytest.mark.long)],
)
def test_it_becomes_read_only_while_it_crawls(press: Press, whole: Path, tmp_path: Path, name: str, mark: str) -> None:
    """As a disk does that has errors: whatever is opened from then on cannot be written."""
    folder = tmp_path / "c"
    first, second = steps(
        press, tmp_path, "crawl --set WARC_SIZE=20000 &", "crawling=$!",
        f"for i in $(seq 2000); do ls c/archive/*-{mark}.warc.gz* >/dev/null 2>&1 && break; sleep 0.002; done",
        f"mkdir ro; mount --bind c/{name} ro; mount -o remount,bind,ro ro; mount --bind ro c/{name}", "wait $crawling",
        f"umount -l c/{name}", "n=1", "crawl",
    )  # fmt: skip
    assert_told(first, folder, "Read-only file system")
    assert second.status == 0, second.err
    assert_whole(whole, folder)


def test_what_fails_in_the_journal_is_told_as_such(press: Press, whole: Path, tmp_path: Path) -> None:
    """A journal that belongs to somebody else, or lies on a disk that has become read-only."""
    folder = tmp_path / "c"
    first = crawl(press, folder, readonly=5)
    assert_told(Step(first.returncode, first.stderr), folder, "attempt to write a readonly database")
    second = crawl(press, folder)
    assert second.returncode == 0, second.stderr
    assert_whole(whole, folder)
