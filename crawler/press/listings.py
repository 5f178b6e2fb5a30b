"""Where the two newspapers list what they printed: robots.txt, sitemaps, feed, REST, archives by section and month."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from email.utils import format_datetime
from html import escape
from typing import NamedTuple
from urllib.parse import parse_qs

from crawler.press import herald, shimbun
from crawler.press.addresses import HERALD, SHIMBUN, herald_url, shimbun_url, slug_of
from crawler.press.answer import Answer
from crawler.press.editorials import Editorial, Writing

XML = "application/xml; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
PER_PAGE = 10
EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

ROBOTS = {
    HERALD: f"""User-agent: *
Disallow: /wp-admin/
Allow: /wp-admin/admin-ajax.php

Sitemap: https://{HERALD}/sitemap_index.xml
""",
    SHIMBUN: f"""User-agent: *
Disallow: /premium/
Disallow: /search/

Sitemap: https://{SHIMBUN}/feeds/sitemapindex/?outputType=xml
""",
}


def herald_listings(posts: Sequence[Editorial], *, hidden: Iterable[str] = ()) -> dict[str, Answer]:
    """Path → answer for all the Herald's listings but REST. `hidden` keys are in no sitemap."""
    newest = _newest_first(posts)
    in_sitemap = [post for post in newest if post.key not in set(hidden)]
    last = _latest(english for post in posts if (english := post.english))
    found = {
        "/sitemap_index.xml": xml(sitemap_index([f"https://{HERALD}/post-sitemap.xml"], last), last),
        "/post-sitemap.xml": xml(sitemap((herald_url(post), _english(post).modified) for post in in_sitemap), last),
        "/feed/": Answer(feed(newest[:PER_PAGE], last).encode(), "application/rss+xml; charset=UTF-8", modified=last),
    }
    found |= _pages("Latest", "/", newest, last)
    found |= _pages("Editorial", "/category/editorial/", [post for post in newest if post.is_editorial], last)
    for section in herald.SECTIONS:
        of_section = [post for post in newest if post.section == section]
        found |= _pages(section, f"/category/{slug_of(section)}/", of_section, last)
    for month in sorted({f"{_english(post).published:%Y/%m}" for post in posts}):
        of_month = [post for post in newest if f"{_english(post).published:%Y/%m}" == month]
        name = f"{_english(of_month[0]).published:%B %Y}"
        found |= _pages(name, f"/{month}/", of_month, last)
    return found


def shimbun_listings(stories: Sequence[Editorial]) -> dict[str, Answer]:
    """Path → answer for all the Shimbun's listings."""
    newest = sorted(stories, key=lambda story: (_japanese(story).published, story.key), reverse=True)
    column = [story for story in newest if story.is_editorial]
    last = _latest(_japanese(story) for story in stories)
    only = f"https://{SHIMBUN}/feeds/sitemap/?outputType=xml&from=0"
    return {
        "/feeds/sitemapindex/?outputType=xml": xml(sitemap_index([only], last), last),
        "/feeds/sitemap/?outputType=xml&from=0": xml(
            sitemap((shimbun_url(story), _japanese(story).modified) for story in newest), last
        ),
        "/": Answer(shimbun.listing_page("最新の記事", "/", newest[:PER_PAGE]).encode(), modified=last),
        "/column/": Answer(shimbun.listing_page("オピニオン", "/column/", newest).encode(), modified=last),
        "/column/editorial/": Answer(
            shimbun.listing_page("主張", "/column/editorial/", column).encode(), modified=last
        ),
        "/column/food/": Answer(
            shimbun.listing_page("食の風土記", "/column/food/", [s for s in newest if s not in column]).encode(),
            modified=last,
        ),
    }


class AskedOfRest(NamedTuple):
    """What a query of the REST endpoint asks for; dates as WordPress compares them, as text."""

    size: int
    page: int
    after: str
    before: str


def asked_of_rest(query: str) -> AskedOfRest | None:
    """The query understood, or None where WordPress would not."""
    asked = {name: values[-1] for name, values in parse_qs(query).items()}
    size, page = asked.get("per_page", str(PER_PAGE)), asked.get("page", "1")
    if not (size.isdecimal() and page.isdecimal() and 1 <= int(size[:9]) <= 100 and int(page[:9]) >= 1):
        return None
    return AskedOfRest(int(size), int(page[:9]), asked.get("after", ""), asked.get("before", "9"))


def rest_posts(posts: Sequence[Editorial], query: str, *, open_to_all: bool = True) -> Answer:
    """WordPress's REST endpoint for posts, newest first: `per_page`, `page`, `after`, `before`; 401 unless open."""
    if not open_to_all:
        return rest_error(401, "rest_not_logged_in", "You are not currently logged in.")
    asked = asked_of_rest(query)
    if asked is None:
        return rest_error(400, "rest_invalid_param", "Invalid parameter(s): per_page, page")
    chosen = [
        post
        for post in _newest_first(posts)
        if asked.after < f"{_english(post).published:%Y-%m-%dT%H:%M:%S}" < asked.before
    ]
    return rest_page(chosen[(asked.page - 1) * asked.size : asked.page * asked.size], len(chosen), asked)


