"""What a check finds: in which file, at which byte, what, how bad, and the detail that helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning", "note"]

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
#: Of one kind in one file so many are named and the rest counted: a hostile file may hold millions.
LIMIT: Final = 100
MAX_DETAIL: Final = 500


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that does not hold. `offset` is in bytes: of the gzip member in a WARC, of the line in a text file."""

    file: str
    offset: int
    what: str
    severity: Severity
    detail: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.file}: {self.offset:,}: {self.what}: {self.detail}"


class Findings:
    """What was found so far. Counts all; keeps the first `LIMIT` of each kind in each file."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, Severity]] = Counter()
        self._kept: list[Finding] = []

    def add(self, file: str, offset: int, what: str, severity: Severity, detail: str) -> None:
        """Note one finding; what cannot be printed in the file's name or the detail is escaped."""
        file = printable(file)
        key = file, what, severity
        self._counts[key] += 1
        if self._counts[key] <= LIMIT:
            self._kept.append(Finding(file, offset, what, severity, printable(detail)))

    def take(self, other: Findings) -> None:
        """Take all that another one holds, in its order."""
        for finding in other._kept:
            key = finding.file, finding.what, finding.severity
            if self._counts[key] < LIMIT:
                self._counts[key] += 1
                self._kept.append(finding)
                other._counts[key] -= 1
        self._counts.update({key: count for key, count in other._counts.items() if count})

    def count(self, severity: Severity) -> int:
        """How many there are of that severity, kept or not."""
        return sum(count for (_, _, how_bad), count in self._counts.items() if how_bad == severity)

    def __iter__(self) -> Iterator[Finding]:
        """All that were kept, by file and offset; after each kind that was cut off, how many more there are."""
        more = [
            Finding(file, -1, what, severity, f"{count - LIMIT:,} more of these in this file")
            for (file, what, severity), count in self._counts.items()
            if count > LIMIT
        ]
        yield from sorted(self._kept)
        yield from sorted(more)


def printable(text: str) -> str:
    """One line that a terminal can show: what comes from an archive may hold control characters."""
    if len(text) > MAX_DETAIL:
        text = f"{text[:MAX_DETAIL]}…"
    return text if text.isprintable() else "".join(ch if ch.isprintable() else ascii(ch)[1:-1] for ch in text)
