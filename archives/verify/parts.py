"""A large WARC file → parts of it, each from the beginning of one answer to that of another, to be read side by side.

Where a part begins is guessed from the bytes alone, and may be wrong where a payload holds a WARC file of its own. So
what parts say counts only while none of them has an error: a wrong guess cuts a record in two, which is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

from archives.verify.blocks import ANSWERS
from archives.verify.members import Damaged, Members

LEAST: Final = 16_000_000  # bytes of WARC: for less, a part costs more than it saves
_HEAD: Final = 4096  # of a record, in which its type is looked for


def part_size(sizes: Sequence[int], jobs: int) -> int:
    """How large a part should be, so that all processes are busy to the end: two parts for each."""
    return max(LEAST, -(-sum(sizes) // (2 * jobs)))


def parts_of(path: Path, size: int) -> list[tuple[int, int]]:
    """Where each part begins and ends, if they are to be about that size. One alone if nothing better is found."""
    with path.open("rb", buffering=0) as stream:
        end = stream.seek(0, 2)
        count = -(-end // size) if end > size + LEAST else 1
        begins = [0]
        for number in range(1, count):
            begin = _next_answer(stream, end * number // count)
            if begins[-1] < begin < end:
                begins.append(begin)
    return list(zip(begins, [*begins[1:], end], strict=True))


def _next_answer(stream: BinaryIO, position: int) -> int:
    """Where the next response or revisit begins behind a position; 0 if none is found.

    Ours and warcio's requests and metadata lie behind the answer they belong to, so that no exchange is cut in two.
    """
    members = Members(stream)
    members.go_to(position)
    while members.find_next():
        try:
            members.begin()
            head = members.read()[:_HEAD].lower()
        except Damaged:
            head = b""
        kind = head.partition(b"\r\nwarc-type:")[2].partition(b"\r\n")[0].strip().decode("latin-1")
        if kind in ANSWERS:
            return members.offset
    return 0
