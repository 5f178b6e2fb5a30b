"""Power loss: what was written and not synced may be gone; what was told durable is there."""

from __future__ import annotations

import random
import signal
from pathlib import Path

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
    asked = len(press.exchanges)
    for number, at in enumerate([rng.randint(1, EVENTS)] + ([again] if again else [])):
        note = tmp_path / f"note{number}.json"
        power = {"root": str(folder), "at": at, "note": str(note)}
        first = crawl(press, folder, *extra, power=power)
        assert first.returncode in (-signal.SIGKILL, 0), first.stderr
        if first.returncode == 0:
            return  # it had ended before
        asked = len(press.exchanges)
        told += lose_power(folder, note, rng)
    ended = any(receipt["finished"] for receipt in receipts(folder)) if (folder / "crawls").exists() else False
    second = crawl(press, folder, *extra)
    assert second.returncode == 0, second.stderr
    kept = {record.id for record in records(folder)}
    assert {record_id for _, record_id in told} <= kept, "what was told durable is gone"
    assert set(answers(folder)) == set(answers(whole))
    if not ended:  # else the second is a recrawl, and asks whether they have changed
        committed = {url for url, _ in told}
        assert asked_since(press, asked) & committed == set(), "a committed page was fetched again"
        assert {url for url, count in answers(folder).items() if count > 1} & committed == set()
    assert_same_lines(whole, folder)
    assert_sound(folder)
    assert receipts(folder)[-1]["finished"]
