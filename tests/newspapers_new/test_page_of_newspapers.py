"""docs/newspapers.md says what the newspapers' files say, and so does `genbun newspapers`."""

from __future__ import annotations

import json
import re

from crawler.newspapers import all_newspapers
from tests.conftest import ROOT
from tests.crawl.crawling import genbun

PAPERS = {name: paper for name, paper in all_newspapers().items() if not paper.demo}
PAGE = (ROOT / "docs" / "newspapers.md").read_text("utf-8")


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table."""
    text = PAGE.partition(f"# {section}\n")[2].partition("\n## ")[0]
    return [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in text.splitlines() if line.startswith("| `")]


def test_every_newspaper_has_its_rows() -> None:
    for section in ("The newspapers", "What their pages are like"):
        assert sorted(cells[0] for cells in rows(section)) == sorted(f"`{name}`" for name in PAPERS), section
    for name, newspaper, editorials, *_ in rows("The newspapers"):
        paper = PAPERS[name.strip("`")]
        assert newspaper == f"{paper.title}, `{paper.hosts[0]}{paper.path.rstrip('/')}`"
        assert f"translate `{paper.translates}`" == editorials if paper.translates else "translate `" not in editorials


def test_what_is_not_proven_is_what_the_files_say() -> None:
    said = [(f"`{name}`", f"`{one.field}`", one.what) for name, paper in PAPERS.items() for one in paper.unproven]
    assert [tuple(cells) for cells in rows("What is not proven")] == said


def test_the_command_says_the_same() -> None:
    text, data = genbun("newspapers"), genbun("newspapers", "--json")
    assert (text.status, data.status) == (0, 0)
    listed = json.loads(data.out)
    assert [one["name"] for one in listed] == list(PAPERS)
    for one in listed:
        paper = PAPERS[one["name"]]
        assert one["unproven"] == [{"field": item.field, "what": item.what} for item in paper.unproven]
        assert f"({paper.language}, {paper.hosts[0]}{paper.path.rstrip('/')}" in text.out
        fields = ", ".join(item.field for item in paper.unproven)
        (line,) = (line for line in text.out.splitlines() if line.split()[0] == one["name"])
        assert line.endswith(f"; unproven: {fields}" if fields else ")")
