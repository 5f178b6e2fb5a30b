"""Our own faults: a reader or the spider fails, and nothing is lost, nor said to be well."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from crawler.press import Press
from tests.crawl.answers import (
    CASES,
    ONE_DAY,
)
from tests.crawl.crawling import (
    Left,
    connected,
    environment,
    genbun,
)


def test_a_reader_that_fails_loses_nothing(press: Press, tmp_path: Path) -> None:
    """A fault in a newspaper's file is a problem of that page, which is read after the fix; the crawl goes on."""
    code = (
        "import dataclasses, sys\n"
        "from crawler.newspapers import example_herald as paper\n"
        "parse = paper.parse_article\n"
        "def faulty(body, url):\n"
        "    if 'cables' in url: raise ZeroDivisionError('by zero')\n"
        "    return parse(body, url)\n"
        "paper.NEWSPAPER = dataclasses.replace(paper.NEWSPAPER, parse_article=faulty)\n"
        "from crawler.commands.main import main\n"
        "sys.exit(main())\n"
    )
    window = ("--since", "2026-10-12", "--until", "2026-10-14", "--no-requisites")
    to = str(tmp_path / "c")
    command = [sys.executable, "-c", code, "crawl", "example_herald", "--to", to, "--delay", "0", *connected(press)]
    done = subprocess.run([*command, *window], capture_output=True, text=True, env=environment(), timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "ZeroDivisionError: by zero" in done.stderr
    left = Left(tmp_path / "c")
    assert left.problem(CASES["07-cables"].url)["detail"] == "its reader failed: ZeroDivisionError"
    assert len(left.lines("pairs")) == 1
    assert genbun("rebuild", to).status == 0
    assert [line["url"] for line in left.lines("problems")] == []
    assert len(left.lines("pairs")) == 2


def test_a_fault_of_the_spider_is_no_success(press: Press, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from spiders import editorials\n"
        "def faulty(root, url): raise ZeroDivisionError('by zero')\n"
        "editorials.requisites_of_page = faulty\n"
        "from crawler.commands.main import main\n"
        "sys.exit(main())\n"
    )
    to = str(tmp_path / "c")
    command = [sys.executable, "-c", code, "crawl", "example_herald", "--to", to, "--delay", "0", *connected(press)]
    done = subprocess.run([*command, *ONE_DAY[:4]], capture_output=True, text=True, env=environment(), timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    said = done.stderr.splitlines()[-1]
    for word in ("fault", CASES["07-cables"].url, "ZeroDivisionError", "report"):
        assert word in said
    receipt = json.loads(next((tmp_path / "c" / "crawls").glob("*.json")).read_text("utf-8"))
    assert (receipt["exit"], receipt["finished"]) == (1, True)  # nothing is left to ask; the next one rechecks all
    assert len(Left(tmp_path / "c").lines("pairs")) == 1
