"""How long a killed crawl's file keeps the next crawl waiting: `close_open_files` and `adopt` on a large open file.

python -m bench.recovery [--size 1000] [--rounds 3] [--torn 1000000] [--without-journal]

A real crawl of the embedded press is kept once; its groups are written again and again, each with record ids of its
own, until the file is large. The journal knows all of it but the last groups, as after a kill; then comes a torn tail.
`--without-journal` measures the other case too: everything is read again from the archive, pages and all.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from archives.collection import OPEN, Collection
from archives.journal import Asked, Journal
from archives.reader import groups, stored_records
from archives.records import member_of, new_id
from bench.floor import HOSTS
from bench.measure import press, run
from crawler.readings import ReadingStore
from crawler.rebuilding import read_into
from spiders.adopting import adopt
from spiders.collecting import READINGS_AT_ONCE

CRAWL = "20260101T000000Z-example_herald-0000"
NAME = "genbun-example_herald-20260101000000-00001.warc.gz"


def large_file(scratch: Path, size: int) -> Path:
    """A WARC file of that many bytes, of the groups of a real crawl."""
    with press(40) as origin:
        command = [sys.executable, "-m", "crawler.commands.main", "crawl", "example_herald", "--delay", "0"]
        for host in HOSTS:
            command += ["--connect-to", f"{host}={origin}"]
        run([*command, "--to", str(scratch / "kept")])
    [kept] = (scratch / "kept" / "archive").iterdir()
    first, *rest = stored_records(kept)
    path = scratch / NAME
    with path.open("wb") as out:
        fields = {**first.headers, "warc-filename": NAME}
        block = b"".join(f"{key}: {CRAWL if key == 'isPartOf' else value}\r\n".encode() for key, value in first.notes())
        out.write(again("warcinfo", fields, block, {}))
        while out.tell() < size:
            ids = {record.id: new_id() for record in rest}
            for record in rest:
                out.write(again(record.type, record.headers, record.block, ids))
    return path


def again(kind: str, headers: dict[str, str], block: bytes, ids: dict[str, str]) -> bytes:
    """The record once more, under another id."""
    left_out = {"warc-type", "content-length", "warc-block-digest"} if kind == "warcinfo" else {
        "warc-type", "content-length"}  # fmt: skip
    fields = [(key, ids.get(value, value)) for key, value in headers.items() if key not in left_out]
    stored = kind == "response" and not block.rstrip().endswith(b">")
    return member_of(kind, fields, block, store=stored)


def known(collection: Collection, path: Path, committed: int) -> int:
    """Let the journal know a file up to there, as the crawl would have it when it was killed; returns how many rows."""
    journal = Journal(collection.journal)
    store = ReadingStore(journal.db)
    read_into(path, store, journal)
    rows = journal.db.execute("SELECT COUNT(*) FROM captures").fetchone()[0]
    journal.db.execute("DELETE FROM captures WHERE offset >= ?", (committed,))
    journal.db.execute("DELETE FROM readings WHERE record_id NOT IN (SELECT record_id FROM captures)")
    journal.commit(sizes={NAME: (committed, False, CRAWL)})
    journal.begin_crawl(CRAWL, "example_herald", "2026-01-01T00:00:00Z")
    pages = "SELECT url, record_id IN (SELECT record_id FROM readings) FROM captures"
    journal.commit(
        asked=[(CRAWL, Asked(url, "editorial" if is_page else "requisite", "fetched"))
               for url, is_page in journal.db.execute(pages)]
    )  # fmt: skip
    journal.db.execute(
        "DELETE FROM readings WHERE record_id IN (SELECT record_id FROM captures JOIN readings USING (record_id)"
        " ORDER BY offset DESC LIMIT ?)",
        (READINGS_AT_ONCE - 1,),  # kept, and not yet read
    )
    journal.close()
    return int(rows)


def main() -> None:
    """Build the file, then time what the next crawl does before its first request."""
    options = argparse.ArgumentParser(prog="python -m bench.recovery", description=main.__doc__)
    options.add_argument("--size", type=int, default=1000, help="of the file, in MB")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--torn", type=int, default=1_000_000, help="bytes after the last commit, the last torn")
    options.add_argument("--without-journal", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="genbun-bench-", dir=os.environ.get("GENBUN_BENCH")) as name:
        scratch = Path(name)
        path = large_file(scratch, asked.size * 1_000_000)
        size = path.stat().st_size
        starts = [group.first.offset for group in groups(path, _late(path, size - 3 * asked.torn))]
        committed = min((at for at in starts if at >= size - asked.torn), default=starts[-1])
        collection = Collection(scratch / "c")
        collection.create()
        shutil.move(path, collection.archive / NAME)
        rows = known(collection, collection.archive / NAME, committed)
        print(f"{size / 1e6:,.0f} MB, {rows:,} captures; {(size - committed) / 1e6:.1f} MB of it not in the journal")
        shutil.copy(collection.journal, scratch / "journal")
        for with_journal in (True, False) if asked.without_journal else (True,):
            took = [once(collection, scratch / "journal", with_journal, size) for _ in range(asked.rounds)]
            what = "with its journal" if with_journal else "without a journal"
            print(f"{what:<20}{median(took):8.2f} s   ({', '.join(f'{one:.2f}' for one in took)})")


def _late(path: Path, offset: int) -> int:
    """Where a group begins after that offset, found by looking for a member's first bytes that make a whole file."""
    data = path.open("rb")
    with data:
        data.seek(max(offset, 0))
        piece = data.read(1_000_000)
    at = -1
    while (at := piece.find(b"\x1f\x8b\x08", at + 1)) >= 0:
        try:
            for group in groups(path, max(offset, 0) + at):
                if group.answer is not None:
                    return group.first.offset
        except Exception:  # noqa: S112  # no member begins here
            continue
    return 0


def once(collection: Collection, journal: Path, with_journal: bool, size: int) -> float:
    """Kill anew, and recover; returns the seconds."""
    for old in collection.path.glob("journal.sqlite*"):
        old.unlink()
    if with_journal:
        shutil.copy(journal, collection.journal)
    path = collection.archive / NAME
    with path.open("r+b") as out:
        out.truncate(size - 1000)  # torn within its last record
    path.rename(path.with_name(NAME + OPEN))
    os.sync()
    began = time.perf_counter()
    opened = Journal(collection.journal)
    said = adopt(collection, opened, ReadingStore(opened.db))
    took = time.perf_counter() - began
    opened.close()
    assert said, "nothing was recovered"
    return took


if __name__ == "__main__":
    main()
