"""A ROOM and what is asked of it → a view: what stands on the page, and its JSON twin. Served or written, the same."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from crawler.errors import UsageError
from crawler.reading_room.addresses import Addresses, Images
from crawler.reading_room.beside import Beside, rows_of
from crawler.reading_room.calendars import sheet_of
from crawler.reading_room.citing import formats, item_of, item_of_collection
from crawler.reading_room.drawing import draw, plain
from crawler.reading_room.filling import uuid_of
from crawler.reading_room.index import PER_PAGE, Row
from crawler.reading_room.passages import Looked, Piece
from crawler.reading_room.proofs import facts_of, shell_lines
from crawler.reading_room.revisions import revisions_of
from crawler.reading_room.room import NoSuchPage, Room
from crawler.reading_room.wanted import Wanted

LATEST: Final = 8
PROBLEMS: Final = 100  # on one page
LISTED: Final = ("id", "version", "newspaper", "language", "headline", "day", "section", "access")
MOST_CALENDARS: Final = 4  # newspapers on one page
MOST_REVISIONS: Final = 12  # of an article that are shown marked

Data = dict[str, Any]


@dataclass(slots=True)
class View:
    """One page: its template with its values, and its data for programs. `address` is its own."""

    template: str
    title: str
    address: str
    values: Data
    data: Data
    citation: Data = field(default_factory=dict)


class Views:
    """All views of a room, for one kind of addresses."""

    def __init__(self, room: Room, to: Addresses, images: Images | None = None, player: bool = False,
                 calendars: int = MOST_CALENDARS) -> None:  # fmt: skip
        self.room, self.to, self.player, self.calendars = room, to, player, calendars
        self.images: Images = images or (lambda record, url: None)

    def html(self, view: View) -> bytes:
        """The page."""
        index, papers = self.room.index, self.room.papers
        return draw(
            view.template,
            to=self.to,
            title=plain(view.title),
            collection=index.about("name"),
            address=view.address,
            cite=formats(view.citation or self._collection_item(view.address)),
            cite_record=view.citation.get("number"),
            uuid_of=uuid_of,
            title_of=lambda name: papers.get(name, {}).get("title", name),
            updated=index.about("updated"),
            unreadable=index.about("unreadable"),
            count_problems=index.count("problems"),
            **view.values,
        )

    def json(self, view: View) -> bytes:
        """The same for programs."""
        cite = formats(view.citation or self._collection_item(view.address))
        twin = {"title": view.title, "address": view.address, **view.data, "cite": cite}
        return json.dumps(twin, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def _collection_item(self, address: str) -> Data:
        index = self.room.index
        first, last = index.captured()
        return item_of_collection(index.about("name"), first, last, index.count("articles"), address)

    # the whole ------------------------------------------------------------------------------------

    def home(self) -> View:
        """The collection at a glance."""
        index = self.room.index
        statuses, years = index.statuses(), index.years()
        first, last = index.captured()
        papers = list(self.room.papers.values())
        latest = index.listed(Wanted(), LATEST).entries
        values = {"papers": papers, "statuses_held": statuses, "years": years, "first": first, "last": last,
                  "entries": [self._entry(entry) for entry in latest], "articles": index.count("articles")}  # fmt: skip
        data = {"collection": index.about("name"), "newspapers": papers, "pairs": statuses, "years": years,
                "captured": {"first": first, "last": last}, "problems": index.count("problems")}  # fmt: skip
        return View("home.html", str(index.about("name")), self.to.home(), values, data)

    def calendar(self, year: str, newspaper: str = "") -> View:
        """A year of each newspaper, day by day. Raises `NoSuchPage`."""
        index = self.room.index
        years = index.years()
        if year not in years or not year:
            raise NoSuchPage(f"nothing of the year {plain(year)} is held")
        held = [name for name in self.room.papers if name in years[year]]
        chosen = [newspaper] if newspaper in held else held[: self.calendars]
        sheets = [sheet_of(index, name, self.room.title(name), year) for name in chosen]
        values = {"year": year, "years": [one for one in years if one], "sheets": sheets, "newspaper": newspaper,
                  "others": [name for name in held if name not in chosen]}  # fmt: skip
        data = {"year": year, "newspapers": [
            {"newspaper": sheet["name"], "days": sheet["days"], "gaps": sheet["gaps"]} for sheet in sheets
        ]}  # fmt: skip
        return View("calendar.html", f"{year}", self.to.calendar(year, newspaper), values, data)

    def problems(self, page: int = 1) -> View:
        """Pages that should have been articles and are not. Raises `NoSuchPage`."""
        problems = self.room.index.problems()
        pages = max(1, -(-len(problems) // PROBLEMS))
        if not 0 < page <= pages:
            raise NoSuchPage(f"page {page} of a list that has {pages}")
        shown = problems[(page - 1) * PROBLEMS : page * PROBLEMS]
        values = {"problems": shown, "page": page, "pages": pages, "page_address": self.to.problems}
        data = {"total": len(problems), "page": page, "pages": pages, "problems": shown}
        return View("problems.html", "Pages that gave no article", self.to.problems(page), values, data)

    # the list -------------------------------------------------------------------------------------

    def listing(self, wanted: Wanted, size: int = PER_PAGE) -> View:
        """The editorials that are asked for, a page of them; with words, the passages that hold them."""
        index = self.room.index
        listed = index.listed(wanted, size)
        looked = Looked(wanted.parts) if wanted.query else Looked(())
        entries = [self._entry(entry, looked, wanted) for entry in listed.entries]
        pages = -(-listed.total // size)
        values = {"wanted": wanted, "entries": entries, "total": listed.total, "pages": pages,
                  "names": [(name, paper["title"]) for name, paper in self.room.papers.items()],
                  "page_address": lambda page: self.to.listing(wanted.address(page=page)),
                  "sections": index.sections(wanted.newspaper)}  # fmt: skip
        data = {"total": listed.total, "page": wanted.page, "pages": pages,
                "entries": [_entry_data(entry) for entry in entries]}  # fmt: skip
        title = f"“{wanted.words}”" if wanted.words else "Editorials"
        return View("list.html", title, self.to.listing(wanted.address(page=wanted.page)), values, data)

    def _entry(self, entry: Row, looked: Looked | None = None, wanted: Wanted | None = None) -> Row:
        passages: list[tuple[Row, list[list[Piece]]]] = []
        if looked and wanted is not None:
            for article in [*entry["sides"], *(self.room.index.earlier(entry) if wanted.earlier else ())]:
                line = self.room.index.line(article["key"])
                found = looked.passages(
                    "\n".join(filter(None, (line["standfirst"], line["text"]))), article["language"]
                )
                if found and (article["latest"] or not any(one["id"] == article["id"] for one, _ in passages)):
                    passages.append((article, found))
        headlines = [
            looked.marked(side["headline"]) if looked else [Piece(side["headline"])] for side in entry["sides"]
        ]
        return {**entry, "headlines": headlines, "passages": passages}

    # one article ----------------------------------------------------------------------------------

    def article(self, article_id: str, page: int = 1) -> View:
        """An article beside its counterpart. Raises `NoSuchPage`."""
        index = self.room.index
        asked = self._asked(article_id)
        pair = index.pair(article_id)
        translations = [] if pair else index.translations(article_id)
        first = asked
        if translations:
            first = index.article(translations[0]) or asked
            pair = index.pair(translations[0])
        second = index.article(pair["original"]["id"]) if pair and pair["original"] else None
        if first["id"] != article_id and (second is None or second["id"] != article_id):
            first, second, pair = asked, None, None  # lines that do not agree: what is asked is shown alone
        line = index.line(first["key"])
        other = index.line(second["key"]) if second else None
        alignment = self._alignment(pair, first, second)
        beside = rows_of(line, other, alignment)
        if not 0 < page <= len(beside.pages):
            raise NoSuchPage(f"page {page} of an article that has {len(beside.pages)}")
        shown = ((first, line), (second, other))
        values = {"sides": [self._side(one, text) for one, text in shown if one and text], "pair": pair,
                  "rows": beside.pages[page - 1], "links": beside.links, "page": page,
                  "pages": len(beside.pages), "aligned": bool(alignment), "image_of": self.images,
                  "others": translations[1:],
                  "page_address": lambda page: self.to.article(article_id, page)}  # fmt: skip
        data = {"article": index.line(asked["key"]), "pair": pair,
                "counterpart": other if asked["key"] == first["key"] else line,
                "editions": [_edition(row) for row in index.editions(article_id)]}  # fmt: skip
        return View("article.html", asked["headline"], self.to.article(article_id, page), values, data,
                    item_of(index.line(asked["key"]), self.room.title(asked["newspaper"])))  # fmt: skip

    def _asked(self, article_id: str) -> Row:
        found = self.room.index.article(article_id)
        if found is None:
            raise NoSuchPage(f"no article of this collection has the id {plain(article_id)}")
        return found

    def _alignment(self, pair: Data | None, first: Row, second: Row | None) -> Data | None:
        """The pair's alignment, if it is of the versions that are shown."""
        if not pair or not pair["alignment"] or second is None:
            return None
        versions = pair["translation"]["version"], pair["original"]["version"]
        alignment: Data = pair["alignment"]
        return alignment if versions == (first["version"], second["version"]) else None

    def _side(self, row: Row, line: Data) -> Data:
        return {**row, "line": line, "title": self.room.title(row["newspaper"])}

    def editions(self, article_id: str) -> View:
        """What changed from each edition to the next. Raises `NoSuchPage`."""
        index = self.room.index
        asked = self._asked(article_id)
        rows = index.editions(article_id)
        pair, other = self._pair_of(article_id)
        lines = [index.line(row["key"]) for row in rows[-MOST_REVISIONS - 1 :]]
        others = [index.line(row["key"]) for row in index.editions(other)] if other else []
        revisions = revisions_of(lines, others, pair) if len(lines) > 1 else []
        values = {"article": asked, "editions": rows, "revisions": revisions,
                  "other": index.article(other) if other else None, "left": max(0, len(rows) - len(lines)),
                  "folder": self.room.collection.path.name}  # fmt: skip
        data = {"id": article_id, "editions": [_edition(row) for row in rows], "revisions": [
            {"from_version": one.from_version, "to_version": one.to_version, "before": one.before, "changes": one.count,
             "followed": one.followed, "fields": [name for name, _ in one.fields],
             "paragraphs": [[[mark.kind, mark.text] for mark in marks] for _, marks in one.paragraphs]}
            for one in revisions
        ]}  # fmt: skip
        return View("editions.html", f"Editions: {asked['headline']}", self.to.editions(article_id), values, data,
                    item_of(index.line(asked["key"]), self.room.title(asked["newspaper"])))  # fmt: skip

    def _pair_of(self, article_id: str) -> tuple[Data | None, str | None]:
        """The pair that an article stands in, and the other side's id."""
        index = self.room.index
        pair = index.pair(article_id)
        if pair:
            return pair, pair["original"]["id"] if pair["original"] and index.article(pair["original"]["id"]) else None
        translations = index.translations(article_id)
        return (
            (index.pair(translations[0]), translations[0])
            if translations and index.article(translations[0])
            else (None, None)
        )

    # one record -----------------------------------------------------------------------------------

    def record(self, record: str, page: int = 1) -> View:
        """The edition that was read from a record, with its proofs. Raises `NoSuchPage`."""
        row = self.room.index.of_record(record)
        if row is None:
            raise NoSuchPage(f"no article was read from a record {plain(record)}")
        line = self.room.index.line(row["key"])
        beside: Beside = rows_of(line)
        if not 0 < page <= len(beside.pages):
            raise NoSuchPage(f"page {page} of a text that has {len(beside.pages)}")
        folder = self.room.collection.path.name or "."
        shell = shell_lines(folder, line, self.room.captures.stored_at(line["capture"]))
        values = {"side": self._side(row, line), "facts": facts_of(line["capture"]), "shell": shell,
                  "rights": _said(line.get("rights") or {}),
                  "rows": beside.pages[page - 1], "page": page, "pages": len(beside.pages), "links": {},
                  "image_of": self.images, "player": self.player, "folder": folder,
                  "page_address": lambda page: self.to.record(record, page)}  # fmt: skip
        title = f"{line['headline']}, edition {row['version']}"
        return View("record.html", title, self.to.record(record, page), values,
                    {"article": line, "shell": [command for _, command in shell]},
                    item_of(line, self.room.title(row["newspaper"])))  # fmt: skip

    def captured(self, record: str, frame: str, replayed: bool = False) -> View:
        """The page as it was captured, in a frame of another origin at `frame`. Raises `NoSuchPage`."""
        capture, line = self.room.capture_of(record)
        values = {"capture": capture, "line": line, "frame": frame, "record": record, "replayed": replayed,
                  "player": self.player}  # fmt: skip
        title = f"{'Replayed' if replayed else 'As captured'}: {line['headline'] if line else capture['url']}"
        address = self.to.replayed(record) if replayed else self.to.captured(record)
        return View("captured.html", title, address, values, {"capture": capture},
                    item_of(line, self.room.title(line["newspaper"])) if line else {})  # fmt: skip


