"""What concerns whoever looks after a collection, how grave it is, and what monitoring is told of it."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.commands.main import main
from crawler.status.check import exit_of, lines_of, state_of
from crawler.status.concerns import EXITS, Concern, concerns_of
from crawler.status.objects import object_of
from crawler.status.prometheus import metrics_of
from crawler.status.text import text_of
from tests.status.made import DAY, HOST, NOW, ORIGINALS, PAPER, Made

HOUR = dt.timedelta(hours=1)
#: A command, then its seconds of CPU and its kilobytes at most: those of `getrusage` would be our own.
MEASURED = """import re, sys, time
from crawler.commands.main import main
status = main(sys.argv[1:])
print(time.process_time(), re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
sys.exit(status)
"""


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Sixty days of a daily newspaper, crawled every day at four; noon of the last."""
    made = Made(tmp_path / "editorials")
    made.daily(60)
    made.warc(NOW - 30 * DAY, 4000)
    made.warc(NOW - HOUR, 3000)
    return made


def concerns(made: Made, now: dt.datetime = NOW, every: dt.timedelta | None = None) -> list[Concern]:
    return concerns_of(made.status(now, every))


def kinds(made: Made, now: dt.datetime = NOW, every: dt.timedelta | None = None) -> list[str]:
    return [one.kind for one in concerns(made, now, every)]


def test_nothing(made: Made) -> None:
    status = made.status()
    assert concerns_of(status) == []
    assert (exit_of([]), state_of([])) == (0, "OK")
    paper = object_of(status)["newspapers"]
    assert isinstance(paper, dict)
    said = paper[PAPER]
    assert said["last_run"]["started_at"] == "2026-11-24T04:00:00Z"
    assert said["schedule"] == {
        "every_hours": 24, "given": False, "runs": 30, "next_due": "2026-11-25T04:00:00Z",
        "overdue_after": "2026-11-25T16:00:00Z", "overdue": False,
    }  # fmt: skip
    assert said["expected"] == {
        "per_week": 7, "spread": 0, "weeks": 4, "last_week": "2026-11-16", "got": 7, "got_four": 28, "short": False,
    }  # fmt: skip
    assert (said["seen_until"], said["gaps"], said["weekdays"]["sun"]) == ("2026-11-23", [], 1.0)
    assert (len(said["days"]), said["days"]["2026-11-23"]) == (60, 1)
    assert said["pair_months"] == {"2026-09": {"paired": 6}, "2026-10": {"paired": 31}, "2026-11": {"paired": 23}}
    assert said["bytes"] == {"all": 180_000, "months": {"2026-09": 18_000, "2026-10": 93_000, "2026-11": 69_000}}
    assert object_of(status)["archive"] == {
        "files": 2, "bytes": 7000, "open": [], "months": {"2026-10": 4000, "2026-11": 3000},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "kind", "severity"),
    [
        (1, "failed", "critical"),
        (3, "nothing_found", "critical"),
        (4, "unverified", "critical"),
        (6, "refused", "critical"),
    ],
)
def test_how_the_last_crawl_ended(made: Made, status: int, kind: str, severity: str) -> None:
    made.run(NOW - HOUR, status, message="said so")
    (one,) = concerns(made)
    assert (one.kind, one.severity, one.newspaper) == (kind, severity, PAPER)
    assert one.sentence == f"{PAPER}: its last crawl ended with exit status {status}: said so"
    assert exit_of([one]) == status


def test_a_crawl_that_was_not_finished(made: Made) -> None:
    made.run(NOW - HOUR, 0, finished=False)
    assert kinds(made) == ["unfinished"]


def test_overdue(made: Made) -> None:
    assert kinds(made, NOW + DAY) == []
    (one,) = concerns(made, NOW + 2 * DAY)
    assert one.text == "no crawl since its run of 2026-11-25 04:00Z was due (every 24 hours, by the last 30 runs)"
    assert exit_of([one]) == 3
    assert kinds(made, NOW, 2 * HOUR) == ["overdue"]
    assert kinds(made, NOW + 2 * DAY, 7 * DAY) == []


def test_short_and_gap(tmp_path: Path) -> None:
    made = Made(tmp_path / "c")
    made.daily(200, NOW - 25 * DAY)
    for n in range(25):
        made.run(NOW - n * DAY - 8 * HOUR)
    short, gap = concerns(made)
    assert (short.kind, gap.kind) == ("short", "gap")
    assert short.text == "4 editorials in the last four whole weeks, where 28 are usual"
    assert gap.text == "no editorial from 2026-10-30 to 2026-11-23, on 25 days where one is usual"
    assert (state_of([short, gap]), exit_of([short, gap])) == ("WARNING", 3)


def test_a_holiday_and_what_is_long_past_are_told_and_no_warning(tmp_path: Path) -> None:
    made = Made(tmp_path / "c")
    lost = {NOW.date() - 3 * DAY, *(NOW.date() - n * DAY for n in range(100, 110))}
    for n in range(300, 0, -1):
        if (day := (NOW - n * DAY).date()) not in lost:
            made.editorial(day)
    made.run(NOW - HOUR)
    assert kinds(made) == []
    said = " ".join(" ".join(text_of(made.status())).split())
    assert "gaps 11 days until 2026-11-23, the latest first: 2026-11-21; 2026-08-07 to 2026-08-16 (10)" in said


