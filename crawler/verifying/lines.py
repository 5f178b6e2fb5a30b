"""`records/` against a fresh parse and a fresh join: each line, its capture, its schema, and that none is missing."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from pydantic import ValidationError

from archives.bounded import lines_of, value_of
from archives.capture import Capture
from archives.verify.finding import Findings, Severity
from archives.verify.ledger import Ledger
from crawler.models import ArticleLine, Line, PairLine, ProblemLine

KINDS: Final[dict[str, type[Line]]] = {"articles": ArticleLine, "problems": ProblemLine, "pairs": PairLine}
_SHOWN: Final = 60


def check_lines(old: BinaryIO, new: BinaryIO, kind: str, ledger: Ledger, findings: Findings) -> int:
    """Check `<kind>.jsonl` against the fresh one; returns how many lines it has.

    They are walked side by side; only where they differ is the file read once more, to say how.
    """
    count = _count_if_same(old, new)
    if count is not None:
        return count
    old.seek(0)
    new.seek(0)
    return _Explaining(f"records/{kind}.jsonl", kind, ledger, findings).check(old, new)


def check_schemas(folder: Path, fresh: Path, findings: Findings, absent: Severity) -> None:
    """Check that the schemas beside the lines are those of the models."""
    for path in sorted((fresh / "schema").iterdir()):
        file = f"records/schema/{path.name}"
        try:
            right = path.read_bytes()
            with (folder / "schema" / path.name).open("rb") as schema:
                found = schema.read(len(right) + 1)
        except FileNotFoundError:
            findings.add(file, 0, "schema_absent", absent, "is not there; `genbun rebuild` writes it")
            continue
        if found != right:
            at = next(
                (n for n, (a, b) in enumerate(zip(found, right, strict=False)) if a != b), min(len(found), len(right))
            )
            findings.add(
                file, at, "schema", "error", "is not the schema of these lines; `genbun rebuild` writes it anew"
            )


def _count_if_same(old: BinaryIO, new: BinaryIO) -> int | None:
    count = 0
    for line in new:
        if old.readline(len(line)) != line:
            return None
        count += 1
    return None if old.readline(1) else count


class _Explaining:
    """Says what is wrong with a file of lines, line by line."""

    def __init__(self, file: str, kind: str, ledger: Ledger, findings: Findings) -> None:
        self.file, self.kind, self.ledger, self.findings = file, kind, ledger, findings
        self.model = KINDS[kind]
        self.db = sqlite3.connect("", isolation_level=None)  # SQLite's own temporary file
        self.db.execute("CREATE TABLE fresh (number INTEGER PRIMARY KEY, key TEXT UNIQUE, line TEXT, seen INTEGER)")

    def check(self, old: BinaryIO, new: BinaryIO) -> int:
        """Read every line, then name those that are missing."""
        rows = ((number, self._key(json.loads(line)), line.decode()) for number, line in enumerate(new))
        self.db.executemany("INSERT INTO fresh VALUES (?,?,?,0)", rows)
        offset = count = 0
        last = -1
        for line in lines_of(old):
            count += 1
            last = max(last, self._check(offset, line, last))
            offset += len(line)
        for key, line in self.db.execute("SELECT key, line FROM fresh WHERE NOT seen ORDER BY number"):
            capture = json.loads(line).get("capture") or {}
            said = f"no line for {_shown(key)}, which the archive gives ({capture.get('record_id', 'no capture')})"
            self._error(offset, "line_missing", said)
        self.db.close()
        return count

    def _check(self, offset: int, line: bytes, last: int) -> int:
        """Check one line; returns its number among the fresh ones, -1 where it is none of them."""
        try:
            parsed = value_of(line)
            key = self._key(parsed)
        except (ValueError, KeyError, TypeError):
            self._error(offset, "line_syntax", f"no JSON line with what names it: {line[:_SHOWN]!r}")
            return -1
        row = self.db.execute("SELECT number, line, seen FROM fresh WHERE key = ?", (key,)).fetchone()
        if row is None:
            self._error(offset, "line_extra", f"{_shown(key)}: the archive gives no such line")
            self._check_model(offset, key, line, parsed)
            return -1
        number, right, seen = row
        self.db.execute("UPDATE fresh SET seen = 1 WHERE number = ?", (number,))
        if seen:
            self._error(offset, "line_repeated", f"{_shown(key)} is there twice")
        elif number < last:
            self._error(offset, "line_order", f"{_shown(key)} is out of order")
        if line != right.encode():
            self._check_fields(offset, key, parsed, json.loads(right))
            self._check_model(offset, key, line, parsed)
        return int(number)

    def _check_fields(self, offset: int, key: str, found: dict[str, Any], right: dict[str, Any]) -> None:
        differing = [name for name in {**right, **found} if _of(found, name) != _of(right, name)]
        if not differing:
            self._error(offset, "line_text", f"{_shown(key)}: the same values, but not written as Genbun writes them")
        for name in differing:
            said = f"{name} is {_short(found, name)}, the archive gives {_short(right, name)}"
            self._error(offset, "line_field", f"{_shown(key)}: {said}{_hint(name, found, right)}")

    def _check_model(self, offset: int, key: str, line: bytes, parsed: dict[str, Any]) -> None:
        """A line that differs may also be none by its schema, or have a capture that is none."""
        try:
            self.model.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "it"
            self._error(offset, "line_schema", f"{_shown(key)}: {where}: {first['msg']}")
        for capture in _captures(parsed):
            self._check_capture(offset, key, capture)

    def _check_capture(self, offset: int, key: str, capture: dict[str, Any]) -> None:
        """DESIGN 3: a capture names the response record that the line was read from, and where it lies."""
        record_id = capture.get("record_id")
        row = self.ledger.db.execute(
            "SELECT type, name, offset, length, date, status, digest, url FROM answers JOIN warcs USING (warc)"
            " WHERE id = ?",
            (str(record_id).encode("utf-8", "replace").decode(),),
        ).fetchone()
        if row is None:
            self._error(offset, "capture", f"{_shown(key)}: its record {record_id!r:.80} is not in the archive")
            return
        kind, name, at, length, date, status, digest, url = row
        if kind != "response":
            self._error(offset, "capture", f"{_shown(key)}: its record {record_id} is a {kind}, which holds no page")
        right = {"warc": f"archive/{name}", "offset": at, "length": length, "captured_at": date, "status": status,
                 "payload_digest": digest or capture.get("payload_digest"), "url": url}  # fmt: skip
        for field, value in right.items():
            found = capture.get(field)
            if found != value and not (field == "captured_at" and _same_moment(capture, str(value))):
                said = f"capture.{field} is {found!r:.200}, its record has {value!r}"
                self._error(offset, "capture", f"{_shown(key)}: {said}")

    def _key(self, line: dict[str, Any]) -> str:
        if self.kind == "articles":
            return f"{line['id']}\x1f{line['version']}".encode().decode()
        name = line["url" if self.kind == "problems" else "id"]
        if not isinstance(name, str):
            raise TypeError
        return name.encode().decode()  # half a surrogate pair is no text, and SQLite refuses it

    def _error(self, offset: int, what: str, detail: str) -> None:
        self.findings.add(self.file, offset, what, "error", detail)


def _captures(line: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for holder in (line, line.get("translation"), line.get("original")):
        capture = holder.get("capture") if isinstance(holder, dict) else None
        if isinstance(capture, dict):
            yield capture


def _of(line: dict[str, Any], name: str) -> tuple[bool, str]:
    """A value with what tells 1 from true and from 1.0, and one that is not there from null."""
    return name in line, json.dumps(line.get(name), sort_keys=True)


def _short(line: dict[str, Any], name: str) -> str:
    if name not in line:
        return "not there"
    text = json.dumps(line[name], ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _shown(key: str) -> str:
    name, mark, version = key.partition("\x1f")
    return f"{name[:200]} version {version}" if mark else name[:200]


def _hint(name: str, found: dict[str, Any], right: dict[str, Any]) -> str:
    """Lines that another version of their reader made are not false, but of yesterday."""
    before, now = found.get("parser"), right.get("parser")
    if isinstance(before, dict) and isinstance(now, dict) and before.get("version") != now.get("version"):
        return f" (read by version {before.get('version')} of its reader, now {now['version']}: `genbun rebuild`)"
    return ""


def _same_moment(capture: dict[str, Any], date: str) -> bool:
    try:
        return Capture.model_validate_json(json.dumps(capture)).captured_at == dt.datetime.fromisoformat(date)
    except ValueError:
        return True  # what is no date was found to be none already, in the line or in the record
