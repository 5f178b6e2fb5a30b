"""The press against itself: `python -m tests.sites_press.selfcheck` fetches every address, says what fails."""

import http.client
import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

from .press import HOSTS, TRUTH, Press, truth, written
from .server import SitesPress, serve

DEAD_ON_PURPOSE = {403, 404, 410, 500}
MODES = [(True, False, True), (False, True, True), (False, False, False)]


def main() -> int:
    """0 when everything holds."""
    faults = list(check_truth())
    for sitemap, rest, feed in MODES:
        with serve(sitemap, rest, feed) as press:
            faults += check_addresses(press) if sitemap else []
            faults += check_wire(press) if sitemap else []
            faults += check_switches(press, sitemap, rest, feed)
            print(f"sitemap={sitemap} rest={rest} feed={feed}: {len(press.log)} requests")
    print("\n".join(faults) or "all holds")
    return 1 if faults else 0


def check_truth() -> Iterator[str]:
    if TRUTH.read_text(encoding="utf-8") != written(truth()):
        yield "truth.json is not what truth() says: python -m tests.sites_press.press"
    press, seen = Press(), set()
    for entry in truth()["editorials"]:
        page = _words(press.answer("japan-forward.com", urlsplit(entry["url"]).path).body)
        parts = [*entry["text"].split("\n\n"), entry["headline_raw"], *(f["printed"] for f in entry["figures"])]
        yield from (f"{entry['id']}: not on its page: {part}" for part in parts if _bare(part) not in page)
        original = entry["original"]
        if original and "id" in original:
            parts = urlsplit(original["url"])
            resource = press.answer(parts.netloc, parts.path)
            yield from (
                f"{original['id']}: not on its page: {part}"
                for part in original["text"].split("\n\n")
                if _bare(part) not in _words(resource.body)
            )
        if entry["headline"] in seen:
            yield f"{entry['id']}: headline twice"
        seen.add(entry["headline"])


def check_addresses(press: SitesPress) -> list[str]:
    """Every address answers, and every link within these hosts leads to an address that does."""
    faults: list[str] = []
    known: dict[str, int] = {}
    for url in press.press.addresses():
        status, kind, body, location = _get(press, url)
        known[url] = status
        if location and _end(press, location) != 200:
            faults.append(f"{url} redirects to {location}, which does not end well")
        for link in _links(url, kind, body):
            if urlsplit(link).hostname in HOSTS and link not in known:
                known[link] = _get(press, link)[0]
                if known[link] not in (200, 301, 302) and known[link] not in DEAD_ON_PURPOSE:
                    faults.append(f"{link} on {url}: {known[link]}")
    dead = {url for url, status in known.items() if status in DEAD_ON_PURPOSE}
    meant = {e["original_url"] for e in truth()["editorials"] if e["status"] in ("gone", "refused", "not_captured")}
    faults += [f"dead but not meant to be: {url}" for url in sorted(dead - meant)]
    faults += [f"meant to be dead: {url}" for url in sorted(meant - dead)]
    print(f"{len(press.press.addresses())} addresses, {len(known)} with those linked, {len(dead)} dead on purpose")
    return faults


def check_wire(press: SitesPress) -> Iterator[str]:
    """Keep-alive, gzip, chunks, conditional requests, HEAD, and the absolute form of a proxy."""
    host = {"Host": "japan-forward.com"}
    connection = http.client.HTTPConnection("127.0.0.1", press.port)
    slugs = [urlsplit(entry["url"]).path for entry in truth()["editorials"]]
    coded, chunked, tagged, dated = set(), set(), set(), set()
    for path in slugs:
        connection.request("GET", path, headers={**host, "Accept-Encoding": "gzip"})
        first = connection.getresponse()
        body = first.read()
        coded.add(first.headers.get("Content-Encoding"))
        chunked.add(first.headers.get("Transfer-Encoding"))
        tagged.add("ETag" in first.headers)
        dated.add("Last-Modified" in first.headers)
        asked = {"If-None-Match": first.headers["ETag"]} if "ETag" in first.headers else {}
        asked |= {"If-Modified-Since": first.headers["Last-Modified"]} if "Last-Modified" in first.headers else {}
        connection.request("GET", path, headers={**host, **asked})
        again = connection.getresponse()
        if asked and (again.status, again.read()) != (304, b""):
            yield f"{path}: {again.status} instead of 304"
        again.read()
        if not body:
            yield f"{path}: empty"
    if (coded, chunked, tagged, dated) != ({"gzip"}, {"chunked", None}, {True, False}, {True, False}):
        yield f"the wire is not varied: {coded} {chunked} {tagged} {dated}"
    connection.request("HEAD", slugs[0], headers=host)
    if (answer := connection.getresponse()).read() or answer.status != 200:
        yield "HEAD with a body"
    connection.request("GET", f"http://www.sankei.com{'/robots.txt'}")
    if b"sitemapindex" not in connection.getresponse().read():
        yield "the absolute form does not choose the site"


