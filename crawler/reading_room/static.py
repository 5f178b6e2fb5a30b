"""A ROOM → files: the same pages, captures and search, for any web server or a stick (`genbun read --static`)."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from crawler.errors import UsageError
from crawler.reading_room.addresses import Filed, file_name
from crawler.reading_room.captures import moment_of
from crawler.reading_room.drawing import asset
from crawler.reading_room.filing import Files
from crawler.reading_room.filling import uuid_of
from crawler.reading_room.index import PER_PAGE, Row
from crawler.reading_room.room import Room
from crawler.reading_room.shards import write_search
from crawler.reading_room.views import View, Views
from crawler.reading_room.wanted import Wanted

ASSETS: Final = ("room.css", "room.js", "list.js")


class Progress(Protocol):
    """Is told how much there is to do, and what is done."""

    def begin(self, word: str, total: int) -> None: ...
    def moved(self, size: int) -> None: ...


@dataclass(slots=True)
class Written:
    """What a site holds."""

    files: int = 0
    size: int = 0


def write_site(room: Room, target: Path, progress: Progress) -> Written:
    """Write the site into a new folder, whole or not at all. Raises `UsageError` where the folder is there already."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target}: is there already; --static takes a new folder")
    if target.resolve().is_relative_to(room.collection.path.resolve()):
        raise UsageError(f"{target}: lies in the collection, which is only read; give a folder beside it")
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent}: is no folder; make it first, or give another --static")
    draft = target.with_name(f".{target.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        written = _Site(room, draft, progress).write()
        if target.exists():
            target.rmdir()
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


class _Site:
    """One site while it is written."""

    def __init__(self, room: Room, folder: Path, progress: Progress) -> None:
        self.room, self.folder, self.progress = room, folder, progress
        self.written = Written()
        self._folders: set[Path] = set()
        pages = {line["url"]: f"{file_name(row['record'])}.html" for row, line in self._latest()}
        self.files = Files(room.captures, pages, self._file)
        self.top = Views(room, Filed(), calendars=1000)
        self.below = Views(room, Filed("../"), self._image, calendars=1000)

    def write(self) -> Written:
        """All of it."""
        index = self.room.index
        for name in ASSETS:
            self._file(f"assets/{name}", asset(name))
        self._page("index.html", self.top, self.top.home())
        for page in range(1, self.top.problems().values["pages"] + 1):
            self._page(self.top.to.problems(page), self.top, self.top.problems(page))
        for year in filter(None, index.years()):
            self._page(f"calendar/{year}.html", self.below, self.below.calendar(year))
        self._lists()
        rows = index.all_articles()
        self.progress.begin("written", sum(row["size"] for row in rows))
        for row in rows:
            self._article(row)
            self.progress.moved(row["size"])
        for problem in index.problems():
            if problem["capture"]:
                self._captured(uuid_of(problem["capture"]["record_id"]))
        write_search(index, self._file)
        return self.written

    def _lists(self) -> None:
        count = self.room.index.count("entries")
        for page in range(1, -(-count // PER_PAGE) + 1 or 2):
            view = self.below.listing(Wanted(page=page))
            self._page(f"articles/{'index' if page == 1 else f'page-{page}'}.html", self.below, view)

    def _article(self, row: Row) -> None:
        """An edition's own pages; of the latest also those of the article."""
        to = self.below.to
        if row["latest"]:
            view = self.below.article(row["id"])
            for page in range(1, view.values["pages"] + 1):
                self._page(_path(to.article(row["id"], page)), self.below, self.below.article(row["id"], page))
            if row["editions"] > 1:
                self._page(_path(to.editions(row["id"])), self.below, self.below.editions(row["id"]))
        view = self.below.record(row["record"])
        for page in range(1, view.values["pages"] + 1):
            self._page(_path(to.record(row["record"], page)), self.below, self.below.record(row["record"], page))
        self._captured(row["record"])

    def _captured(self, record: str) -> None:
        capture, _ = self.room.capture_of(record)
        path = self.files.page(record, capture)
        view = self.below.captured(record, f"../{path}" if path else "")
        self._page(_path(self.below.to.captured(record)), self.below, view)

    def _page(self, path: str, views: Views, view: View) -> None:
        self._file(path, views.html(view))
        self._file(path.removesuffix(".html") + ".json", views.json(view))

    def _image(self, record: str, url: str) -> str | None:
        row = self.room.index.of_record(record)
        held = self.files.named(url, moment_of(row["captured"])) if row else None
        return f"../captured/files/{held}" if held else None

    def _latest(self) -> list[tuple[Row, Row]]:
        return [
            (row, self.room.index.line(row["key"])["capture"])
            for row in self.room.index.all_articles()
            if row["latest"]
        ]

    def _file(self, path: str, data: bytes) -> None:
        whole = self.folder / path
        if whole.parent not in self._folders:
            whole.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(whole.parent)
        if whole.exists():
            return
        whole.write_bytes(data)
        self.written.files += 1
        self.written.size += len(data)


def _path(address: str) -> str:
    """A page's path below the site's folder, from its address as its neighbours have it."""
    return address.removeprefix("../")
