"""A whole crawl against the floor: CPU per resource, pages a second, memory.

python -m bench.crawl [--pairs 120] [--rounds 5] [--latency 0.05]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from archives.reader import groups
from bench.floor import HOSTS
from bench.measure import Cost, middle, press, run
from crawler.newspapers import parse_page
from crawler.readings import PAGE_CLASSES


def floor(origin: str) -> tuple[Cost, int]:
    """The floor's cost, and how many resources it fetched."""
    cost = run([sys.executable, "-m", "bench.floor", origin])
    return cost, json.loads(cost.output)["resources"]


def capture(origin: str, folder: Path) -> tuple[Cost, int]:
    """The floor's spider on our handler and archive."""
    cost = run([sys.executable, "-m", "bench.floor", origin, "--capture", str(folder)])
    return cost, json.loads(cost.output)["resources"]


def genbun(origin: str, folder: Path) -> tuple[Cost, int]:
    """`genbun crawl`: capture, reading, pairing, index and receipt."""
    command = [
        sys.executable,
        "-m",
        "crawler.commands.main",
        "crawl",
        "example_herald",
        "--to",
        str(folder),
        "--json",
        "--no-align",
    ]
    command += ["--delay", "0", "--concurrency", "16"]  # 16 on the wire at once, as the floor
    for host in HOSTS:
        command += ["--connect-to", f"{host}={origin}"]
    cost = run(command)
    receipt = json.loads(cost.output)
    return cost, receipt["archive"]["responses"] + receipt["archive"]["revisits"]


def reading(folder: Path) -> float:
    """CPU seconds a page that reading costs by itself, over every editorial and original of a collection."""
    pages = []
    for warc in (folder / "archive").iterdir():
        for group in groups(warc):
            if group.note("class") in PAGE_CLASSES and group.answer is not None and group.answer.type == "response":
                pages.append((group.message().body(), group.answer.url))
    began = time.process_time()
    for body, url in pages:
        parse_page(body, url)
    return (time.process_time() - began) / len(pages)


def main() -> None:
    """Alternate the three and print medians of same-round ratios."""
    options = argparse.ArgumentParser(prog="python -m bench.crawl", description=main.__doc__)
    options.add_argument("--pairs", type=int, default=120)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--latency", type=float, default=0.0)
    asked = options.parse_args()
    rows: dict[str, list[tuple[Cost, int]]] = {"floor": [], "capture": [], "genbun": []}
    read: list[float] = []
    with press(asked.pairs, asked.latency) as origin:
        for _ in range(asked.rounds):
            rows["floor"].append(floor(origin))
            with tempfile.TemporaryDirectory() as scratch:
                rows["capture"].append(capture(origin, Path(scratch) / "c"))
                rows["genbun"].append(genbun(origin, Path(scratch) / "g"))
                read.append(reading(Path(scratch) / "g"))
    print(f"{asked.pairs} pairs, {asked.rounds} rounds, {asked.latency * 1000:g} ms before each answer")
    print(
        f"{'':<9}{'resources':>10}{'CPU s':>8}{'ms CPU/res':>12}{'x floor':>9}{'res/s':>8}{'x floor':>9}{'peak MB':>9}"
    )
    for name, runs in rows.items():
        per = [cost.cpu / count for cost, count in runs]
        rate = [count / cost.wall for cost, count in runs]
        base_per = [cost.cpu / count for cost, count in rows["floor"]]
        base_rate = [count / cost.wall for cost, count in rows["floor"]]
        print(
            f"{name:<9}{runs[0][1]:>10}{middle([cost.cpu for cost, _ in runs]):>8.2f}{middle(per) * 1000:>12.2f}"
            f"{middle([a / b for a, b in zip(per, base_per, strict=True)]):>9.2f}{middle(rate):>8.0f}"
            f"{middle([a / b for a, b in zip(rate, base_rate, strict=True)]):>9.2f}"
            f"{middle([cost.peak for cost, _ in runs]):>9.0f}"
        )
    print(f"reading one page, by itself: {middle(read) * 1000:.2f} ms CPU")


if __name__ == "__main__":
    main()
