"""www.sankei.com whole: articles under both forms of address, listings, sitemaps, pictures."""

import base64
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape

from . import images, old_pages
from .arc_data import GENERIC, ROOT, pictures, resized
from .arc_pages import amp, card, other_page, page
from .cases import editorials
from .jf import Site
from .model import JST, Original, arc_path, old_path
from .stories import SECTIONS, Story, originals, other_stories, shown, split, utc
from .wire import Resource, html_resource, redirect, tag_of

XML = '<?xml version="1.0" encoding="UTF-8"?>'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
GONE = "お探しのページは見つかりませんでした"
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
OLD = datetime(2023, 11, 6, 9, 30, tzinfo=JST)
ICONS = ("sankei", "twitter", "img_lock-gold")


def sankei() -> Site:
    """Everything on www.sankei.com."""
    site: Site = {"/robots.txt": _text(_robots())}
    for case in editorials():
        if case.original:
            site |= _original(originals()[case.topic], case.original)
    for story in other_stories().values():
        site |= _article_pages([story])
    return site | _sections() | _old_listing() | _sitemaps() | _assets()


def not_found() -> Resource:
    return _error(404, GONE)


def live_stories() -> list[Story]:
    """Articles that can be read under their new address, newest first."""
    readable = [
        originals()[case.topic]
        for case in editorials()
        if case.original
        and (case.original.form == "arc" or case.original.answer == "moved")
        and case.original.answer in ("page", "moved", "preview")
    ]
    return sorted([*readable, *other_stories().values()], key=lambda story: story.at, reverse=True)


def _original(story: Story, original: Original) -> Site:
    """The original's address (or addresses) and what they answer."""
    named = arc_path(original.day, story.key) if original.form == "arc" else old_path(original)
    answers = {
        "gone404": not_found(),
        "gone410": _error(410, "この記事の掲載期間は終了しました"),
        "forbidden": _error(403, "アクセスが許可されていません"),
        "error": _error(500, "ただいま混み合っています"),
        "listing": redirect(f"{ROOT}/column/editorial/", 302),
        "soft404": _error(200, GONE),
    }
    if original.answer in answers:
        return {named: answers[original.answer]}
    if original.answer == "moved":
        return {named: redirect(story.url), **_article_pages([story])}
    if original.form != "arc":
        return {path: html_resource(text, modified=story.at) for path, text in old_pages.pages(story, original).items()}
    if original.answer == "preview":
        return _article_pages([shown(story, "preview", 1)])
    return _article_pages(split(story, original.pages))


def _article_pages(parts: list[Story]) -> Site:
    """An article's pages, its address without slash, its AMP and photo pages, its pictures."""
    first = parts[0]
    ranked, cards = _neighbours(first)
    site: Site = {
        first.path.rstrip("/"): redirect(first.url),
        f"{first.path}?outputType=amp": html_resource(amp(first)),
    }
    for part in parts:
        path = first.path if part.page == 1 else f"{first.path}{part.page}/"
        html = page(part, ranked, cards)
        headers = (
            ("Server-Timing", "cdn-cache; desc=HIT"),
            ("server-timing", "edge; dur=1"),
            ("x-Akamai-Transformed", "9 - 0"),
        )
        chunked = ord(first.id[0]) % 2 == 0
        site[path] = html_resource(
            html,
            headers=headers,
            chunked=chunked,
            modified=part.modified,
            etag=None if chunked else tag_of(html.encode(), weak=True),
        )
        for picture in pictures(part):
            photo = f'<h1>写真</h1><figure><img src="{resized(picture, "1200x0")}" alt=""/></figure>'
            site[f"{first.path}photo/{picture.id}/"] = html_resource(other_page(first.raw, photo, ranked, cards))
            for size in ("1200x0", "730x0", "1200x630"):
                site[resized(picture, size).removeprefix(ROOT)] = _picture(resized(picture, size))
    return site


def _neighbours(story: Story) -> tuple[list[Story], list[Story]]:
    """What the ranking (10) and the members' cards (4) show beside a story; never the story itself."""
    others = [other for other in live_stories() if other.key != story.key]
    start = ord(story.id[1]) % 5
    members = [other for other in others if other.code != "free" or other.section != "/column/editorial"]
    return others[start : start + 10], members[:4]


def _sections() -> Site:
    """Section pages, the front page among them: new ones, and the editorial listing as it was described."""
    site: Site = {}
    stories = live_stories()
    for path, name in {
        "/": "トップ",
        "/premium/": "会員限定",
        **{f"{path}/": name for path, name in SECTIONS.items()},
    }.items():
        members = [story for story in stories if path in ("/", "/premium/") or f"{story.section}/".startswith(path)][:8]
        feed = "".join(f'<div class="col-container">{card(story, "storycard")}</div>' for story in members)
        more = '<button class="load-more">続き</button>' if path == "/column/editorial/" else ""
        main = f'<h1 class="section-title">{name}</h1><div class="story-card-feed">{feed}</div>{more}'
        site[path] = html_resource(other_page(name, main, stories[2:12], _neighbours(stories[0])[1]))
        if path != "/":
            site[path.rstrip("/")] = redirect(ROOT + path)
    return site


