"""PAGE → ARTICLE: what an address may be; every link read from a page, feed or sitemap passes through here.

Links are hostile input. What comes out of `resolve` is an absolute http or https address that can be asked, compared
and written into a WARC as it is, or None. Sources of the rules: RFC 3986 (reference resolution, 5.2), and the WHATWG
URL standard where it says what browsers do with dirt.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

LENGTH_LIMIT = 2_000
"""No newspaper's address comes near it; sitemaps.org allows fewer than 2,048 characters."""

_DEFAULT_PORT = {"http": 80, "https": 443}
_BLANKS = "".join(map(chr, range(0x21))) + "\u00a0\u3000\ufeff"
_LINE_BREAKS = str.maketrans("", "", "\t\r\n")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_NO_AUTHORITY = re.compile(r"https?:(?!//[^/?])|///", re.IGNORECASE)
_ESCAPE = re.compile(r"%(?:[0-9A-Fa-f]{2})?")
_UNSAFE = re.compile(r"[^!$&'()*+,\-./0-9:;=?@A-Z_a-z~%\[\]]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_PLAIN = re.compile(r"https?://([a-z0-9.-]+)/(?:[0-9A-Za-z_-]+/)*(?:[0-9A-Za-z_-]+)?")


def resolve(base: str, href: str) -> str | None:
    """The address that `href` means on the page `base`, in one spelling; None where it is none we could ask.

    - Only http and https, only with a host, without credentials or control characters, at most `LENGTH_LIMIT` long.
    - White space around it goes, tabs and line ends inside too (as browsers do); the fragment goes, the query stays.
    - Host in lower case and ASCII (IDNA), no trailing dot, no default port; dot segments are resolved.
    - Percent escapes stay as given but in *lower-case* hex: WordPress, whose slugs these are, writes them so. RFC 3986
      prefers upper case; what counts is that both spellings meet in one. What must be escaped and is not, gets escaped.
    - A backslash before the query is refused: browsers read it as a slash, most libraries do not.
    """
    href = href.translate(_LINE_BREAKS).partition("#")[0].strip(_BLANKS)
    if len(href) > LENGTH_LIMIT or len(base) > LENGTH_LIMIT or _CONTROL.search(href):
        return None
    if (plain := _PLAIN.fullmatch(href)) and _host(plain[1]) == plain[1]:
        return href
    if _NO_AUTHORITY.match(href) or "\\" in href.partition("?")[0]:
        return None
    try:
        return _spelled(urlsplit(href if _ABSOLUTE.match(href) else urljoin(base, href)))
    except ValueError:
        return None


def is_http(url: str) -> bool:
    """Whether this is an absolute http or https address with a host."""
    return host_of(url) is not None


def host_of(url: str) -> str | None:
    """The host of an absolute http or https address, as `resolve` spells it; None for anything else."""
    try:
        parts = urlsplit(url)
        return _host(parts.hostname or "") if parts.scheme in _DEFAULT_PORT else None
    except ValueError:
        return None


def same_host(one: str, other: str) -> bool:
    """Whether two addresses lie on one host; `www.` in front makes no other host, a port does not either."""
    first, second = host_of(one), host_of(other)
    return first is not None and second is not None and first.removeprefix("www.") == second.removeprefix("www.")


def _spelled(parts: SplitResult) -> str | None:
    """The one spelling of an absolute address; raises ValueError for a port that is none."""
    host = _host(parts.hostname or "")
    if parts.scheme not in _DEFAULT_PORT or host is None or "@" in parts.netloc or parts.port == 0:
        return None
    port = "" if parts.port in (None, _DEFAULT_PORT[parts.scheme]) else f":{parts.port}"
    query = f"?{_escaped(parts.query)}" if parts.query else ""
    url = f"{parts.scheme}://{host}{port}{_escaped(_without_dots(parts.path))}{query}"
    return url if len(url) <= LENGTH_LIMIT else None


@lru_cache(maxsize=1024)
def _host(host: str) -> str | None:
    """A host in lower-case ASCII; an IPv6 literal in brackets, an IPv4 one only in its usual form; else None."""
    if ":" in host:
        return _ipv6(host)
    try:
        name = host.removesuffix(".").lower()
        name = name if name.isascii() or len(name) > 253 else name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return name if not _is_number(labels[-1]) or _is_ipv4(name) else None


def _is_number(label: str) -> bool:
    """Whether a browser would read a host that ends so as an IPv4 address: `127.1`, `0x7f000001`, `2130706433`."""
    return label.isdigit() or re.fullmatch(r"0x[0-9a-f]*", label) is not None


def _is_ipv4(name: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(name)) == name
    except ValueError:
        return False


def _ipv6(host: str) -> str | None:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return None
    return None if address.scope_id else f"[{address.compressed}]"


def _without_dots(path: str) -> str:
    """A path without `.` and `..` segments (RFC 3986, 5.2.4), beginning with a slash."""
    segments = path.removeprefix("/").split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", "..") and (not kept or kept[-1]):
        kept.append("")
    return "/" + "/".join(kept)


def _escaped(text: str) -> str:
    """Text of a path or query with lower-case escapes, and an escape for everything that needs one."""
    lowered = _ESCAPE.sub(lambda found: found[0].lower() if len(found[0]) == 3 else "%25", text)
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02x}" for byte in found[0].encode()), lowered)
