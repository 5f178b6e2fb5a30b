"""A collection that was made, or changed, by somebody who means harm: links, FIFOs, names, receipts, journals."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.journal import Journal
from crawler.aligning import Alignments
from crawler.readings import ReadingStore
from crawler.rebuilding import rebuild
from tests.hostile_archives import warcs
from tests.hostile_archives.asking import PEAK, Asking, crawl
from tests.hostile_archives.test_warcs import ADOPTED
from tests.hostile_archives.warcs import MB
from tests.verify.test_foreign import by_hand

COMMANDS = ("integrity", "verify", "status", "merge", "pack", "rebuild", "crawl")


@dataclass(frozen=True, slots=True)
class Row:
    """`make` does harm to a sound collection, given its folder and one outside; then each command ends so.

    `names` is in what those say that do not end well.
    """

    make: Callable[[Path, Path], None]
    names: str
    ends: dict[str, int] = field(default_factory=dict)
    mb: int = PEAK


def linked(name: str) -> Callable[[Path, Path], None]:
    """A link with that name that leads outside, in the place of what was there."""

    def make(folder: Path, outside: Path) -> None:
        there = folder / name
        kept = outside / there.name
        if there.exists():
            there.rename(kept)
        else:
            there.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(b"mine\n")
        there.symlink_to(kept)

    return make


def fifo(name: str) -> Callable[[Path, Path], None]:
    """A FIFO to which nobody writes."""
    return lambda folder, outside: os.mkfifo(_free(folder / name))


def a_folder(name: str) -> Callable[[Path, Path], None]:
    """A folder where a file should be."""
    return lambda folder, outside: _free(folder / name).mkdir()


def written(name: str, content: bytes) -> Callable[[Path, Path], None]:
    """A file of that content."""

    def make(folder: Path, outside: Path) -> None:
        _free(folder / name).write_bytes(content)

    return make


def great(name: str, start: bytes = b"") -> Callable[[Path, Path], None]:
    """A file of 300 MB that takes no room on the disk."""

    def make(folder: Path, outside: Path) -> None:
        with _free(folder / name).open("wb") as file:
            file.write(start)
            file.truncate(300 * MB)

    return make


def named(name: bytes) -> Callable[[Path, Path], None]:
    """A WARC file of that name."""

    def make(folder: Path, outside: Path) -> None:
        path = os.fsencode(folder / "archive") + b"/" + name
        with open(path, "wb") as file:  # noqa: PTH123  # it may be no text
            file.write(by_hand(*warcs.captured(500, warcs.http(warcs.page()))))

    return make


def journal(sql: str) -> Callable[[Path, Path], None]:
    """A journal as ours, and then that."""

    def make(folder: Path, outside: Path) -> None:
        ours = Journal(folder / "journal.sqlite")
        ReadingStore(ours.db)
        ours.db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000 * MB)
        ours.db.executescript(sql)
        ours.close()

    return make


def woven(table: str) -> Callable[[Path, Path], None]:
    """A journal in which a table has few pages and more rows than anybody could read: pages lie in one another."""

    def make(folder: Path, outside: Path) -> None:
        path = folder / "journal.sqlite"
        ours = Journal(path)
        ReadingStore(ours.db)
        Alignments(ours.db)
        marks = ",".join("?" for _ in ours.db.execute(f"PRAGMA table_info({table})"))
        rows = ([f"{number:0100}"] * (marks.count(",") + 1) for number in range(300))
        ours.db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  # a name of ours
        (root,) = ours.db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        ours.close()
        path.write_bytes(weave(path.read_bytes(), root))

    return make


def weave(data: bytes, root: int) -> bytes:
    """That database with fifteen more pages between the root of a table, which is no leaf, and its leaves."""
    size = int.from_bytes(data[16:18])
    pages = [data[at : at + size] for at in range(0, len(data), size)]
    top = pages[root - 1]
    cells = [int.from_bytes(top[at : at + 2]) for at in range(12, 12 + 2 * int.from_bytes(top[3:5]), 2)]
    assert top[0] == 2
    assert len(cells) > 2
    leaf = int.from_bytes(top[8:12])
    first = len(pages) + 1
    levels = [*range(first, first + 15), leaf]

    def page(below: int) -> bytes:
        made = bytearray(top)
        for at in (8, *cells):
            made[at : at + 4] = below.to_bytes(4)
        return bytes(made)

    pages[root - 1] = page(first)
    pages += [page(below) for below in levels[1:]]
    pages[0] = pages[0][:28] + len(pages).to_bytes(4) + pages[0][32:]
    return b"".join(pages)


def both(*makes: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
    """One after the other."""

    def make(folder: Path, outside: Path) -> None:
        for one in makes:
            one(folder, outside)

    return make


def beside(name: str) -> Callable[[Path, Path], None]:
    """A file outside, of the kind a name might lead to."""

    def make(folder: Path, outside: Path) -> None:
        (outside / name).write_bytes(b'{"outcome": "refused", "url": "https://x/"}\n')

    return make


def _free(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


def refused(make: Callable[[Path, Path], None], names: str) -> Row:
    """What no command goes near: all of it may lead elsewhere."""
    return Row(make, names, dict.fromkeys(COMMANDS, 4))


def link(to: str) -> Callable[[Path, Path], None]:
    """A WARC file that is a link to that path."""
    return lambda folder, outside: (folder / "archive" / "x.warc.gz").symlink_to(to.format(outside))


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT"
CRAWLS = f"""DROP TABLE crawls; CREATE VIEW crawls AS {ENDLESS} x AS id, 'a' AS newspaper, 'b' AS started_at,
    NULL AS ended_at, '' AS resumes, x AS number FROM n"""
SIZES = f"DROP TABLE warcs; CREATE VIEW warcs AS {ENDLESS} x AS name, 1 AS size, 1 AS closed, '' AS crawl FROM n"
ALIGNED = f"DROP TABLE IF EXISTS alignments; CREATE VIEW alignments AS {ENDLESS} x, x, x, x FROM n"
TRIGGER = "CREATE TRIGGER t AFTER INSERT ON crawls BEGIN DELETE FROM captures; END"
UP = "../../outside/x"
BEGUN = "INSERT INTO crawls VALUES ('../../outside/x', 'example_herald', '2026-01-01T00:00:00Z', NULL, '', 1)"
LARGE = "INSERT INTO warcs VALUES (printf('%0*d', 100000000, 0), 1, 1, '')"
LISTS = b"[" + b"[]," * (MB - 1) + b"[]]"
DEEP = b'{"id": "x", "classes": ' + b"[" * 200_000


def index_line(stamp: str, fields: str) -> Callable[[Path, Path], None]:
    """An index of one line."""
    return written("indexes/index.cdxj", f"com,x)/ {stamp} {fields}\n".encode())


BAD_INDEX = {"integrity": 4, "verify": 4, "pack": 4}
BAD_LINES = {"verify": 4, "pack": 4, "status": 4}

ROWS: dict[str, Row] = {
    "nothing wrong": Row(lambda folder, outside: None, ""),
    "a WARC file that is a link": refused(link("{}/secret.warc.gz"), "x.warc.gz"),
    "a WARC file that is a link to a device": refused(link("/dev/zero"), "x.warc.gz"),
    "a WARC file that is a link to nothing": refused(link("{}/nothing"), "x.warc.gz"),
    "a WARC file that is a link to itself": refused(link("x.warc.gz"), "x.warc.gz"),
    "an open WARC file that is a link": refused(
        lambda folder, outside: (folder / "archive/x.warc.gz.open").symlink_to(outside / "secret.warc.gz"), "x.warc.gz"
    ),
    "archive/ that is a link": refused(linked("archive"), "archive"),
    "records/ that is a link": refused(linked("records"), "records"),
    "indexes/ that is a link": refused(linked("indexes"), "indexes"),
    "crawls/ that is a link": refused(linked("crawls"), "crawls"),
    "a receipt that is a link": refused(linked("crawls/x.json"), "x.json"),
    "records that are a link": refused(linked("records/pairs.jsonl"), "pairs.jsonl"),
    "records to be that are a link": refused(linked("records/.pairs.jsonl.new"), ".pairs.jsonl.new"),
    "a file to be merged that is a link": refused(linked("archive/.x.warc.gz.new"), ".x.warc.gz.new"),
    "a journal that is a link": refused(linked("journal.sqlite"), "journal.sqlite"),
    "a WARC file that is a FIFO": refused(fifo("archive/x.warc.gz"), "x.warc.gz"),
    "a WARC file that is a folder": refused(a_folder("archive/x.warc.gz"), "x.warc.gz"),
    "a receipt that is a FIFO": refused(fifo("crawls/x.json"), "x.json"),
    "a receipt that is a folder": refused(a_folder("crawls/x.json"), "x.json"),
    "an index that is a FIFO": refused(fifo("indexes/index.cdxj"), "index.cdxj"),
    "a journal that is a FIFO": refused(fifo("journal.sqlite"), "journal.sqlite"),
    "a line end in a name": refused(named(b"x\n\x1b[2J.warc.gz"), "x\\n\\x1b[2J.warc.gz"),
    "a name that is no text": refused(named(b"x\xff.warc.gz"), "x\\udcff.warc.gz"),
    "a long name": Row(named(b"x" * 240 + b".warc.gz"), "index_missing", {"integrity": 4, "verify": 4}),
    "a receipt of 300 MB": Row(great("crawls/x.json", b"{"), "x.json", {"verify": 4}),
    "a receipt 200,000 deep": Row(written("crawls/x.json", DEEP), "x.json", {"verify": 4}),
    "a receipt of another time": Row(
        written("crawls/x.json", b'{"id": "x", "ended_at": "0001-01-01T00:00:00+14:00"}'), "x.json", {"verify": 4}
    ),
    "a receipt of a million lists": Row(written("crawls/x.json", LISTS), "x.json", {"verify": 4}),
    "a receipt whose id leads up": Row(
        both(written("crawls/x.json", b'{"id": "%s"}' % UP.encode()), beside("x.outcomes.jsonl")), "x.json",
        {"verify": 4},
    ),
    "outcomes of 300 MB": Row(great("crawls/x.outcomes.jsonl"), "x.outcomes.jsonl"),
    "an index of 300 MB": Row(great("indexes/index.cdxj"), "index.cdxj", BAD_INDEX),
    "an index of lists": Row(
        index_line("20260101000000", '{"filename": ["x"], "offset": 1, "length": 1}'), "index.cdxj", BAD_INDEX
    ),
    "an index 200,000 deep": Row(index_line("20260101000000", "[" * 200_000), "index.cdxj", BAD_INDEX),
    "an index of no date": Row(
        index_line("99999999999999", '{"filename": "x", "offset": -5, "length": 1}'), "index.cdxj", BAD_INDEX
    ),
    "an index that names a file outside": Row(
        index_line("20260101000000", '{"filename": "../outside/secret", "offset": 0, "length": 1}'), "index.cdxj",
        BAD_INDEX,
    ),
    "article lines of 300 MB": Row(great("records/articles.jsonl"), "articles.jsonl", BAD_LINES, mb=265),
    "article lines of five million lists": Row(
        written("records/articles.jsonl", LISTS * 5 + b"\n"), "articles.jsonl", BAD_LINES
    ),
    "pair lines of five million lists": Row(
        written("records/pairs.jsonl", b'{"id": ' + LISTS * 5 + b"\n"), "pairs.jsonl", BAD_LINES
    ),
    "pair lines that are lists": Row(written("records/pairs.jsonl", b"[]\n"), "pairs.jsonl", BAD_LINES),
    "pair lines that are no text": Row(written("records/pairs.jsonl", b"\xff\n"), "pairs.jsonl", BAD_LINES),
    "a journal that is none": Row(written("journal.sqlite", b"nothing of the kind\n" * 1000), "journal.sqlite"),
    "a journal of 300 MB of nothing": Row(great("journal.sqlite"), "journal.sqlite"),
    "a journal with an endless view of crawls": Row(journal(CRAWLS), "journal.sqlite", {"crawl": 4}),
    "a journal with an endless view of files": Row(journal(SIZES), "journal.sqlite", {"crawl": 4}),
    "a journal with an endless view of alignments": Row(journal(ALIGNED), "journal.sqlite", {"crawl": 4}),
    "a journal with a value of 100 MB": Row(journal(LARGE), "journal.sqlite"),
    "a journal with a crawl whose name leads up": Row(journal(BEGUN), "is no name", {"crawl": 4}),
    "a journal with files without end": Row(woven("warcs"), "journal.sqlite"),
    "a journal with crawls without end": Row(woven("crawls"), "journal.sqlite"),
    "a journal with alignments without end": Row(woven("alignments"), "journal.sqlite"),
    "a journal with a trigger": Row(journal(TRIGGER), "journal.sqlite", {"crawl": 4}),
}  # fmt: skip

#: Rows in which there is much to read.
SLOW = ("300 MB",)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.long) if any(word in name for word in SLOW) else name for name in ROWS],
)
def test_every_command(name: str, ask: Asking) -> None:
    made(ROWS[name], ask)
    for command in COMMANDS:
        _judge(ROWS[name], command, ask)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.ends == dict.fromkeys(COMMANDS, 4)])
def test_who_else_reads_goes_near_none_of_it(name: str, ask: Asking) -> None:
    made(ROWS[name], ask)
    folder, page = str(ask.collection), warcs.VICTIM
    for asked in (
        ["export", folder, "--format", "jsonl", "--to", f"{folder}.out"],
        ["history", folder, page],
        ["fixture", "add", folder, page, "--to", f"{folder}.out"],
        ["notify", folder, "--dry-run", "--state", f"{folder}.state"],
        ["status", folder, "--check"],
    ):
        ran = ask.run(*asked)
        assert ran.status == (0 if asked[0] == "notify" else 4), ran.said
        assert ROWS[name].names in ran.said, ran.said


def test_a_collection_that_is_reached_by_a_link_is_as_any_other(ask: Asking) -> None:
    made(ROWS["nothing wrong"], ask)
    there = ask.collection.with_name("there")
    ask.collection.rename(there)
    ask.collection.symlink_to(there)
    for command in COMMANDS:
        _judge(ROWS["nothing wrong"], command, ask)


def made(row: Row, ask: Asking) -> None:
    """Make the collection, sound at first, and what lies outside."""
    folder = ask.collection
    (folder / "archive").mkdir(parents=True)
    (folder / "archive" / "a.warc.gz").write_bytes(warcs.harmless())
    rebuild(Collection(folder), Collection(folder))
    (ask.outside / "secret.warc.gz").write_bytes(by_hand(*warcs.captured(700, warcs.http(warcs.page()))))
    row.make(folder, ask.outside)


def _judge(row: Row, command: str, ask: Asking) -> None:
    folder = ask.collection
    arguments = {
        "integrity": ["verify", str(folder), "--integrity"],
        "merge": ["merge", str(folder), "--to", str(folder.parent / "merged")],
        "pack": ["pack", str(folder), "--to", str(folder.parent / "packed.wacz")],
        "crawl": crawl(folder),
    }.get(command, [command, str(folder)])
    ran = ask.run(*arguments, mb=row.mb)
    print(f"{command:<10}{ran.status:>3}{ran.seconds:>7.1f} s{ran.mb:>5} MB {ran.said[:1500]}")
    assert ran.status == row.ends.get(command, ADOPTED if command == "crawl" else 0), ran.said
    if ran.status not in (0, ADOPTED):
        assert row.names in ran.said, ran.said
