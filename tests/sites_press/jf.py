"""japan-forward.com and its cdn, whole: every address and its resource."""

from datetime import datetime, timedelta
from html import escape

from . import images, words
from .jf_head import GENERIC_IMAGE, HOME, THEMES, assets
from .jf_lists import (
    archives,
    feed,
    listings,
    plain_sitemap,
    post_sitemap,
    sitemap_chunks,
    sitemap_index,
)
from .jf_pages import footer, header, page
from .model import CDN, FORWARD, JST
from .posts import JAPANESE_FERRY, Figure, Post, posts
from .wire import Resource, html_resource, redirect, tag_of

LIGHTHOUSE = "/japanese/culture/lighthouse-lodgers/"
CSS = (
    '@import url("print.css") print;\nbody{{font-family:serif;background:#fff url(images/{theme}-paper.png)}}\n'
    ".site-head{{background-image:url('https://japan-forward.com/wp-content/uploads/2017/01/logo.png')}}\n"
)
COOKIES = (("Set-Cookie", "jf_visit=1; path=/; Secure"), ("Set-Cookie", "jf_lang=en; path=/; SameSite=Lax"))
OLD = datetime(2024, 1, 9, 3, 4, 5, tzinfo=JST)

Site = dict[str, Resource]  # by path, or path?query where only that query is meant


def forward(sitemap: bool, feeds: bool) -> Site:
    """Everything on japan-forward.com but REST."""
    all_posts = posts()
    site: Site = {"/robots.txt": _text(_robots(sitemap))}
    site |= _post_pages(all_posts)
    site |= {path: _listed(path, html) for path, html in listings(all_posts).items()}
    site |= {path.rstrip("/"): redirect(HOME + path) for path in list(site) if path != "/" and _is_listing(path)}
    site |= {f"{path}page/1/": redirect(HOME + path) for path in archives(tuple(reversed(all_posts)))}
    site |= _japanese() | _assets() | _pictures(all_posts, FORWARD)
    site |= _sitemaps(all_posts) if sitemap else {}
    site |= _feeds(all_posts) if feeds else {}
    site["/about-us/"] = html_resource(_simple("About JAPAN Forward", "We publish from Otemachi, Tokyo."))
    return site


def cdn() -> Site:
    """cdn.japan-forward.com: photographs, and robots.txt."""
    return {"/robots.txt": _text("User-agent: *\nDisallow:\n")} | _pictures(posts(), CDN)


def not_found() -> Resource:
    body = _simple("Page not found", "It looks like nothing was found at this location.")
    return html_resource(body, 404)


def _robots(sitemap: bool) -> str:
    lines = ["User-agent: *", "Disallow: /wp-admin/", "Allow: /wp-admin/admin-ajax.php", "Disallow: /?s=", ""]
    named = ["# START YOAST BLOCK", f"Sitemap: {HOME}/sitemap_index.xml", "# END YOAST BLOCK"] if sitemap else []
    return "\n".join([*lines, *named]) + "\n"


def _post_pages(all_posts: tuple[Post, ...]) -> Site:
    """Each post with and without its last slash, and its short link."""
    site: Site = {}
    newest = tuple(reversed(all_posts))
    for index, post in enumerate(all_posts):
        following = all_posts[index + 1 : index + 2]
        following = tuple(p for p in all_posts[index + 1 :] if p.layout == "zox" and p.editorial)[:1] or following
        recent = tuple(p for p in newest if p is not post)[index % 7 : index % 7 + 5]
        if post.editorial and post.editorial.topic == "volunteers":  # what it auto-loads has a link, it has none
            following = tuple(p for p in all_posts if p.editorial and p.editorial.topic == "care")
        resource = _post_resource(index, post, page(post, recent, following[0] if following else None))
        site[post.path] = site[post.path.rstrip("/")] = resource
        site[f"/?p={post.number}"] = redirect(post.url)
    return site


def _post_resource(index: int, post: Post, html: str) -> Resource:
    """Headers vary from page to page: repeated, oddly cased, with and without validators, chunked or not."""
    headers = [
        ("x-POWERED-by", "PHP/8.2"),
        ("Link", f"<{HOME}/?p={post.number}>; rel=shortlink"),
        ("link", f'<{HOME}/>; rel="home"'),
        ("Vary", "Cookie"),
    ]
    headers += COOKIES if index % 3 == 0 else []
    etag = tag_of(html.encode(), weak=True) if index % 4 != 1 else None
    modified = post.modified + timedelta(minutes=7) if index % 4 != 2 else None
    return html_resource(html, headers=headers, chunked=index % 2 == 0, etag=etag, modified=modified)


def _listed(path: str, html: str) -> Resource:
    etag = None if path == "/" else tag_of(html.encode(), weak=True)
    return html_resource(
        html, headers=(("CACHE-control", "max-age=60"), ("X-Cache", "HIT")), chunked=path == "/", etag=etag
    )


def _is_listing(path: str) -> bool:
    return path.endswith("/") and (path.startswith(("/category/", "/tag/", "/author/")) or path[1:5].isdigit())


def _sitemaps(all_posts: tuple[Post, ...]) -> Site:
    texts = {"/sitemap_index.xml": sitemap_index(all_posts)}
    for number, chunk in enumerate(sitemap_chunks(all_posts), 1):
        texts[f"/post-sitemap{number}.xml"] = post_sitemap(chunk)
    texts["/page-sitemap.xml"] = plain_sitemap(["/", "/about-us/", "/japanese/"], OLD)
    categories = [path for path in archives(all_posts) if path.startswith("/category/")]
    texts["/category-sitemap.xml"] = plain_sitemap(categories, all_posts[-1].at)
    headers = (("Content-Type", "text/xml; charset=UTF-8"), ("X-Robots-Tag", "noindex, follow"))
    site = {path: Resource(200, headers, text.encode(), etag=tag_of(text.encode())) for path, text in texts.items()}
    site["/sitemap.xml"] = redirect(f"{HOME}/sitemap_index.xml")
    return site