def _old_listing() -> Site:
    rows = [
        (old_path(case.original), originals()[case.topic])
        for case in editorials()
        if case.original and case.original.form != "arc" and case.original.answer == "page"
    ]
    return {
        "/column/newslist/editorial-n1.html": html_resource(old_pages.listing(rows)),
        "/css/old.css": _static("text/css", b"#header{background:url(/img/old-bg.png)}\n"),
        "/js/old.js": _static("application/javascript", b"var sankei=1;\n"),
        "/img/old-bg.png": _picture("old-bg.png"),
    }


def _sitemaps() -> Site:
    stories = live_stories()
    newest = utc(stories[0].at)
    index = _sitemap_index(["/feeds/sitemap/?outputType=xml&from=0"], newest)
    google = _sitemap_index(["/feeds/google-sitemap/?outputType=xml&from=0"], newest)
    rows = "".join(f"<url><loc>{story.url}</loc><lastmod>{utc(story.modified)}</lastmod></url>" for story in stories)
    news = "".join(
        f"<url><loc>{story.url}</loc><news:news><news:publication><news:name>産経新聞</news:name><news:language>ja</news:language>"
        f"</news:publication><news:publication_date>{utc(story.at)}</news:publication_date>"
        f"<news:title>{escape(story.raw)}</news:title></news:news></url>"
        for story in stories[:5]
    )
    space = f'{SPACE} xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return {
        "/feeds/sitemapindex/?outputType=xml": _xml(index),
        "/feeds/google-sitemapindex/?outputType=xml": _xml(google),
        "/feeds/sitemapindex-category/?outputType=xml": _xml(google),
        "/feeds/sitemap/?outputType=xml&from=0": _xml(f"{XML}<urlset {SPACE}>{rows}</urlset>"),
        "/feeds/google-sitemap/?outputType=xml&from=0": _xml(f"{XML}<urlset {space}>{news}</urlset>"),
    }


def _sitemap_index(paths: Iterable[str], at: str) -> str:
    rows = "".join(f"<sitemap><loc>{escape(ROOT + path)}</loc><lastmod>{at}</lastmod></sitemap>" for path in paths)
    return f"{XML}<sitemapindex {SPACE}>{rows}</sitemapindex>"


def _robots() -> str:
    named = [f"Sitemap: {ROOT}/feeds/{name}/?outputType=xml" for name in ("sitemapindex", "google-sitemapindex")]
    return "\n".join(["User-agent: *", "Disallow: /search/", "Disallow: /mypage/", "", *named]) + "\n"


def _assets() -> Site:
    site: Site = {
        "/pf/resources/dist/sankei/css/style.css": _static(
            "text/css", b".navbar-logo{background:url(../img/logo-bg.png)}\n"
        ),
        "/pf/resources/dist/sankei/img/logo-bg.png": _picture("logo-bg.png"),
        "/pf/dist/engine/react.js": _static("application/javascript", b"window.Fusion=window.Fusion||{};\n"),
        "/pf/resources/icons/favicon.ico": _picture("favicon.png"),
        "/common/images/v1/blank.gif": _static("image/gif", GIF),
        "/common/images/logo_sankei_structured.png": _picture("logo_sankei_structured.png"),
        GENERIC.removeprefix(ROOT): _picture("ogp_column-editorial.jpg"),
    }
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24"><path d="M0 0h24v24z"/></svg>'
    return site | {f"/pf/resources/icons/{name}.svg": _static("image/svg+xml", svg) for name in ICONS}


def _error(status: int, words: str) -> Resource:
    """An error page with the whole chrome: rankings and cards hold 主張 titles here, too."""
    ranked, cards = live_stories()[:10], _neighbours(live_stories()[0])[1]
    return html_resource(other_page(words, f'<div class="error-page"><h1>{words}</h1></div>', ranked, cards), status)


def _xml(text: str) -> Resource:
    return Resource(
        200, (("Content-Type", "application/xml; charset=utf-8"),), text.encode(), etag=tag_of(text.encode())
    )


def _text(text: str) -> Resource:
    return Resource(200, (("Content-Type", "text/plain"),), text.encode(), modified=OLD)


def _static(kind: str, body: bytes) -> Resource:
    return Resource(200, (("Content-Type", kind),), body, etag=tag_of(body), modified=OLD + timedelta(days=3))


def _picture(name: str) -> Resource:
    return _static(*images.image(name))
