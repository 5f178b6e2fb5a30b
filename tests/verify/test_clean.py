"""What is right verifies: by us, and by those who read the same files without us."""

from __future__ import annotations

import io
import shutil
import sqlite3
import zipfile
from contextlib import closing, redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import fastwarc.warc
import pytest
from cdxj_indexer.main import CDXJIndexer
from fastwarc.warc import WarcRecordType
from warcio.checker import Checker

from archives.collection import Collection
from archives.journal import Journal
from archives.verify.finding import Findings
from archives.verify.ledger import Ledger
from archives.verify.warc import Place, WarcCheck
from crawler.commands.main import main
from crawler.readings import ReadingStore
from crawler.rebuilding import read_warc
from crawler.verifying.rereading import readings_beside
from tests.archives.warc_bytes import records
from tests.verify.harm import lines, verify, warcs


@pytest.mark.parametrize("options", [(), ("--integrity",), ("--jobs", "2"), ("--integrity", "--jobs", "2")])
def test_a_demo_collection_verifies_without_a_word(made: Path, options: tuple[str, ...]) -> None:
    report = verify(made, *options)
    assert report.status == 0
    assert report.findings == []
    assert report.said["verified"] is True
    assert report.said["files"] == 2
    assert report.said["records"] == sum(len(records(path)) for path in warcs(made))
    assert report.said["bytes"] == sum(path.stat().st_size for path in warcs(made))
    assert report.said["index_lines"] == len(lines(made / "indexes" / "index.cdxj"))
    if "--integrity" not in options:
        assert report.said["articles"] == len(lines(made / "records" / "articles.jsonl"))
        assert report.said["pairs"] == len(lines(made / "records" / "pairs.jsonl"))
        assert report.said["problems"] == len(lines(made / "records" / "problems.jsonl"))
        assert report.said["receipts"] == 2


def test_it_changes_nothing(collection: Path) -> None:
    before = {path: path.read_bytes() for path in collection.rglob("*") if path.is_file()}
    verify(collection)
    assert {path: path.read_bytes() for path in collection.rglob("*") if path.is_file()} == before


def test_the_summary_says_what_was_read(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(made)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("verified: 2 files, ")
    assert " records, " in line
    assert line.endswith(" MB/s")


def test_a_rebuilt_collection_verifies(collection: Path) -> None:
    for name in ("records", "indexes", "crawls"):
        shutil.rmtree(collection / name)
    (collection / "journal.sqlite").unlink()
    assert main(["rebuild", str(collection)]) == 0
    assert verify(collection).findings == []


def test_the_records_verified_are_those_that_rebuild_reads(made: Path, tmp_path: Path) -> None:
    from crawler.verifying.rereading import Rereading

    for number, path in enumerate(warcs(made)):
        reader = Rereading(tmp_path / str(number))
        with path.open("rb") as stream:
            WarcCheck(stream, Place(path.name, path.name), Findings(), Ledger(":memory:"), reader.take).run()
        reader.close()
        journal = Journal(tmp_path / f"{number}.sqlite")
        read_warc(path, ReadingStore(journal.db), journal)
        query = "SELECT * FROM readings ORDER BY record_id"
        ours = sqlite3.connect(readings_beside(tmp_path / str(number))).execute(query).fetchall()
        assert ours == journal.db.execute(query).fetchall()
        assert ours


def test_fastwarc_agrees_with_every_digest(made: Path) -> None:
    for path in warcs(made):
        with path.open("rb") as stream:
            for record in fastwarc.warc.ArchiveIterator(stream, parse_http=False):
                assert record.verify_block_digest()
                if record.record_type == WarcRecordType.response:
                    record.parse_http()
                    chunked = "chunked" in str(record.http_headers).lower()  # it knows no chunk extensions
                    assert chunked or record.verify_payload_digest()


def test_warcio_agrees_but_for_chunked_payloads(made: Path) -> None:
    chunked = {
        record.get("WARC-Record-ID")
        for path in warcs(made)
        for record in records(path)
        if record.type == "response" and b"transfer-encoding: chunked" in record.block.lower()
    }
    out = io.StringIO()
    with redirect_stdout(out):
        Checker(SimpleNamespace(inputs=[str(path) for path in warcs(made)], verbose=False)).process_all()
    said = out.getvalue().splitlines()
    failed = {word for line in said for word in line.split() if word.startswith("<urn:uuid:")}
    assert failed <= chunked
    assert all("payload digest failed" in line for line in said if line.startswith("    "))


def test_the_index_is_that_of_cdxj_indexer(made: Path) -> None:
    theirs = io.StringIO()
    CDXJIndexer(
        output=theirs, inputs=[str(path) for path in warcs(made)], sort=True, records="response,revisit"
    ).process_all()
    not_modified = '"mime": "warc/revisit", "status": "304"'  # pywb answers an empty 304 for these: they are left out
    kept = [line for line in theirs.getvalue().splitlines() if not_modified not in line]
    assert kept == (made / "indexes" / "index.cdxj").read_text("utf-8").splitlines()


def test_a_warc_within_a_package_is_checked_where_it_lies(made: Path, tmp_path: Path) -> None:
    (path, *_) = warcs(made)
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_STORED) as package:
        package.writestr("before", b"x" * 4321)
        package.write(path, path.name)
        package.writestr("after", b"y" * 1234)
        info = package.getinfo(path.name)
    start = (tmp_path / "c.zip").read_bytes().index(path.read_bytes())
    findings = Findings()
    with (tmp_path / "c.zip").open("rb") as stream:
        check = WarcCheck(
            stream, Place(path.name, path.name), findings, Ledger(":memory:"), start=start, size=info.file_size
        )
        assert check.run() == len(records(path))
    assert list(findings) == []