def test_hosts_that_asked_not_to_be_asked(made: Made) -> None:
    sentence = "www.sankei.com asks not to be asked before {} (Retry-After, at https://www.sankei.com/)"
    made.run(NOW - 2 * HOUR, closed={"www.sankei.com": sentence.format("2026-11-25T08:00:00Z")})
    made.run(
        NOW - HOUR, closed={HOST: "said 429 five times", "www.sankei.com": sentence.format("2026-11-24T11:00:00Z")}
    )
    closed = [one for one in concerns(made) if one.kind == "closed"]
    assert [(one.newspaper, one.matter) for one in closed] == [(PAPER, HOST), (ORIGINALS, "www.sankei.com")]
    assert exit_of(closed) == 6
    status = made.status()
    assert [one.until for one in status.newspapers[ORIGINALS].closed] == ["2026-11-25T08:00:00Z"]
    assert "  closed        www.sankei.com until 2026-11-25 08:00Z" in text_of(status)
    assert ORIGINALS not in made.status(NOW + DAY).newspapers, "it is over"


def test_changes_of_robots_txt(made: Made) -> None:
    url = f"https://{HOST}/robots.txt"
    for n, (digest, code) in enumerate(
        [("A", 200), ("A", 200), ("B", 200), ("X", 503), ("B", 200), ("Y", 404), ("Z", 403)]
    ):
        made.line(url, NOW - (20 - n) * DAY, digest, code)
    made.line("https://www.sankei.com/robots.txt", NOW - 9 * DAY, "A")
    status = made.status(NOW)
    assert [(one.host, one.at, one.before, one.digest) for one in status.newspapers[PAPER].robots] == [
        (HOST, "2026-11-06T12:00:00Z", "sha1:A", "sha1:B"), (HOST, "2026-11-09T12:00:00Z", "sha1:B", "none"),
    ]  # fmt: skip
    assert kinds(made) == []
    made.line(url, NOW - 2 * DAY, "C")
    (one,) = concerns(made)
    assert (one.kind, one.severity, one.exit) == ("robots", "note", 0)
    assert one.text == f"robots.txt of {HOST} changed by 2026-11-22 12:00Z (no record)"


@pytest.mark.parametrize("name", ["b.warc.gz", "b.warc.gz.open"])
def test_the_record_that_holds_another_robots_txt(made: Made, name: str) -> None:
    """From the archive, where no journal can be asked."""
    url, at = f"https://{HOST}/robots.txt", NOW - 2 * DAY
    with (made.collection.archive / name).open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
        writer.write_record(writer.create_warcinfo_record("b.warc.gz", {}))
        offset = out.tell()
        head = StatusAndHeaders("200 OK", [], protocol="HTTP/1.1")
        record = writer.create_warc_record(url, "response", payload=BytesIO(b"User-agent: *\n"), http_headers=head)
        writer.write_record(record)
        length = out.tell() - offset
    made.line(url, at - DAY, "A")
    made.line(url, at, "B", file="b.warc.gz", offset=offset, length=length)
    (change,) = made.status().newspapers[PAPER].robots
    assert change.record_id == record.rec_headers.get_header("WARC-Record-ID")
    made.index.pop()
    made.line(url, at, "B", file="../records/articles.jsonl", offset=0, length=10)
    (change,) = made.status().newspapers[PAPER].robots
    assert change.record_id is None


def test_a_drift_keeps_its_key_while_its_numbers_change(made: Made) -> None:
    keys = []
    for _ in range(2):
        for n in range(12):
            made.editorial(dt.date(2026, 11, 20), byline=None, number=n)
        (one,) = (one for one in concerns(made) if one.kind == "drift")
        keys.append((one.key, one.text))
    assert keys[0][0] == keys[1][0] == f"{PAPER}/drift/#-#: byline found in # of #, before in # of #"
    assert keys[0][1] != keys[1][1]
    assert exit_of([one]) == 4


