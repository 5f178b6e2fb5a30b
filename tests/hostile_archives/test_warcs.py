"""A hostile WARC file beside a harmless one: every command ends soon, says what is wrong and where, and no more.

What lies in the harmless file is read all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from crawler.press.addresses import HERALD
from tests.hostile_archives import warcs
from tests.hostile_archives.asking import PEAK, SECONDS, Asking, crawl
from tests.hostile_archives.warcs import END, MB, PAGE, VICTIM, captured, head, http, record, revisit
from tests.verify.test_foreign import by_hand

ADOPTED = 3  # the crawl's exit status where it got as far as asking, and nobody listened
LONG = "https://" + HERALD + "/editorial-{}-" + "x" * 60_000 + "/"
EACH = "https://" + HERALD + "/editorial-{}/"


@dataclass(frozen=True, slots=True)
class Row:
    """A file, and how each command must end: its exit status. `what` verify finds in it, if anything."""

    make: Callable[[], bytes]
    what: str = ""
    verify: int = 0
    rebuild: int = 0
    merge: int = 0
    pack: int = 0
    crawl: int = ADOPTED
    seconds: float = SECONDS
    mb: int = PEAK

    def status(self, command: str) -> int:
        """How that command must end."""
        return int(getattr(self, command))


def damaged(make: Callable[[], bytes], what: str) -> Row:
    """A file in which something is no record: verify says what; what lies before it is read."""
    return Row(make, what, verify=4, rebuild=4, merge=4, crawl=1)


def wrong(make: Callable[[], bytes], what: str, **more: Any) -> Row:
    """A file of whole records in which something is wrong."""
    return Row(make, what, verify=4, **more)


COMMANDS = ("integrity", "verify", "merge", "rebuild", "status", "pack", "crawl")

ROWS: dict[str, Row] = {
    "200 MB of zeros in a response": Row(lambda: warcs.in_a_response(200)),
    "60 MB of zeros in a response": Row(lambda: warcs.in_a_response(60)),
    "60 MB of zeros in one chunk": Row(lambda: warcs.in_chunks(60)),
    "32 MB of zeros in one chunk": Row(lambda: warcs.in_chunks(32)),
    "200 MB of zeros in a warcinfo": Row(lambda: warcs.bomb(200, head("warcinfo", 1, 200 * MB))),
    "200 MB of zeros in a metadata record": Row(lambda: warcs.bomb(200, head("metadata", 1, 200 * MB))),
    "60 MB of notes": Row(lambda: warcs.notes(60)),
    "30 MB of notes, each another character": Row(lambda: warcs.notes(30, "\U0001f5de: \U0001f5de\r\n".encode())),
    "200 MB of zeros for a record header": damaged(lambda: warcs.bomb(200, b"WARC/1.1\r\nX: "), "header_syntax"),
    "200 MB of zeros behind a record": damaged(
        lambda: warcs.bomb(200, record("metadata", 1, b"a: b\r\n")), "extra_bytes"
    ),
    "200 MB of zeros in gzip, twice over": Row(lambda: warcs.nested(200, 2)),
    "200 MB of zeros in gzip, five times over": Row(lambda: warcs.nested(200, 5)),
    "three records of 30 MB of zeros": wrong(lambda: warcs.in_a_response(30) * 3, "id_repeated"),
    "a header line of 10 MB": damaged(
        lambda: by_hand(head("response", 1, 0, "X: " + "y" * 10 * MB) + END), "header_syntax"
    ),
    "100,000 header fields": damaged(
        lambda: by_hand(head("response", 1, 0, *[f"A{n}: b" for n in range(100_000)]) + END), "header_syntax"
    ),
    "20,000 folds": damaged(lambda: by_hand(b"WARC/1.1\r\nA: b" + b"\r\n " * 21_000 + END), "content_length"),
    "Content-Length: -5": damaged(lambda: warcs.lying(-5), "content_length"),
    "Content-Length: 10^18": damaged(lambda: warcs.lying(10**18), "content_length"),
    "Content-Length too short": damaged(lambda: warcs.lying(5), "record_end"),
    "Content-Length of 5,000 digits": damaged(lambda: warcs.lying("9" * 5000), "content_length"),
    "Content-Length: many": damaged(lambda: warcs.lying("many"), "content_length"),
    "a year of 9999": Row(lambda: warcs.dated("9999-12-31T23:59:59Z")),
    "a year of 9999, asked to wait": Row(
        lambda: warcs.dated("9999-12-31T23:59:59Z", warcs.HTML + b"Retry-After: 99999999\r\n", 503)
    ),
    "a day for a date": Row(lambda: warcs.dated("2026-11-24"), pack=4),
    "a day for a date, asked to wait": Row(
        lambda: warcs.dated("2026-11-24", warcs.HTML + b"Retry-After: 999\r\n", 503), pack=4
    ),
    "a month of 13": wrong(lambda: warcs.dated("2026-13-77T00:00:00Z"), "field_value", pack=4),
    "a date in digits of full width": wrong(lambda: warcs.dated("２０２６-11-24T07:08:09Z"), "field_value", pack=4),
    "no date": wrong(lambda: warcs.dated(""), "field_missing", pack=4),
    "a date before all": wrong(lambda: warcs.dated("0001-01-01T00:00:00+14:00"), "field_value"),
    "an address of 1 MB": damaged(lambda: warcs.at(PAGE + "x" * MB), "header_syntax"),
    "an address of 60 KB": Row(lambda: warcs.at(LONG.format(1)), "uri_long"),
    "NUL in an address": wrong(lambda: warcs.at(PAGE + "\0x"), "header_syntax"),
    "no UTF-8 in an address": wrong(lambda: warcs.at(PAGE + "\udcff\udc80"), "header_syntax"),
    "escapes for a terminal in an address": wrong(lambda: warcs.at(PAGE + "\x1b[2J\x07"), "header_syntax"),
    "an address that is a file": Row(lambda: warcs.at("file:///../../outside/secret")),
    "an id that is a path": Row(lambda: warcs.named("<urn:uuid:../../outside/secret>")),
    "no id": wrong(lambda: warcs.named(""), "field_missing"),
    "NUL in an id": wrong(lambda: warcs.named("<urn:a\0b>"), "header_syntax"),
    "an id twice, of different records": wrong(
        lambda: by_hand(*captured(1, http(warcs.page())), *captured(1, http(b"<p>"))), "id_repeated", merge=4
    ),
    "revisits of one another": wrong(lambda: by_hand(*revisit(1, 3), *revisit(3, 1)), "revisit_target"),
    "a revisit of itself": wrong(lambda: by_hand(*revisit(1, 1)), "revisit_target"),
    "a status of 000": Row(lambda: by_hand(*captured(1, http(warcs.page(), status=0)))),
    "a redirect that goes round": Row(
        lambda: by_hand(
            *captured(1, http(b"", b"Location: " + PAGE.encode() + b"b\r\n", 301)),
            *captured(3, http(b"", b"Location: " + PAGE.encode() + b"\r\n", 301), url=PAGE + "b"),
        )
    ),
    "noise": damaged(lambda: b"\xff" * 50 * MB, "no_gzip"),
    "three bytes of gzip, a million times": damaged(lambda: b"\x1f\x8b\x08" * MB, "gzip_damaged"),
    "a gzip name without end": damaged(lambda: b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"n" * 20 * MB, "gzip_torn"),
    "200,000 members of nothing": Row(
        lambda: warcs.packed([b""]) * 200_000, "gzip_empty", rebuild=4, merge=4, crawl=1
    ),
    "1,000 records of one id": wrong(lambda: warcs.tiny(1000, ids=1), "id_repeated"),
    "1,000 addresses": Row(lambda: warcs.tiny(1000, EACH)),
    "500 problems of one address": Row(lambda: warcs.tiny(500)),
    "pages of 3 MB of text": Row(lambda: warcs.texts(5, 3)),
    "50 addresses of 60 KB": Row(lambda: b"".join(warcs.at_each(50, LONG)), "uri_long"),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_every_command_but_the_crawl(name: str, ask: Asking) -> None:
    judge(ROWS[name], ask, COMMANDS[:-1])


#: Rows for which the crawl is asked every time; it reads by the same code as rebuild, and takes longer to begin.
CRAWLED = (
    "200 MB of zeros in a response", "60 MB of notes", "Content-Length too short", "a year of 9999, asked to wait",
    "no date", "an id twice, of different records", "revisits of one another", "1,000 addresses",
)  # fmt: skip


@pytest.mark.parametrize(
    "name", [name if name in CRAWLED else pytest.param(name, marks=pytest.mark.long) for name in ROWS]
)
def test_the_next_crawl(name: str, ask: Asking) -> None:
    judge(ROWS[name], ask, COMMANDS[-1:])


LONG_ROWS: dict[str, Row] = {
    "10 GB of zeros in a response": Row(lambda: warcs.in_a_response(10_000), seconds=120),
    "1 GB of zeros in a warcinfo": Row(lambda: warcs.bomb(1000, head("warcinfo", 1, 1000 * MB)), seconds=30),
    "1 GB of zeros for a record header": damaged(lambda: warcs.bomb(1000, b"WARC/1.1\r\nX: "), "header_syntax"),
    "a million records": Row(lambda: warcs.tiny(500_000, EACH), seconds=200),
    "20,000 records of one id": wrong(lambda: warcs.tiny(20_000, ids=1), "id_repeated", seconds=20),
    "a million members of nothing": Row(
        lambda: warcs.packed([b""]) * 1_000_000, "gzip_empty", rebuild=4, merge=4, crawl=1, seconds=60
    ),
    "pages of 3 MB of text, 100 of them": Row(lambda: warcs.texts(100, 3), seconds=30),
    "5,000 addresses of 60 KB": Row(lambda: b"".join(warcs.at_each(5000, LONG)), "uri_long", seconds=60),
    "5,000 addresses of 8 KB": Row(lambda: b"".join(warcs.at_each(5000, LONG.replace("x" * 52_100, ""))), seconds=60),
    "20,000 problems of one address": Row(lambda: warcs.tiny(20_000), seconds=30),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", LONG_ROWS)
def test_every_command_at_length(name: str, ask: Asking) -> None:
    judge(LONG_ROWS[name], ask, COMMANDS)


def judge(row: Row, ask: Asking, commands: Sequence[str]) -> None:
    """Give the file to these commands, one after the other."""
    folder = ask.collection
    (folder / "archive").mkdir(parents=True)
    (folder / "archive" / "a.warc.gz").write_bytes(warcs.harmless())
    (folder / "archive" / "x.warc.gz").write_bytes(row.make())
    for command in commands:
        _judge(row, command, ask)
        if command == "rebuild":
            assert VICTIM in (folder / "records" / "articles.jsonl").read_text("utf-8")


def _judge(row: Row, command: str, ask: Asking) -> None:
    folder = ask.collection
    arguments = {
        "integrity": ["verify", str(folder), "--integrity"],
        "merge": ["merge", str(folder), "--to", str(folder.parent / "merged")],
        "pack": ["pack", str(folder), "--to", str(folder.parent / "packed.wacz")],
        "crawl": crawl(folder),
    }.get(command, [command, str(folder)])
    ran = ask.run(*arguments, seconds=row.seconds, mb=row.mb)
    expected = row.status("verify" if command == "integrity" else command) if command != "status" else 0
    print(f"{command:<10}{ran.status:>3}{ran.seconds:>7.1f} s{ran.mb:>5} MB")
    assert ran.status == expected, ran.said
    if command in ("integrity", "verify") and row.what:
        assert "archive/x.warc.gz: " in ran.out
        assert f": {row.what}: " in ran.out
    elif ran.status not in (0, ADOPTED):
        assert "x.warc.gz" in ran.err or "index.cdxj, line" in ran.err, ran.err
