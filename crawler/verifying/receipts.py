"""`crawls/`: that each receipt's sums hold, and its outcomes are those it counts. Unknown fields are left alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

from archives.bounded import MAX_OBJECT, value_of
from archives.verify.finding import Findings
from crawler.receipts import OUTCOMES

COUNTS: Final = ("asked", *OUTCOMES)
_SUFFIX: Final = ".outcomes.jsonl"

Counts = dict[str, int]


def check_receipts(folder: Path, findings: Findings) -> int:
    """Check all receipts in `crawls/`; returns how many there are."""
    receipts = sorted(folder.glob("*.json"))
    for path in receipts:
        _Receipt(path, findings).check()
    known = {path.name.removesuffix(".json") for path in receipts}
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        if path.name.removesuffix(_SUFFIX) not in known:
            said = "outcomes without a receipt: was its crawl killed, or the receipt lost?"
            findings.add(f"crawls/{path.name}", 0, "receipt_absent", "warning", said)
    return len(receipts)


class _Receipt:
    """One crawl's receipt and its outcomes."""

    def __init__(self, path: Path, findings: Findings) -> None:
        self.path, self.findings = path, findings
        self.file = f"crawls/{path.name}"

    def check(self) -> None:
        """Sums first, then the outcomes against them."""
        receipt = self._read()
        if receipt is None:
            return
        if receipt.get("id") != self.path.name.removesuffix(".json"):
            self._error(f"its id is {receipt.get('id')!r:.80}, which is not its name")
        total = self._row(receipt, "in all")
        classes = receipt.get("classes")
        if total is None or not isinstance(classes, dict):
            if not isinstance(classes, dict):
                self._error("no sums by class")
            return
        rows = {name: self._row(row, f"class {name}") for name, row in classes.items()}
        whole = {name: row for name, row in rows.items() if row is not None}
        if len(whole) < len(rows):
            return
        for name in COUNTS:
            added = sum(row[name] for row in whole.values())
            if added != total[name]:
                self._error(f"{name} is {total[name]:,} in all, but its classes add up to {added:,}")
        self._check_outcomes(whole)

    def _read(self) -> dict[str, Any] | None:
        try:
            if self.path.stat().st_size > MAX_OBJECT:
                raise ValueError("too large")
            receipt = value_of(self.path.read_bytes())
            if not isinstance(receipt, dict):
                raise ValueError("no object")
        except ValueError as error:
            self._error(f"is no JSON receipt: {error}")
            return None
        return receipt

    def _row(self, row: object, which: str) -> Counts | None:
        """One row of sums, if it is one; says where it does not add up."""
        if not isinstance(row, dict):
            self._error(f"{which}: no sums but {row!r:.80}")
            return None
        counts = {name: row.get(name) for name in COUNTS}
        for name, count in counts.items():
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                self._error(f"{which}: {name} is no count: {count!r:.80}")
                return None
        sums: Counts = {name: count for name, count in counts.items() if isinstance(count, int)}
        came = sum(sums[name] for name in OUTCOMES)
        if sums["asked"] != came:
            parts = " + ".join(f"{sums[name]:,} {name}" for name in OUTCOMES)
            self._error(f"{which}: {sums['asked']:,} asked, but {parts} make {came:,}")
        return sums

    def _check_outcomes(self, rows: dict[str, Counts]) -> None:
        path = self.path.with_name(self.path.name.removesuffix(".json") + _SUFFIX)
        counted: Counter[tuple[str, str]] = Counter()
        offset = 0
        try:
            with path.open("rb") as lines:
                while line := lines.readline(1 << 20):
                    counted[self._outcome(path, offset, line)] += 1
                    offset += len(line)
        except FileNotFoundError:
            self.findings.add(f"crawls/{path.name}", 0, "outcomes_absent", "error", "is not there beside its receipt")
            return
        right = {(name, outcome): row[outcome] for name, row in rows.items() for outcome in OUTCOMES[1:]}
        for (name, outcome), count in sorted({**dict.fromkeys(counted, 0), **right}.items()):
            found = counted[name, outcome]
            if found != count and outcome:
                said = f"{found:,} lines say {name} {outcome}, its receipt counts {count:,}"
                self.findings.add(f"crawls/{path.name}", 0, "outcomes", "error", said)

    def _outcome(self, path: Path, offset: int, line: bytes) -> tuple[str, str]:
        """Class and outcome of one line; two empty words where it is none."""
        try:
            said = value_of(line)
            whole = (
                isinstance(said, dict) and said["outcome"] in OUTCOMES[1:] and {"url", "reason", "at"} <= said.keys()
            )
            if not whole or not isinstance(said["url"], str) or not said["reason"]:
                raise ValueError
            return str(said.get("class")), str(said["outcome"])
        except (ValueError, KeyError, TypeError):
            detail = f"no outcome with url, outcome, reason and at: {line[:80]!r}"
            self.findings.add(f"crawls/{path.name}", offset, "outcome", "error", detail)
            return "", ""

    def _error(self, detail: str) -> None:
        self.findings.add(self.file, 0, "receipt", "error", detail)
