"""CONCERNS → the lines that monitoring reads, and the exit status: `OK`, `WARNING` or `CRITICAL` and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crawler.status.concerns import Concern, Severity

WORDS: Final[dict[Severity, str]] = {"critical": "CRITICAL", "warning": "WARNING", "note": "OK"}


def state_of(concerns: Sequence[Concern]) -> str:
    """The word for all of them."""
    return WORDS[concerns[0].severity] if concerns else "OK"


def exit_of(concerns: Sequence[Concern]) -> int:
    """The exit status: that of the gravest; where several are as grave, of the first of 1, 4, 6 and 3."""
    gravest = [one for one in concerns if one.severity == concerns[0].severity]
    return min((one.exit for one in gravest), key=(1, 4, 6, 3, 0).index, default=0)


def lines_of(concerns: Sequence[Concern], name: str, otherwise: str) -> list[str]:
    """One line that says it all, as plugins of Nagios do, then one a concern. `otherwise` is what an OK says."""
    grave = [one for one in concerns if one.severity != "note"]
    said = grave[0].sentence if grave else otherwise
    more = f" (and {len(grave) - 1} more)" if len(grave) > 1 else ""
    first = f"{state_of(concerns)} - {name}: {said}{more}"
    return [_plain(line) for line in (first, *(f"{WORDS[one.severity]} - {one.sentence}" for one in concerns))]


def _plain(line: str) -> str:
    """On one line, and without the bar behind which plugins give figures."""
    return " ".join(line.replace("|", "/").split())