def rest_page(shown: Sequence[Editorial], total: int, asked: AskedOfRest) -> Answer:
    """One page of posts, and how many there are."""
    pages = -(-total // asked.size)
    if asked.page > max(pages, 1):
        return rest_error(400, "rest_post_invalid_page_number", "The page number requested is larger than available.")
    headers = ((b"X-WP-Total", b"%d" % total), (b"X-WP-TotalPages", b"%d" % pages))
    return Answer(json.dumps([_rest_post(post) for post in shown]).encode(), JSON, headers=headers)


def _rest_post(post: Editorial) -> dict[str, object]:
    english = _english(post)
    return {
        "id": post.number,
        "date": f"{english.published:%Y-%m-%dT%H:%M:%S}",
        "date_gmt": f"{english.published.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}",
        "modified": f"{english.modified:%Y-%m-%dT%H:%M:%S}",
        "modified_gmt": f"{english.modified.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}",
        "slug": post.slug,
        "status": "publish",
        "type": "post",
        "link": herald_url(post),
        "title": {"rendered": escape(herald.label(post) + english.headline)},
        "excerpt": {"rendered": f"<p>{escape(english.standfirst)}</p>\n", "protected": False},
    }


def rest_error(status: int, code: str, message: str) -> Answer:
    """An error as WordPress says it."""
    said = json.dumps({"code": code, "message": message, "data": {"status": status}}).encode()
    return Answer(said, JSON, status=status)


def _pages(title: str, path: str, posts: Sequence[Editorial], last: dt.datetime) -> dict[str, Answer]:
    """A listing of posts and its further pages."""
    count = -(-len(posts) // PER_PAGE) or 1
    return {
        path if number == 1 else f"{path}page/{number}/": Answer(
            herald.listing_page(
                title, f"https://{HERALD}{path}", posts[(number - 1) * PER_PAGE : number * PER_PAGE], (number, count)
            ).encode(),
            modified=last,
        )
        for number in range(1, count + 1)
    }


def feed(posts: Iterable[Editorial], last: dt.datetime) -> str:
    """RSS 2.0."""
    items = "".join(
        f"""<item>
<title>{escape(herald.label(post) + _english(post).headline)}</title>
<link>{herald_url(post)}</link>
<dc:creator><![CDATA[{herald.author(post)}]]></dc:creator>
<pubDate>{format_datetime(_english(post).published.astimezone(dt.UTC))}</pubDate>
<category><![CDATA[{post.section}]]></category>
<guid isPermaLink="false">https://{HERALD}/?p={post.number}</guid>
<description><![CDATA[<p>{_english(post).standfirst}</p>]]></description>
</item>
"""
        for post in posts
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{herald.NAME}</title>
<atom:link href="https://{HERALD}/feed/" rel="self" type="application/rss+xml" />
<link>https://{HERALD}/</link>
<description>An invented newspaper</description>
<lastBuildDate>{format_datetime(last.astimezone(dt.UTC))}</lastBuildDate>
<language>en-US</language>
{items}</channel>
</rss>
"""


def sitemap_index(sitemaps: Iterable[str], last: dt.datetime) -> str:
    """An index of sitemaps."""
    lines = "".join(f"<sitemap><loc>{escape(url)}</loc><lastmod>{_w3c(last)}</lastmod></sitemap>\n" for url in sitemaps)
    return f"{_SITEMAP_HEAD}<sitemapindex {_SITEMAP_SPACE}>\n{lines}</sitemapindex>\n"


def sitemap(lines: Iterable[tuple[str, dt.datetime]]) -> str:
    """A sitemap of addresses and when they last changed."""
    urls = "".join(f"<url><loc>{escape(url)}</loc><lastmod>{_w3c(last)}</lastmod></url>\n" for url, last in lines)
    return f"{_SITEMAP_HEAD}<urlset {_SITEMAP_SPACE}>\n{urls}</urlset>\n"


_SITEMAP_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def xml(text: str, last: dt.datetime | None = None) -> Answer:
    """A sitemap or an index of sitemaps as an answer."""
    return Answer(text.encode(), XML, modified=last)


def _w3c(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat()


def _newest_first(posts: Iterable[Editorial]) -> list[Editorial]:
    return sorted(posts, key=lambda post: (_english(post).published, post.key), reverse=True)


def _latest(writings: Iterable[Writing]) -> dt.datetime:
    return max((writing.modified for writing in writings), default=EPOCH)


def _english(post: Editorial) -> Writing:
    assert post.english is not None
    return post.english


def _japanese(story: Editorial) -> Writing:
    assert story.japanese is not None
    return story.japanese
