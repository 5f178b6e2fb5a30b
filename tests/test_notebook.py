"""The notebook, every cell of it, as a reader runs it, and what it says held against the collection."""

from __future__ import annotations

import contextlib
import html
import importlib.util
import io
import json
import re
import runpy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.crawl.crawling import Left, digest, genbun

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "first-look.ipynb"
TO_THE_PICTURE = ("c01", "c03", "c05")
WALK = ("c09", "c11", "c13")

Names = dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo collection and its Parquet, named as the notebook names them."""
    needs_its_packages()
    folder = tmp_path_factory.mktemp("notebook")
    assert genbun("demo", "--to", "editorials", cwd=folder).status == 0
    options = ("--format", "parquet", "--to", "editorials-parquet")
    assert genbun("export", "editorials", *options, cwd=folder).status == 0
    return folder


@pytest.fixture(scope="module")
def looked(demo: Path) -> tuple[Names, str]:
    """The names that the whole notebook leaves, and what it prints."""
    return run(demo, *(cell["id"] for cell in cells() if cell["cell_type"] == "code"))


def test_five_aligned_paragraphs_are_of_five_articles_and_read_in_both_languages(
    demo: Path, looked: tuple[Names, str]
) -> None:
    names, said = looked
    left = Left(demo / "editorials")
    pairs = {pair["id"]: pair for pair in left.lines("pairs")}
    texts = {line["capture"]["record_id"]: line["text"].split("\n\n") for line in left.lines("articles")}
    assert len({pair_id for pair_id, *_ in names["groups"]}) == len(names["groups"]) == 5
    for pair_id, _, _, p_pair, _, english, japanese in names["groups"]:
        pair = pairs[pair_id]
        sides = {side: texts[pair[side]["capture"]["record_id"]] for side in ("translation", "original")}
        aligned = [
            ([sides["translation"][n] for n in link["translation"]], [sides["original"][n] for n in link["original"]])
            for link in pair["alignment"]["paragraphs"]
            if link["p_pair"] == p_pair >= 0.95
        ]
        assert (english, japanese) in aligned
        assert english
        assert japanese
        assert f"    p_pair {p_pair:.2f}\n\n" + "\n\n".join([*english, *japanese]) in said


def test_a_sentence_is_found_in_the_bytes_of_its_own_record(demo: Path, looked: tuple[Names, str]) -> None:
    names, _ = looked
    left = Left(demo / "editorials")
    records = {record.id: record for record in left.records()}
    pairs = {pair["id"]: pair for pair in left.lines("pairs")}
    chunked = 0
    for number, group in enumerate(names["groups"]):
        here, said = run(demo, *WALK, given={**names, "groups": names["groups"][number:]})
        assert here["sentence"] in group[5][0], "it is of the paragraph that was read"
        record = records[pairs[group[0]]["translation"]["capture"]["record_id"]]
        assert here["record_id"] == record.id
        assert here["digest"] == digest(here["payload"]) == record.headers["WARC-Payload-Digest"]
        assert here["page"] == page_by_warcio(left, record.id)
        (place,) = here["places"]
        found = here["page"][place.start() : place.end()]
        assert words_of(found) == here["sentence"]
        assert f"▶{found.decode()}◀" in said
        assert re.search(r"^asked: +GET /\S+ HTTP/1\.1$", said, re.MULTILINE)
        assert re.search(r"^answered: +HTTP/1\.1 200 OK$", said, re.MULTILINE)
        chunked += b"transfer-encoding: chunked" in record.block.lower()
    assert chunked, "no page of the walk came in chunks"


def test_a_sentence_is_found_across_tags_entities_and_lines(demo: Path, looked: tuple[Names, str]) -> None:
    names, _ = looked
    inside = b"<a href='/x?a=1&amp;b=2'>It isn&#8217;t</a>&nbsp;a <b>warehouse\n of</b> books."
    page = b"<p>It is a warehouse of books.</p><p>" + inside + b" It isn't a warehouse.</p>"
    here, said = run(demo, "c13", given={**names, "page": page, "sentence": "It isn’t a warehouse of books."})
    assert [page[slice(*place.span())] for place in here["places"]] == [inside.partition(b">")[2]]
    assert f"▶{inside.partition(b'>')[2].decode()}◀" in said


def test_a_page_without_the_sentence_is_said(demo: Path, looked: tuple[Names, str]) -> None:
    names, _ = looked
    with pytest.raises(AssertionError, match="the page has these words in another form"):
        run(demo, "c13", given={**names, "sentence": "Nobody ever wrote this."})


def test_a_digest_that_differs_is_said(demo: Path, looked: tuple[Names, str]) -> None:
    names, _ = looked
    with pytest.raises(AssertionError, match=f"the payload's digest is {names['digest']}, the Parquet says sha1:other"):
        run(demo, "c11", given={**names, "digest": "sha1:other"})


@pytest.mark.parametrize(
    ("of_a", "of_b", "axis", "line_of_a"),
    [
        ([10, 12], [9, 10, 11, 12], ["2026-09", "2026-10", "2026-11", "2026-12"], [0, 1, 0, 1]),
        ([8, 8], [11], ["2026-08", "2026-09", "2026-10", "2026-11"], [2, 0, 0, 0]),
    ],
    ids=["papers that cover different months", "months without any editorial"],
)
def test_the_months_stand_in_order_and_none_is_left_out(
    of_a: list[int], of_b: list[int], axis: list[str], line_of_a: list[int], tmp_path: Path
) -> None:
    needs_its_packages()
    make_parquet(tmp_path / "editorials-parquet", {"a_paper": of_a, "b_paper": of_b})
    names, _ = run(tmp_path, *TO_THE_PICTURE)
    names["figure"].canvas.draw()
    ticks = [tick.get_text() for tick in names["months"].get_xticklabels()]
    assert ticks == axis
    line, _ = names["months"].get_lines()
    assert line.get_label() == "a_paper"
    assert list(line.get_ydata()) == line_of_a


def test_it_holds_no_outputs() -> None:
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells())


def needs_its_packages() -> None:
    """Skip where what the notebook imports is not installed."""
    for name in ("pyarrow", "duckdb", "matplotlib"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"needs {name}")


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return found


def run(folder: Path, *ids: str, given: Names | None = None) -> tuple[Names, str]:
    """Run these cells in that folder, one after the other: the names they leave, and what they print."""
    code = {cell["id"]: "".join(cell["source"]) for cell in cells()}
    script = folder / "cells.py"
    script.write_text("\n".join(code[one] for one in ids), "utf-8")
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder), contextlib.redirect_stdout(said):
        patch.setenv("MPLBACKEND", "Agg")
        names = runpy.run_path(str(script), given)
    names["plt"].close("all")
    return names, said.getvalue()


def make_parquet(folder: Path, months: dict[str, list[int]]) -> None:
    """Tables with no more than the first picture needs: an editorial of each paper in each of these months of 2026."""
    pyarrow, parquet = (pytest.importorskip(name) for name in ("pyarrow", "pyarrow.parquet"))
    editorials = [
        {"id": f"{paper}:{number}", "newspaper": paper, "kind": "editorial", "published_on": date(2026, month, 5)}
        for paper, of_paper in months.items()
        for number, month in enumerate(of_paper)
    ]
    news = {"id": "a_paper:news", "newspaper": "a_paper", "kind": "news", "published_on": date(2026, 1, 5)}
    undated = {"id": "a_paper:undated", "newspaper": "a_paper", "kind": "editorial", "published_on": None}
    tables = {
        "articles": [*editorials, news, undated],
        "pairs": [{"status": "paired", "lag_days": days} for days in (3, 4, 4)],
        "sentences": [{"number": 1}],
    }
    folder.mkdir()
    for name, rows in tables.items():
        parquet.write_table(pyarrow.Table.from_pylist(rows), folder / f"{name}.parquet")


def page_by_warcio(left: Left, record_id: str) -> bytes:
    """The page in a WARC record, without chunks and gzip, as warcio reads it."""
    for path in left.warcs:
        with path.open("rb") as warc:
            for record in ArchiveIterator(warc):
                if record.rec_headers["WARC-Record-ID"] == record_id:
                    page: bytes = record.content_stream().read()
                    return page
    raise AssertionError(f"no WARC record {record_id}")


def words_of(markup: bytes) -> str:
    """What a piece of a page says: no tags, no entities, white space folded."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup.decode())).split())
