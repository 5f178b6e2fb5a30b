"""The addresses of the room's pages: those of a server, and those of files that lie in one another's folders."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

_PAGE: Final = re.compile(r"\?page=([0-9]+)")
_PLAIN: Final = re.compile(r"[^a-zA-Z0-9_-]+")


class Addresses(Protocol):
    """What a template asks for. `query` is what `Wanted.address` gives; a `record` is a WARC-Record-ID's UUID."""

    @property
    def live(self) -> bool: ...
    def home(self) -> str: ...
    def asset(self, name: str) -> str: ...
    def calendar(self, year: str, newspaper: str = "") -> str: ...
    def listing(self, query: str = "") -> str: ...
    def article(self, article_id: str, page: int = 1) -> str: ...
    def editions(self, article_id: str) -> str: ...
    def record(self, record: str, page: int = 1) -> str: ...
    def captured(self, record: str) -> str: ...
    def replayed(self, record: str) -> str: ...
    def problems(self, page: int = 1) -> str: ...
    def cite(self, record: str, form: str) -> str: ...
    def twin(self, address: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Live:
    """Those of the server. Absolute paths, the same as long as the collection is."""

    live: bool = True

    def home(self) -> str:
        return "/"

    def asset(self, name: str) -> str:
        return f"/assets/{name}"

    def calendar(self, year: str, newspaper: str = "") -> str:
        return f"/calendar/{year}" + (f"?newspaper={quote(newspaper, safe='')}" if newspaper else "")

    def listing(self, query: str = "") -> str:
        return f"/articles{query}"

    def article(self, article_id: str, page: int = 1) -> str:
        return f"/articles/{_name(article_id)}" + (f"?page={page}" if page > 1 else "")

    def editions(self, article_id: str) -> str:
        return f"/articles/{_name(article_id)}/editions"

    def record(self, record: str, page: int = 1) -> str:
        return f"/records/{_name(record)}" + (f"?page={page}" if page > 1 else "")

    def captured(self, record: str) -> str:
        return f"/records/{_name(record)}/captured"

    def replayed(self, record: str) -> str:
        return f"/records/{_name(record)}/replayed"

    def problems(self, page: int = 1) -> str:
        return "/problems" + (f"?page={page}" if page > 1 else "")

    def cite(self, record: str, form: str) -> str:
        return f"/records/{_name(record)}/cite.{form}"

    def twin(self, address: str) -> str:
        """The JSON twin of a page."""
        path, mark, query = address.partition("?")
        return f"{'/index' if path == '/' else path}.json{mark}{query}"


@dataclass(frozen=True, slots=True)
class Filed:
    """Those of files; `up` leads from the page to the folder of all, as `../../`."""

    up: str = ""
    live: bool = False

    def home(self) -> str:
        return f"{self.up}index.html"

    def asset(self, name: str) -> str:
        return f"{self.up}assets/{name}"

    def calendar(self, year: str, newspaper: str = "") -> str:
        return f"{self.up}calendar/{year or 'undated'}.html"

    def listing(self, query: str = "") -> str:
        page = _PAGE.fullmatch(query)
        return f"{self.up}articles/" + (f"page-{page[1]}.html" if page else f"index.html{query}")

    def article(self, article_id: str, page: int = 1) -> str:
        return f"{self.up}articles/{file_name(article_id)}" + (f"-{page}" if page > 1 else "") + ".html"

    def editions(self, article_id: str) -> str:
        return f"{self.up}articles/{file_name(article_id)}.editions.html"

    def record(self, record: str, page: int = 1) -> str:
        return f"{self.up}records/{file_name(record)}" + (f"-{page}" if page > 1 else "") + ".html"

    def captured(self, record: str) -> str:
        return f"{self.up}records/{file_name(record)}.captured.html"

    def replayed(self, record: str) -> str:
        return self.captured(record)  # files have no player

    def problems(self, page: int = 1) -> str:
        return f"{self.up}problems" + (f"-{page}" if page > 1 else "") + ".html"

    def cite(self, record: str, form: str) -> str:
        return self.record(record)  # where the forms stand in the page

    def twin(self, address: str) -> str:
        """The JSON twin of a page."""
        return address.partition("?")[0].removesuffix(".html") + ".json"


#: A record and an address captured near it → where its bytes are served; None where they are not held.
Images = Callable[[str, str], str | None]


def file_name(name: str) -> str:
    """An id as the name of a file, on any system: what else is in it is told by a digest, as is a case of letters."""
    plain = _PLAIN.sub("_", name).strip("_")[:80]
    if plain == name and name == name.lower() and name:
        return name
    return f"{plain}~{hashlib.blake2b(name.encode('utf-8', 'replace'), digest_size=5).hexdigest()}"


def _name(name: str) -> str:
    return quote(name, safe=":~")
