"""`make bench`: every benchmark, one after the other, in sizes that take minutes rather than hours.

python -m bench              all of them
python -m bench crawl pack   only those named
"""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS: dict[str, list[list[str]]] = {
    "crawl": [["--pairs", "120", "--rounds", "5"], ["--pairs", "120", "--rounds", "3", "--latency", "0.05"]],
    "memory": [["500", "5000"]],
    "writing": [[]],
    "verify": [[]],
    "recovery": [[]],
    "rebuild": [[]],
    "pack": [[]],
    "readers": [[]],
    "scale": [["--runs", "3"]],
    "likeness": [[]],
    "read": [["--pairs", "2000"]],
    "scale_rebuild": [[]],
}


def main() -> int:
    """Run the benchmarks that are named, or all; returns the first exit status that is not 0."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark is called {unknown[0]}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names:
        for options in BENCHMARKS[name]:
            print(f"\n== python -m bench.{name} {' '.join(options)}", flush=True)
            status = subprocess.run([sys.executable, "-m", f"bench.{name}", *options], check=False).returncode
            if status:
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
