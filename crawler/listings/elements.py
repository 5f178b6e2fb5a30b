"""XML without a tree: sitemaps and feeds as a stream of entries, whatever their size and state.

Both are lists of small entries, so that is all that is ever held: one entry. Hostile or broken input costs what its
bytes cost, once: unpacking is bounded, no entity is ever defined or expanded (every `&` that is not one of XML's own
five or a character reference is turned into `&amp;` before the parser sees it), nesting and text are bounded.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

BYTE_LIMIT: Final = 52_428_800
"""What is read of one listing, unpacked: the bound that sitemaps.org sets for a sitemap (50 MB, 52,428,800 bytes)."""

ENTRY_LIMIT: Final = 50_000
"""How many entries are read of one listing: the bound that sitemaps.org sets. What stands behind is not read."""

_PIECE = 65_536
_DEPTH_LIMIT = 250
_BASES_LIMIT = 5
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_TEXT_LIMIT = 4_000
_VALUES_LIMIT = 10

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CODECS = frozenset(
    ("utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "cp932", "shift_jis", "euc_jp", "iso2022_jp")
)
_SURROGATE = re.compile(
    r"&#(?:[xX]0*([dD][89a-fA-F][0-9a-fA-F]{2})|0*(5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));"
)
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_FOREIGN = re.compile(r"\{[^}]*(?:mrss|itunes|podcast)|(?:media|itunes|podcast|googleplay):", re.IGNORECASE)
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class Value:
    """The text and attributes of one element, and each `xml:base` around it, the outermost first."""

    text: str
    attributes: Mapping[str, str]
    bases: tuple[str, ...]


@dataclass(slots=True)
class Entry:
    """One entry: its element's local name in lower case, and the values of the fields asked for, in order."""

    name: str
    values: dict[str, list[Value]] = field(default_factory=dict)

    def text(self, *names: str) -> str | None:
        """The first text that is not blank among these fields, the first name before the second."""
        texts = (value.text.strip() for name in names for value in self.values.get(name, ()))
        return next((text for text in texts if text), None)


def entries(body: bytes, names: frozenset[str], fields: frozenset[tuple[str, str]]) -> Iterator[Entry]:
    """The entries of an XML document, as they end; `fields` are pairs of parent and child, all names local.

    Fields that stand outside every entry come last, as an entry named "". Broken XML gives what could be read.
    """
    target = _Target(names, fields)
    parser = etree.XMLParser(  # type: ignore[call-overload]  # the stub asks for lxml's optional methods, too
        target=target, encoding="utf-8", recover=True, resolve_entities=False, no_network=True, huge_tree=False
    )
    for piece in _repaired(body):
        try:
            parser.feed(piece)
        except (etree.LxmlError, UnicodeError):
            break
        yield from target.ended()
        if target.depth > _DEPTH_LIMIT:
            break
    with suppress(etree.LxmlError, UnicodeError):  # what is missing at the end is missing
        parser.close()
    yield from target.ended()
    yield target.outside


def unpacked(body: bytes) -> Iterator[bytes]:
    """The bytes in pieces, gzip removed where its magic number stands, at most `BYTE_LIMIT`; a torn end is no error."""
    stream = gzip.GzipFile(fileobj=io.BytesIO(body)) if body.startswith(b"\x1f\x8b") else io.BytesIO(body)
    left = BYTE_LIMIT
    while left > 0:
        try:
            piece = stream.read1(min(_PIECE, left))
        except (OSError, EOFError, zlib.error):
            return
        if not piece:
            return
        left -= len(piece)
        yield piece


def decoded(body: bytes) -> Iterator[str]:
    """The characters in pieces: by byte order mark, XML declaration, or else UTF-8; bad bytes are replaced."""
    decoder: codecs.IncrementalDecoder | None = None
    for piece in unpacked(body):
        decoder = decoder or codecs.getincrementaldecoder(_codec(piece[:512]))("replace")
        yield decoder.decode(piece)
    if decoder is not None:
        yield decoder.decode(b"", True)