def test_a_crawl_without_a_receipt(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under way as long as it writes; what the one before said holds until it has ended."""
    made.run(NOW - HOUR, 3, message="nothing found")
    from archives.journal import Journal

    journal = Journal(made.collection.journal)
    journal.begin_crawl("20261124T115900Z-japan_forward-0002", PAPER, "2026-11-24T11:59:00Z")
    journal.close()
    path = made.warc(NOW, 10, f"genbun-{PAPER}-20261124115900-00001.warc.gz.open")
    for one in made.collection.warcs():
        os.utime(one, (NOW.timestamp() - 60, NOW.timestamp() - 60))
    assert kinds(made) == ["nothing_found", "under_way"]
    later = NOW + HOUR
    assert kinds(made, later) == ["killed"]
    assert "last run      2026-11-24 11:59Z, killed" in "\n".join(text_of(made.status(later)))
    with made.collection.lock():
        assert kinds(made, later) == ["nothing_found", "under_way"]
    assert path.exists()


def test_a_file_left_open(made: Made) -> None:
    made.warc(NOW - 5 * DAY, 10, "foreign.warc.gz.open")
    for one in made.collection.warcs():
        os.utime(one, (NOW.timestamp() - 9999, NOW.timestamp() - 9999))
    assert kinds(made) == ["open"]


def test_the_gravest_decides() -> None:
    gap, closed, failed = Concern("gap", "a", "x"), Concern("closed", "a", "y"), Concern("failed", "a", "z")
    overdue, drift = Concern("overdue", None, "late | really\nlate"), Concern("drift", "a", "d")
    assert exit_of([failed, overdue, gap]) == 1
    assert exit_of([overdue, closed]) == 3
    assert exit_of([drift, closed, gap]) == 4
    assert exit_of([Concern("robots", "a", "r")]) == 0
    lines = lines_of([overdue, gap], "c", "fine")
    assert lines == ["CRITICAL - c: late / really late (and 1 more)", "CRITICAL - late / really late", "WARNING - a: x"]
    assert lines_of([Concern("robots", "a", "r")], "c", "fine") == ["OK - c: fine", "OK - a: r"]
    assert set(EXITS.values()) <= {0, 1, 3, 4, 6}


# the command --------------------------------------------------------------------------------------


@pytest.fixture
def now(tmp_path: Path) -> Made:
    """As `made`, by the clock."""
    made = Made(tmp_path / "editorials")
    made.daily(60, dt.datetime.now(dt.UTC) + 8 * HOUR)
    made.write()
    return made


def test_check(now: Made, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(now.collection.path)
    assert main(["status", folder, "--check"]) == 0
    assert capsys.readouterr().out.startswith(f"OK - editorials: articles: {PAPER} 60; last crawl ")
    now.run(dt.datetime.now(dt.UTC), 6, message="refused us")
    assert main(["status", folder, "--check"]) == 6
    first, *_ = capsys.readouterr().out.splitlines()
    assert first == f"CRITICAL - editorials: {PAPER}: its last crawl ended with exit status 6: refused us"
    with (now.collection.records / "articles.jsonl").open("a") as lines:
        lines.write("{")
    assert main(["status", folder, "--check"]) == 4
    assert capsys.readouterr().out.startswith("CRITICAL - editorials: ")
    assert main(["status", folder]) == 4
    assert main(["status", f"{folder}/nothing", "--check"]) == 2
    assert "CRITICAL - nothing: " in capsys.readouterr().out


def test_every(now: Made, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(now.collection.path)
    assert main(["status", folder, "--json", "--every", "168"]) == 0
    schedule = json.loads(capsys.readouterr().out)["newspapers"][PAPER]["schedule"]
    assert (schedule["every_hours"], schedule["given"]) == (168, True)
    for wrong in ("0", "-1", "daily", "nan", "1e9"):
        with pytest.raises(SystemExit) as stopped:
            main(["status", folder, "--every", wrong])
        assert stopped.value.code == 2


def test_files_are_written_whole_and_only_over_our_own(
    now: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, page, metrics = str(now.collection.path), tmp_path / "status.html", tmp_path / "genbun.prom"
    words = ["status", folder, "--html", str(page), "--prometheus", str(metrics)]
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{page}: how {folder} stands, for a browser", f"{metrics}: how {folder} stands, for Prometheus",
    ]  # fmt: skip
    page.chmod(0o640)
    assert main(words) == 0
    assert page.stat().st_mode & 0o777 == 0o640
    assert metrics.stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in tmp_path.iterdir()) == ["editorials", "genbun.prom", "status.html"]
    for path in (page, metrics):
        path.write_text("somebody's own", "utf-8")
        capsys.readouterr()
        assert main(words) == 2
        assert f"{path}: is there, and was not written by genbun status" in capsys.readouterr().err
        assert path.read_text("utf-8") == "somebody's own"
        path.unlink()
    for wrong in (tmp_path, tmp_path / "nowhere" / "page.html"):
        assert main(["status", folder, "--html", str(wrong)]) == 2
    assert main(["status", folder, "--json", "--prometheus"]) == 2


def test_ten_thousand_editorials_take_three_seconds_and_150_megabytes(tmp_path: Path) -> None:
    made = Made(tmp_path / "c")
    made.daily(10_000)
    folder, page = str(made.write()), str(tmp_path / "page.html")
    command = ["status", folder, "--html", page, "--prometheus", str(tmp_path / "x.prom")]
    done = subprocess.run([sys.executable, "-c", MEASURED, *command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    seconds, kilobytes = map(float, done.stdout.split()[-2:])
    assert seconds < 3
    assert kilobytes < 150_000
    assert Path(page).stat().st_size < 3_000_000


def test_metrics_of_nothing(tmp_path: Path) -> None:
    assert "genbun_archive_files" in metrics_of(Made(tmp_path / "c").status())
