"""Peak memory of `genbun crawl` by the number of pages: python -m bench.memory [PAIRS …]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.crawl import genbun
from bench.measure import press


def main() -> None:
    """Crawl presses of growing size."""
    sizes = [int(size) for size in sys.argv[1:]] or [500, 1000, 5000]
    print(f"{'pages':>8}{'resources':>11}{'peak MB':>9}{'res/s':>8}{'ms CPU/res':>12}")
    for pairs in sizes:
        with press(pairs) as origin, tempfile.TemporaryDirectory() as scratch:
            cost, count = genbun(origin, Path(scratch) / "g")
        print(
            f"{2 * pairs:>8,}{count:>11,}{cost.peak:>9.0f}{count / cost.wall:>8.0f}{cost.cpu / count * 1000:>12.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
