"""A crawl that ended because the site refused it (exit 6) is unfinished; the next one asks again what was refused."""

from __future__ import annotations

from pathlib import Path

from crawler.press import Answer, Press, demo
from tests.recovery.crawls import answers, balanced, crawl, lines, receipts

BUSY = Answer(b"Too many requests", "text/plain", status=429)
LISTINGS = ("/sitemap_index.xml", "/feed/")


def test_refused_listings_are_asked_again(tmp_path: Path) -> None:
    with Press(demo(rest=False)) as press:
        whole = tmp_path / "whole"
        assert crawl(press, whole).returncode == 0
        folder = tmp_path / "collection"
        for path in LISTINGS:
            press.instead("herald.example", path, BUSY)
        first = crawl(press, folder)
        assert first.returncode == 6
        assert "429" in first.stderr
        for path in LISTINGS:
            press.instead("herald.example", path)
        second = crawl(press, folder)
        assert second.returncode == 0, second.stderr
    assert [receipt["finished"] for receipt in receipts(folder)] == [False, True]
    assert all(balanced(receipt) for receipt in receipts(folder))
    for kind in ("articles", "pairs", "problems"):
        assert lines(folder, kind) == lines(whole, kind)


def test_a_host_that_is_tired_is_not_asked_for_other_listings(tmp_path: Path) -> None:
    with Press(demo(rest=False)) as press:
        for path in LISTINGS:
            press.instead("herald.example", path, BUSY)
        assert crawl(press, tmp_path / "collection").returncode == 6
        assert not [one for one in press.exchanges if one.path.startswith(("/category/", "/2026/"))]
    assert answers(tmp_path / "collection")
