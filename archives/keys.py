"""The CDXJ key of an address: under what pywb and cdxj-indexer look a capture up (SURT, Sort-friendly URI Reordering).

`https://www.sankei.com/article/20230331-abc/` gets the key `com,sankei)/article/20230331-abc`. A key that differs by
one character from what those programs make is a capture that they do not find. So this follows not the rules that would
be sensible but what the package `surt` 0.3.1 *gives*; the oddities that come of it are named below. The code was
written from the public descriptions of SURT and of the Internet Archive's canonicaliser, and from that package's
answers to a million addresses, not from its source (AGPL-3.0); tests/archives/test_keys.py goes on comparing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_ADDRESS: Final = re.compile(
    r"(https?)://(?:[^/?#]*@)?"
    r"([^\x00-\x20/?#:@%\\\[\]]+|\[[0-9a-f:.]+\])(?::([0-9]*))?"
    r"(/[^?#\t\r\n]*)?(?:\?([^#\t\r\n]*))?(?:#.*)?",
    re.IGNORECASE,
)
LONGEST_KEPT: Final = 500  # characters of an address whose key is remembered: 4,096 of them take 33 MB at most
_DEFAULT_PORT: Final = {"http": 80, "https": 443}
_LINE_BREAKS: Final = str.maketrans("", "", "\t\r\n")
_WWW: Final = re.compile(r"www[0-9]*\.")

_LITERAL: Final = re.compile(r"[!-\"$&-~]*")
"""What no escape stands in and nothing needs one: all printable ASCII but `#` and `%`."""
_TO_READ: Final = re.compile(r"%(?:2[1246-9a-f]|[3-6][0-9a-f]|7[0-9a-e])")
"""The escapes of those characters, in lower case."""
_SIMPLE: Final = re.compile(r"(?:[!-\"$&-~]|%(?!25)[0-9a-f]{2})*+")
"""Text that has all its escapes read after one pass: no `%` in it but before an escape, and none made by one."""
_BYTES: Final = {b"%02x" % byte: bytes((byte,)).lower() for byte in range(256)}
_CHARACTERS: Final = {f"%{pair.decode()}": byte.decode("latin-1") for pair, byte in _BYTES.items()}
_ESCAPED: Final = [chr(byte) if _LITERAL.fullmatch(chr(byte)) else f"%{byte:02x}" for byte in range(256)]

_SESSIONS: Final = (
    re.compile(r"(.*)jsessionid=[0-9a-z]{32}(?:&|$)"),
    re.compile(r"(.*)phpsessid=[0-9a-z]{32}(?:&|$)"),
    re.compile(r"(.*)sid=[0-9a-z]{32}(?:&|$)"),
    re.compile(r"(.*)aspsessionid[a-z]{8}=[a-z]{24}(?:&|$)"),
)
_ASPX_SESSIONS: Final = (
    re.compile(r"(.*/)\([0-9a-z]{24}\)/"),
    re.compile(r"(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/"),
)


def key_of(url: str) -> str:
    """The look-up key of an http or https address; anything else as it is.

    Time is linear in the length, but for sorting the arguments: addresses come from strangers' pages.
    """
    return _kept(url) if len(url) <= LONGEST_KEPT else _key(url)


def _key(url: str) -> str:
    found = _ADDRESS.fullmatch(url.strip()) or _ADDRESS.fullmatch(url.translate(_LINE_BREAKS).strip())
    if found is None:
        return url
    scheme, host, port, path, query = found.groups()
    try:
        authority_of = _authority_kept if len(url) <= LONGEST_KEPT else _authority
        authority = authority_of(scheme.lower(), host, port or "")
        path = _path(_read(path)) if path else "/"
        query = _query(_read(query)) if query else ""
    except ValueError:
        return url
    return f"{authority}){path}?{query}" if query else f"{authority}){path}"


_kept: Final = lru_cache(maxsize=4096)(_key)


def _authority(scheme: str, host: str, port: str) -> str:
    """Host and port: labels last first, `www.` or `www2.` gone once, a port only if it is another than usual.

    An IPv6 host loses its brackets only, but for dots in it: they part labels there too. Raises ValueError for a host
    or a port that is none.
    """
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    labels = [label for label in host.strip("[]").lower().split(".") if label]
    name = ".".join(labels)
    if found := _WWW.match(name):
        labels = name[found.end() :].split(".")
    number = int(port.lstrip("0")[:6] or 0)
    if not name or number > 65535:
        raise ValueError(host, port)
    reverse = ",".join(reversed(labels))
    return reverse if number in (0, _DEFAULT_PORT[scheme]) else f"{reverse}:{number}"


_authority_kept: Final = lru_cache(maxsize=1024)(_authority)


def _read(text: str) -> str:
    """A path or query in lower case with escapes only where there must be some: `%41` and `%2541` are both `a`.

    Escapes are read until none is left, so `%2f` parts segments and `%26` arguments. What is no printable ASCII, `#`
    and a `%` that begins no escape get escaped (again); of letters outside ASCII the case is kept.
    """
    if _LITERAL.fullmatch(text):
        return text.lower()
    if text.isascii() and _SIMPLE.fullmatch(text := text.lower()):
        return _TO_READ.sub(lambda found: _CHARACTERS[found[0]], text)
    read = bytearray()
    for byte in text.encode().lower():
        read.append(byte)
        # What an escape stood for may be the end of another: `%%34%31` is `%41`. One pass, however deep they lie.
        while read[-3:-2] == b"%" and (whole := _BYTES.get(bytes(read[-2:]))):
            read[-3:] = whole
    return "".join([_ESCAPED[byte] for byte in read])


def _path(path: str) -> str:
    """A path without empty and dot segments, ASP.NET session and slash at its end (only the root keeps that).

    Not as RFC 3986 has it: `..` takes away an empty segment like any other, and where nothing is left to take it stays,
    for the next `..` to take. Java's `;jsessionid=…` stays as well.
    """
    if "//" in path or "/." in path:
        kept: list[str] = []
        for segment in path[1:].split("/"):
            if segment == ".." and kept:
                kept.pop()
            elif segment != ".":
                kept.append(segment)
        path = "/" + "/".join([segment for segment in kept if segment])
    if ".aspx" in path and "/(" in path:
        for session in _ASPX_SESSIONS:
            path = _without_aspx(session, path)
    return path.removesuffix("/") or "/"


def _without_aspx(session: re.Pattern[str], path: str) -> str:
    """A path without the last segment that is such an ASP.NET session, `(…)`, and has a page `….aspx` behind it.

    No `?` may lie between the two. (A path can have one in it: `%3f` has been read.)
    """
    stretches = path.split("?")
    for at in reversed(range(len(stretches))):
        stretch = stretches[at]
        page = stretch.rfind(".aspx")
        if page > 0 and (found := session.match(stretch, 0, page - 1)):
            stretches[at] = found[1] + stretch[found.end() :]
            break
    return "?".join(stretches)


def _query(query: str) -> str:
    """A query without session ids, its arguments sorted by name, then value; `a` comes before `a=`.

    Empty arguments and repeated ones stay, each as often as it was there.
    """
    if "sid=" in query or "sessionid" in query:
        for session in _SESSIONS:
            if found := session.match(query):
                query = found[1] + query[found.end() :]
    if "&cftoken=" in query:
        query = _without_coldfusion(query)
    return "&".join(sorted(query.split("&"), key=_name_and_value)) if "&" in query else query


def _name_and_value(argument: str) -> tuple[str, str, str]:
    return argument.partition("=")


def _without_coldfusion(query: str) -> str:
    """A query without the last `cfid=…&cftoken=…`. By hand, since a regular expression's time would be quadratic."""
    token = len(query)
    while (token := query.rfind("&cftoken=", 0, token)) > 0:
        value = token + len("&cftoken=")
        start = query.rfind("cfid=", query.rfind("&", 0, token) + 1, token - 1)
        if start >= 0 and query[value : value + 1] not in ("", "&"):
            return query[:start] + query[value:].partition("&")[2]
    return query