def _feeds(all_posts: tuple[Post, ...]) -> Site:
    newest = tuple(reversed(all_posts))
    texts = {"/feed/": feed("JAPAN Forward", f"{HOME}/", newest, full=True)}
    for path, (title, members) in archives(newest).items():
        if path.startswith("/category/"):
            texts[f"{path}feed/"] = feed(f"{title} - JAPAN Forward", HOME + path, members, full=False)
    kind = (("Content-Type", "application/rss+xml; charset=UTF-8"),)
    site = {
        path: Resource(200, kind, text.encode(), etag=tag_of(text.encode()), modified=newest[0].at)
        for path, text in texts.items()
    }
    return site | {path.rstrip("/"): redirect(HOME + path) for path in texts}


def _assets() -> Site:
    site: Site = {
        "/wp-includes/js/jquery/jquery.min.js": _static(
            "application/javascript", b"/*! jq */window.jQuery=function(){};\n"
        )
    }
    for theme in set(THEMES.values()):
        folder = f"/wp-content/themes/{theme}/"
        site[f"{folder}style.css"] = _static("text/css", CSS.format(theme=theme).encode())
        site[f"{folder}print.css"] = _static("text/css", b"@media print{.site-head{display:none}}\n")
        site[f"{folder}images/{theme}-paper.png"] = _picture(f"{theme}-paper.png")
    for name in (
        GENERIC_IMAGE,
        f"{HOME}/wp-content/uploads/2017/01/logo.png",
        f"{HOME}/wp-content/uploads/2017/01/cropped-icon-32x32.png",
    ):
        site[name.removeprefix(HOME)] = _picture(name)
    site["/wp-content/plugins/wordpress-seo/css/main-sitemap.xsl"] = _static(
        "text/xsl",
        b'<?xml version="1.0"?><xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>',
    )
    return site


def _pictures(all_posts: tuple[Post, ...], host: str) -> Site:
    """Every photograph on `host`, in the sizes its srcset names."""
    site: Site = {}
    for figure in _figures(all_posts):
        _, _, rest = figure.url.partition("//")
        where, _, path = rest.partition("/")
        stem, dot, ending = path.rpartition(".")
        for name in (path, f"{stem}-300x200{dot}{ending}") if where == host else ():
            site[f"/{name}"] = _picture(f"{host}/{name}")
    return site


def _figures(all_posts: tuple[Post, ...]) -> list[Figure]:
    inner = [block.figure for post in all_posts for block in post.body if block.figure]
    return [post.lead for post in all_posts if post.lead] + inner


def _japanese() -> Site:
    """The paper's own pages in Japanese, which the widget may lead to."""
    ferry = words.topics()["ferry"]
    paragraphs = [ja for _, ja in ferry.own] + [ferry.quote[2]]
    links = f'<ul><li><a href="{HOME}{JAPANESE_FERRY}">{ferry.headline[1]}</a></li><li><a href="{HOME}{LIGHTHOUSE}">灯台に泊まる</a></li></ul>'
    front = html_resource(_simple("日本語記事", links, "ja"))
    return {
        "/japanese/": front,
        "/japanese": redirect(f"{HOME}/japanese/"),
        JAPANESE_FERRY: html_resource(
            _japanese_page(JAPANESE_FERRY, f"【主張】{ferry.headline[1]}", paragraphs, "2025-05-12T08:00:00+09:00")
        ),
        LIGHTHOUSE: html_resource(
            _japanese_page(
                LIGHTHOUSE,
                "灯台に泊まる　岬の宿の一夜",
                [
                    "階段は104段、寝台は丸い。泊まり客は見えた船を全て帳面に記す。",
                    "昨冬の帳面には鯨が2度、求婚が1度記されている。",
                    "朝食は塔の足元で出される。天気が許せばだが。",
                ],
                "2025-03-06T09:00:00+09:00",
            )
        ),
    }


def _japanese_page(path: str, title: str, paragraphs: list[str], at: str) -> str:
    body = "".join(f"<p>{text}</p>\n" for text in paragraphs)
    meta = (
        f'<link rel="canonical" href="{HOME}{path}"><meta property="og:title" content="{title}">'
        f'<meta property="og:type" content="article"><meta property="og:locale" content="ja_JP">'
        f'<meta property="article:published_time" content="{at}">'
    )
    return _simple(
        title, f'<time datetime="{at}">{at[:10]}</time><div class="entry-content">\n{body}</div>', "ja", meta
    )


def _simple(title: str, body: str, language: str = "en-US", meta: str = "") -> str:
    top = "\n".join(
        ['<meta charset="UTF-8">', f"<title>{escape(title)} | JAPAN Forward</title>", meta, *assets("forward-blocks")]
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n{top}\n</head>\n<body>\n{header()}\n<main><article>'
        f"<h1>{escape(title)}</h1>\n<div>{body}</div></article></main>\n{footer()}\n</body>\n</html>\n"
    )


def _text(text: str) -> Resource:
    return Resource(200, (("content-type", "text/plain; charset=utf-8"),), text.encode())


def _static(kind: str, body: bytes) -> Resource:
    return Resource(
        200, (("Content-Type", kind), ("Cache-Control", "max-age=31536000")), body, etag=tag_of(body), modified=OLD
    )


def _picture(name: str) -> Resource:
    kind, body = images.image(name)
    return Resource(200, (("Content-Type", kind), ("Accept-Ranges", "none")), body, etag=tag_of(body), modified=OLD)
