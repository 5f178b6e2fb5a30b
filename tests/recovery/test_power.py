"""Power loss: what was written and not synced may be gone; what was told durable is there."""

from __future__ import annotations

import random
import signal
from pathlib import Path
from typing import Any

import pytest

from crawler.press import Press
from tests.recovery.crawls import answers, asked_since, assert_same_lines, assert_sound, crawl, receipts, records
from tests.recovery.power import lose_power

EVENTS = 235  # of a whole crawl, about


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_power_loss(press: Press, whole: Path, tmp_path: Path, seed: int) -> None:
    lose_and_go_on(press, whole, tmp_path, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 124))
def test_power_loss_anywhere(press: Press, whole: Path, tmp_path: Path, seed: int) -> None:
    lose_and_go_on(press, whole, tmp_path, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200, 208))
def test_power_loss_while_files_rotate(press: Press, whole: Path, tmp_path: Path, seed: int) -> None:
    lose_and_go_on(press, whole, tmp_path, seed, "--set", "WARC_SIZE=30000")


def test_power_loss_twice(press: Press, whole: Path, tmp_path: Path) -> None:
    """The second time early, while the first loss is being mended."""
    lose_and_go_on(press, whole, tmp_path, 4, again=8)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(300, 308))
def test_power_loss_twice_anywhere(press: Press, whole: Path, tmp_path: Path, seed: int) -> None:
    lose_and_go_on(press, whole, tmp_path, seed, again=random.Random(seed).randint(1, 40))


def lose_and_go_on(press: Press, whole: Path, tmp_path: Path, seed: int, *extra: str, again: int | None = None) -> None:
    rng, folder = random.Random(seed), tmp_path / "c"
    told: list[tuple[str, str]] = []

    def crawl_on(power: dict[str, Any] | None = None) -> int:
        """Crawl; nothing that was told durable before is fetched again, unless a crawl had ended before."""
        committed, asked, ended = {url for url, _ in told}, len(press.exchanges), has_ended(folder)
        done = crawl(press, folder, *extra, **({"power": power} if power else {}))
        assert done.returncode in ((-signal.SIGKILL, 0) if power else (0,)), done.stderr
        assert ended or asked_since(press, asked) & committed == set(), "a committed page was fetched again"
        return done.returncode

    for number, at in enumerate([rng.randint(1, EVENTS)] + ([again] if again else [])):
        note = tmp_path / f"note{number}.json"
        if crawl_on({"root": str(folder), "at": at, "note": str(note)}) == 0:
            return  # it had ended before
        told += lose_power(folder, note, rng)
    crawl_on()
    kept = {record.id for record in records(folder)}
    assert {record_id for _, record_id in told} <= kept, "what was told durable is gone"
    assert set(answers(folder)) == set(answers(whole))
    assert_same_lines(whole, folder)
    assert_sound(folder)
    assert receipts(folder)[-1]["finished"]


def has_ended(folder: Path) -> bool:
    """Whether a crawl has: then the next is a recrawl, and asks whether pages have changed."""
    return (folder / "crawls").exists() and any(receipt["finished"] for receipt in receipts(folder))
