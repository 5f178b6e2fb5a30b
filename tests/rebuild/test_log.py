"""While pairs are aligned, which takes long, the journal's write-ahead log stays small."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from archives.collection import Collection
from archives.journal import Journal
from crawler import lines
from crawler.lines import latest_translations
from crawler.press import Press, scaled
from tests.crawl.crawling import Left, crawl


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crawl of seven pairs."""
    folder = tmp_path_factory.mktemp("log") / "collection"
    with Press(scaled(7)) as press:
        done = crawl(press, folder)
    assert done.status == 0, done.err
    return folder


def test_no_query_is_open_between_two_translations(
    crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An open one would keep SQLite from beginning the log anew: it said "database table is locked" here."""
    monkeypatch.setattr(lines, "AT_ONCE", 3)
    folder = Path(shutil.copytree(crawled, tmp_path / "copy"))
    with closing(Journal(Collection(folder).journal)) as journal:
        lines._number_versions(journal.db)
        seen = []
        for line in latest_translations(journal.db):
            seen.append(line.id)
            journal.db.execute("UPDATE readings SET at = at WHERE article_id = ?", (line.id,))
            busy, left, moved = journal.db.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
            assert (busy, left) == (0, moved)
    assert seen == sorted(pair["id"] for pair in Left(crawled).lines("pairs"))