def test_a_collection_of_an_unfinished_crawl_verifies_with_notes(made: Path, tmp_path: Path) -> None:
    """As a kill leaves it: the second crawl's file open, its end torn, index and lines as the first crawl left them."""
    folder = Path(shutil.copytree(made.parent / "after-one", tmp_path / "c"))
    second = warcs(made)[1]
    data = second.read_bytes()
    for name in Collection(folder).path.glob("journal.sqlite*"):
        name.unlink()
    open_file = folder / "archive" / f"{second.name}.open"
    open_file.write_bytes(data[:-7])
    report = verify(folder)
    assert report.status == 0
    assert report.at(f"archive/{open_file.name}") == {"gzip_torn", "open"}
    assert report.kinds() == {"gzip_torn", "open", "index_waiting", "lines_waiting"}
    assert {one["severity"] for one in report.findings} == {"note"}
    assert main(["rebuild", str(folder)]) == 0  # with what the open file holds
    assert verify(folder).status == 0


def test_a_crawl_that_was_killed_before_it_wrote_its_lines_has_not_ended(made: Path, collection: Path) -> None:
    """All its files are closed then; that it has no receipt, and the journal no end of it, tells."""
    for name in ("records", "indexes", "crawls"):
        shutil.rmtree(collection / name)
        shutil.copytree(made.parent / "after-one" / name, collection / name)
    with closing(sqlite3.connect(collection / "journal.sqlite")) as db:
        db.execute("UPDATE crawls SET ended_at = NULL WHERE number = (SELECT MAX(number) FROM crawls)")
        db.commit()
    report = verify(collection)
    assert (report.status, report.kinds()) == (0, {"index_waiting", "lines_waiting"})


def test_a_folder_with_an_archive_alone_lacks_things_but_is_not_wrong(made: Path, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    shutil.copy(warcs(made)[0], tmp_path / "archive")
    report = verify(tmp_path)
    assert report.status == 0
    assert report.kinds() == {"index_absent", "lines_absent", "schema_absent"}


def test_no_collection_is_wrong_usage(tmp_path: Path) -> None:
    assert main(["verify", str(tmp_path)]) == 2
    assert main(["verify", str(tmp_path), "--jobs", "0"]) == 2
