"""Scrapyd is really run: our egg deployed, crawls of the embedded press scheduled, listed and cancelled over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.press import Press, demo
from tests.conftest import ROOT
from tests.crawl.crawling import Left, assert_balanced, crawled, genbun
from tests.deploy.containerfile import inherited, words
from tests.deploy.scrapyd import Fields, Scrapyd, clean_environment, documented, free_port, instead, until
from tests.test_project import PROJECT

SLOW = 0.5  # seconds between two requests to a host: half a minute for a crawl that is to be cancelled


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    """One press for all jobs."""
    with Press(demo()) as press:
        yield press


@pytest.fixture(scope="module")
def scrapyd(scrapyd_environment: Path, tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scrapyd]:
    """Scrapyd, with the egg deployed by the command that the page gives."""
    with Scrapyd(scrapyd_environment, tmp_path_factory.mktemp("scrapyd")) as scrapyd:
        target = tree / "scrapy.cfg"
        target.write_text(target.read_text("utf-8").replace(":6800/", f":{scrapyd.port}/"), "utf-8")
        command = [str(scrapyd.bin / "scrapyd-deploy"), "-v", "7"]
        done = subprocess.run(
            command, cwd=tree, env=clean_environment(HOME=str(scrapyd.folder)), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr + done.stdout
        said = json.loads(done.stdout)
        assert (said["status"], said["project"], said["version"]) == ("ok", "genbun", "7"), said
        yield scrapyd


def test_it_finds_our_spiders_in_the_egg(scrapyd: Scrapyd) -> None:
    assert scrapyd.get("listprojects.json")["projects"] == ["genbun"]
    assert scrapyd.get("listversions.json", project="genbun")["versions"] == ["7"]
    assert "editorials" in scrapyd.get("listspiders.json", project="genbun")["spiders"]
    (egg,) = (scrapyd.folder / "eggs" / "genbun").iterdir()
    assert egg.is_file(), "it was unpacked: then our data files need not be read from within a zip"


def test_the_containers_health_check_sees_it(scrapyd: Scrapyd) -> None:
    program, *arguments = words(inherited("scrapyd", "HEALTHCHECK"))
    assert program == "python3"
    for port, status in ((scrapyd.port, 0), (free_port(), 1)):
        command = [sys.executable, *(word.replace(":6800/", f":{port}/") for word in arguments)]
        assert subprocess.run(command, capture_output=True).returncode == status


def test_a_scheduled_crawl_leaves_what_genbun_crawl_leaves(scrapyd: Scrapyd, press: Press, tmp_path: Path) -> None:
    job = schedule(scrapyd, press, tmp_path / "scrapyd")
    scrapyd.wait(job, "finished")
    left, expected = Left(tmp_path / "scrapyd"), crawled(press, tmp_path / "genbun", "--recheck", "none")

    assert "Traceback" not in scrapyd.log_of(job)
    assert left.receipt["exit"] == 0, scrapyd.log_of(job)
    assert_balanced(left)
    assert left.receipt["versions"]["genbun"] == PROJECT["version"], "the egg does not know what version it is"
    assert left.statuses() == expected.statuses()
    pairs = left.lines("pairs")
    alignments = {pair["id"]: pair["alignment"] for pair in expected.lines("pairs")}
    assert {pair["id"]: pair["alignment"] for pair in pairs} == alignments
    assert any(alignment and alignment["sentences"] for alignment in alignments.values())
    assert genbun("verify", str(left.path)).status == 0


def test_a_cancelled_crawl_ends_in_order_and_is_taken_up_again(scrapyd: Scrapyd, press: Press, tmp_path: Path) -> None:
    left = Left(tmp_path / "editorials")
    job = schedule(scrapyd, press, left.path, delay=SLOW)
    scrapyd.wait(job, "running")
    until(lambda: any(left.path.glob("archive/*")), 20, lambda: scrapyd.log_of(job))

    # The second of two into one collection: it ends at once, and the first does not notice.
    second = schedule(scrapyd, press, left.path)
    scrapyd.wait(second, "finished")
    assert "in use by another genbun process" in scrapyd.log_of(second)
    assert scrapyd.job(job).state == "running"

    said = scrapyd.post("cancel.json", instead(documented("cancel.json"), job=job))
    assert said["prevstate"] == "running"
    scrapyd.wait(job, "finished")
    assert len(left.receipts()) == 1, "the second crawl left a receipt"
    assert left.receipt["exit"] == 1, scrapyd.log_of(job)
    assert_balanced(left)
    fetched = left.receipt["fetched"]
    assert 0 < fetched < 60

    third = schedule(scrapyd, press, left.path)
    scrapyd.wait(third, "finished")
    assert left.receipt["exit"] == 0, scrapyd.log_of(third)
    assert left.receipt["resumes"]
    assert genbun("verify", str(left.path)).status == 0


def test_a_pending_job_is_cancelled_before_it_begins(scrapyd: Scrapyd, press: Press, tmp_path: Path) -> None:
    """All four places are taken by slow crawls, so the fifth waits."""
    running = [schedule(scrapyd, press, tmp_path / str(number), delay=SLOW) for number in range(4)]
    for job in running:
        scrapyd.wait(job, "running")
    waiting = schedule(scrapyd, press, tmp_path / "waiting")
    assert scrapyd.job(waiting).state == "pending"
    assert scrapyd.post("cancel.json", instead(documented("cancel.json"), job=waiting))["prevstate"] == "pending"
    for job in running:
        scrapyd.post("cancel.json", instead(documented("cancel.json"), job=job))
    for job in running:
        scrapyd.wait(job, "finished")
    assert not (tmp_path / "waiting").exists()


def test_what_is_installed_can_be_the_project_and_a_stop_is_in_order(
    scrapyd_environment: Path, press: Press, tmp_path: Path
) -> None:
    """As in the container: a section of the configuration names our settings, and nothing is deployed."""
    variables = {"PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    with Scrapyd(scrapyd_environment, tmp_path, "installed.conf", **variables) as scrapyd:
        assert scrapyd.get("listprojects.json")["projects"] == ["genbun"]
        assert "editorials" in scrapyd.get("listspiders.json", project="genbun")["spiders"]
        left = Left(tmp_path / "editorials")
        job = schedule(scrapyd, press, left.path, delay=SLOW)
        until(lambda: any(left.path.glob("archive/*")), 20, lambda: scrapyd.log_of(job))

        # And when Scrapyd is stopped, its crawls end in order.
        assert scrapyd.stop() == 0
    assert left.receipt["exit"] == 1, scrapyd.log_of(job)
    assert "twice" not in scrapyd.log_of(job)
    assert_balanced(left)


def schedule(scrapyd: Scrapyd, press: Press, collection: Path, delay: float = 0) -> str:
    """Schedule a crawl of the press by the command that the page gives; the job."""
    fields: Fields = instead(documented("schedule.json"), newspaper="example_herald", COLLECTION=str(collection))
    connect_to = ",".join(f"{host}={origin}" for host, origin in press.connect_to.items())
    for setting in (f"CONNECT_TO={connect_to}", f"DOWNLOAD_DELAY={delay}", "REQUISITES=False"):
        fields.append(("setting", setting))
    return str(scrapyd.post("schedule.json", fields)["jobid"])
