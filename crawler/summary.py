"""What a crawl says at its end: what was written, where, and the next useful command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from crawler.commands.myself import myself

if TYPE_CHECKING:
    from spiders.collecting import Collecting

STATUS_WORDS = {
    "paired": "paired with their originals",
    "restricted": "with an original that only members may read whole",
    "no_link": "that name no original",
    "gone": "whose original is gone",
    "refused": "whose original we may not ask for",
    "not_captured": "whose original did not answer",
    "unreadable": "whose original could not be read",
}


def print_summary(collecting: Collecting) -> None:
    """Print the summary; problems go to standard error."""
    for line in summary(collecting):
        print(line)
    if collecting.message:
        print(f"genbun: {collecting.message}", file=sys.stderr)


def summary(collecting: Collecting) -> list[str]:
    """The lines of the summary."""
    folder, written, archive = collecting.collection.path, collecting.written, collecting.archive
    sums = collecting.desk.sums
    total = {
        state: sum(count[state] for count in sums.values())
        for state in ("asked", "fetched", "refused", "failed", "skipped")
    }
    pending = len(collecting.desk.still_open())
    lines = [
        f"{collecting.spider.paper.title}: {total['asked']} addresses asked"
        f" = {total['fetched']} fetched + {total['refused']} refused + {total['failed']} failed"
        f" + {total['skipped'] + pending} skipped",
        f"{archive.responses} responses and {archive.revisits} revisits kept, {archive.bytes_written / 1e6:.1f} MB",
        "",
        f"{folder}/ now holds",
        f"  {written.articles} articles ({written.versions} versions)   records/articles.jsonl",
        f"  {sum(written.pairs.values())} translations                records/pairs.jsonl",
    ]
    lines += [f"      {count} {STATUS_WORDS[status]}" for status, count in _by_count(written.pairs)]
    if written.aligned:
        lines.append(f"      {written.aligned} of them aligned, sentence by sentence")
    if left := collecting.aligned["left"]:
        lines.append(f"      {left:.0f} left to be aligned, by the next crawl or by `genbun rebuild`")
    if written.not_aligned:
        lines.append(f"      {written.not_aligned} that cannot be aligned: `not_aligned` in their lines says why")
    if written.problems:
        lines.append(f"  {written.problems} pages that could not be read   records/problems.jsonl")
    if collecting.receipt is not None:
        lines.append(f"  the receipt                    {collecting.receipt.relative_to(folder)}")
    lines += ["", "next:", *_next(collecting)]
    return lines


def _next(collecting: Collecting) -> list[str]:
    folder = collecting.collection.path
    served = f"collections/{folder.name}"
    return [
        f"  {myself()} verify {folder}     # every byte, digest and line against each other",
        f"  {myself()} status {folder}     # what it holds, and what needs a hand",
        f"  mkdir -p collections && ln -s {folder.resolve()} {served} && wayback   # replay with pywb",
    ]


def _by_count(pairs: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(pairs.items(), key=lambda one: (-one[1], one[0]))