def _codec(head: bytes) -> str:
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec
    declared = _DECLARED.match(head)
    if declared is None:
        return {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(head[:2], "utf-8")
    try:
        codec = codecs.lookup(declared[1].decode("ascii")).name
    except LookupError:
        return "utf-8"
    return codec if codec in _CODECS else "utf-8"


def _repaired(body: bytes) -> Iterator[bytes]:
    """UTF-8 pieces that hold no entity but XML's own, and no character that XML forbids."""
    carried = ""
    for piece in _from_first_tag(decoded(body)):
        whole = carried + piece
        cut = whole.rfind("&", max(len(whole) - 16, 0))  # a reference may go on in the next piece
        whole, carried = (whole[:cut], whole[cut:]) if cut >= 0 else (whole, "")
        yield _BARE_AMPERSAND.sub("&amp;", _NO_XML.sub("", _without_surrogates(whole))).encode()
    yield _BARE_AMPERSAND.sub("&amp;", _NO_XML.sub("", _without_surrogates(carried))).encode()


def _without_surrogates(text: str) -> str:
    """`&#xD83D;&#xDE00;`, as careless feeds have it, is one character; half of a pair is none."""
    undone = _SURROGATE.sub(lambda found: chr(int(found[1], 16) if found[1] else int(found[2])), text)
    return text if undone is text else undone.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _from_first_tag(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces without what stands before the first `<`: a warning of PHP's, blank lines, a second BOM."""
    begun = False
    for piece in pieces:
        start = 0 if begun else piece.find("<")
        begun = start >= 0
        yield piece[start:] if begun else ""


def local(name: str) -> str:
    """A name without namespace or prefix, in lower case: feeds and sitemaps are often wrong about both.

    Names of the media and podcast extensions keep a mark: their titles are a picture's or a show's, not the entry's.
    """
    mark = "media " if _FOREIGN.match(name) else ""
    return mark + name.rpartition("}")[2].rpartition(":")[2].lower()


class _Target:
    """What the parser calls: holds the path, the entry and the field that are open, nothing else."""

    def __init__(self, names: frozenset[str], fields: frozenset[tuple[str, str]]) -> None:
        self.outside = Entry("")
        self._names, self._fields = names, fields
        self._path: list[tuple[str, tuple[str, ...]]] = []
        self._entry: Entry | None = None
        self._entry_depth = 0
        self._open: tuple[str, int, Value] | None = None
        self._ended: list[Entry] = []

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self._path)

    def ended(self) -> list[Entry]:
        """The entries that ended since the last call."""
        ended, self._ended = self._ended, []
        return ended

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        parent, bases = self._path[-1] if self._path else ("", ())
        name = local(tag)
        if (base := attributes.get(_XML_BASE)) and len(bases) < _BASES_LIMIT:
            bases = (*bases, base)
        self._path.append((name, bases))
        if name in self._names:
            self._end_entry()
            self._entry, self._entry_depth = Entry(name), len(self._path)
        elif (parent, name) in self._fields:
            self._open = (name, len(self._path), Value("", dict(attributes), bases))

    def data(self, text: str) -> None:
        if self._open is not None and len(self._open[2].text) < _TEXT_LIMIT:
            self._open[2].text += text[:_TEXT_LIMIT]

    def end(self, tag: str) -> None:
        depth = len(self._path)
        if self._open is not None and self._open[1] >= depth:
            self._keep(self._open[0], self._open[2])
            self._open = None
        if self._entry_depth >= depth:
            self._end_entry()
        del self._path[-1:]

    def close(self) -> None:
        self._end_entry()
        self._path.clear()  # lxml's parser and its target hold each other until the garbage is collected

    def _keep(self, name: str, value: Value) -> None:
        values = (self._entry or self.outside).values.setdefault(name, [])
        if len(values) < _VALUES_LIMIT:
            values.append(value)

    def _end_entry(self) -> None:
        if self._entry is not None:
            self._ended.append(self._entry)
        self._entry, self._entry_depth, self._open = None, 0, None