def check_switches(press: SitesPress, sitemap: bool, rest: bool, feed: bool) -> Iterator[str]:
    expected = {
        "/sitemap_index.xml": 200 if sitemap else 404,
        "/feed/": 200 if feed else 404,
        "/wp-json/wp/v2/posts?per_page=3&page=2": 200 if rest else 401,
    }
    for path, status in expected.items():
        if (got := _get(press, f"https://japan-forward.com{path}")[0]) != status:
            yield f"{path}: {got}, not {status}"
    if (b"Sitemap:" in _get(press, "https://japan-forward.com/robots.txt")[2]) != sitemap:
        yield "robots.txt names the wrong sitemap"
    if rest:
        yield from _check_rest(press)


def _check_rest(press: SitesPress) -> Iterator[str]:
    base = f"{press.origin}/wp-json/wp/v2/posts"
    found: list[str] = []
    for page in range(1, 8):
        request = urllib.request.Request(
            f"{base}?per_page=10&page={page}&_fields=link,date,slug", headers={"Host": "japan-forward.com"}
        )
        try:
            with urllib.request.urlopen(request) as answer:
                total, pages = int(answer.headers["X-WP-Total"]), int(answer.headers["X-WP-TotalPages"])
                found += [post["link"] for post in json.load(answer)]
        except urllib.error.HTTPError as error:
            if error.code != 400 or page != pages + 1:
                yield f"REST page {page}: {error.code}"
            break
    if len(set(found)) != total or total != len(truth()["editorials"]) + len(truth()["not_editorials"]["posts"]):
        yield f"REST lists {len(set(found))} of {total}"


def _end(press: SitesPress, url: str, most: int = 3) -> int:
    """The status at the end of a chain of redirects."""
    status, _, _, location = _get(press, url)
    return _end(press, location, most - 1) if location and most else status


def _get(press: SitesPress, url: str) -> tuple[int, str, bytes, str | None]:
    """Status, content type, body, and where a redirect leads."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = urllib.request.Request(press.origin + _quoted(target), headers={"Host": parts.netloc})
    try:
        with _OPENER.open(request) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read(), None
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read(), error.headers.get("Location")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **more: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


def _quoted(target: str) -> str:
    return "".join(char if " " < char < "\x7f" else quote(char) for char in target)


def _links(url: str, kind: str, body: bytes) -> set[str]:
    if kind == "text/html":
        collector = _Collector()
        collector.feed(body.decode())
        return {urljoin(url, link).partition("#")[0] for link in collector.links}
    if kind == "text/css":
        found = re.findall(rb"url\(['\"]?(.*?)['\"]?\)|@import \"(.*?)\"", body)
        return {urljoin(url, (first or second).decode()) for first, second in found}
    if kind in ("text/xml", "application/xml", "application/rss+xml"):
        return {link.decode().replace("&amp;", "&") for link in re.findall(rb"<(?:loc|link|image:loc)>(.*?)<", body)}
    return set()


class _Collector(HTMLParser):
    """Whatever an element points to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name in ("href", "src", "data-src"):
                self.links.add(value)
            if value and name in ("srcset", "data-srcset"):
                self.links |= {part.split()[0] for part in value.split(",")}
            if value and name == "content" and value.startswith("http"):
                self.links.add(value)


def _words(body: bytes) -> str:
    return _bare(unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", body.decode(), flags=re.DOTALL)))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


if __name__ == "__main__":
    sys.exit(main())