def _said(rights: Data) -> list[tuple[str, str]]:
    """What page and response say that machines may do with it."""
    names = {"robots": "for robots", "tdm_reservation": "text and data mining", "tdm_policy": "mining policy",
             "license": "licence", "copyright_notice": "copyright"}  # fmt: skip
    found = [(words, rights.get(name)) for name, words in names.items()]
    return [(words, ", ".join(value) if isinstance(value, list) else str(value)) for words, value in found if value]


def _edition(row: Row) -> Data:
    return {"version": row["version"], "record_id": f"<urn:uuid:{row['record']}>", "captured_at": row["captured"],
            "headline": row["headline"], "access": row["access"], "truncated": bool(row["truncated"])}  # fmt: skip


def _entry_data(entry: Row) -> Data:
    return {
        "status": entry["status"],
        "day": entry["day"],
        "edited": bool(entry["edited"]),
        "articles": [
            {name: side[name] for name in LISTED}
            for side in entry["sides"]
        ],
        "passages": [
            {"id": article["id"], "version": article["version"], "text": "".join(piece.text for piece in passage),
             "found": [piece.text for piece in passage if piece.found]}
            for article, found in entry["passages"] for passage in found
        ],
    }  # fmt: skip


def page_number(said: str) -> int:
    """The number of a page in an address. Raises `UsageError`."""
    if not (said.isascii() and said.isdigit() and 0 < len(said) < 7):
        raise UsageError(f"page: {said[:40]!r} is no page")
    return int(said)
