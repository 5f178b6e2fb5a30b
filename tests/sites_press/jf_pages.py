"""JAPAN Forward's themes: one function a look, a post in, a page out."""

from datetime import UTC
from html import escape

from .jf_body import content, figure_html, img
from .jf_head import HOME, head
from .posts import SECTIONS, Post

PIXEL = (
    '<noscript><img height="1" width="1" style="display:none" alt="fbpx" '
    'src="https://www.facebook.com/tr?id=000000000000000&amp;ev=PageView&amp;noscript=1"></noscript>'
)
TEASER = (
    "Become a supporter and read along with us. Our newsletter leaves every Friday at noon, with five stories "
    "that our editors would send to a friend abroad, and one photograph that needs no words at all."
)


def page(post: Post, recent: tuple[Post, ...], following: Post | None) -> str:
    """The page of a post; `recent` fills the sidebar, `following` is auto-loaded under it where the case says so."""
    looks = {
        "classic2017": _classic,
        "classic2018": _classic,
        "zox2020": _zox_page,
        "zox": _zox_page,
        "gutenberg": _gutenberg,
        "blocks": _blocks,
        "hashed_ld": _hashed,
        "hashed_og": _hashed,
    }
    main = looks[post.layout](post)
    if "autoload" in post.traits and following:
        main += f'<div class="mvp-alp-side relative">Up Next</div>{_zox_article(following)}'
    return (
        f'<!DOCTYPE html>\n<html lang="en-US">\n{head(post)}\n<body class="single single-post postid-{post.number}">\n'
        f"{PIXEL if post.at.year == 2020 else ''}{header()}\n{main}\n{sidebar(recent)}\n{footer()}\n</body>\n</html>\n"
    )


def header() -> str:
    items = "".join(f'<li><a href="{HOME}/category/{slug}/">{escape(name)}</a></li>' for slug, name in SECTIONS.items())
    return (
        f'<header class="site-head"><a href="{HOME}/"><img src="{HOME}/wp-content/uploads/2017/01/logo.png" '
        f'alt="JAPAN Forward"></a><div><span class="mvp-fly-soc-head">Connect with us</span></div>'
        f'<nav><ul>{items}<li><a href="{HOME}/japanese/">日本語</a></li></ul></nav></header>'
    )


def footer() -> str:
    return (
        f'<footer class="site-foot"><h4>Our Partners</h4><ul><li><a href="https://www.sankei.com/">The Sankei Shimbun</a></li>'
        f'<li><a href="https://www.sankei.com/column/editorial/">主張</a></li></ul>'
        f'<p><a href="{HOME}/author/the-sankei-shimbun/">The Sankei Shimbun on JAPAN Forward</a></p>'
        f"<p>Copyright © Japan Forward</p></footer>"
    )


def sidebar(recent: tuple[Post, ...]) -> str:
    items = "".join(f'<li><a href="{post.url}">{escape(post.title)}</a></li>' for post in recent)
    return f'<aside class="widget-area"><h3>Most Read</h3><ol>{items}</ol><p>{TEASER}</p></aside>'


def _classic(post: Post) -> str:
    shown = f"{post.at:%B} {post.at.day}, {post.at.year}"
    stamp = post.at.isoformat() if post.layout == "classic2017" else post.at.astimezone(UTC).isoformat()
    return (
        f'<div id="primary" class="content-area"><article id="post-{post.number}" class="post type-post hentry">\n'
        f'<span class="cat-links"><a href="{HOME}/category/{post.section}/" rel="category tag">'
        f"{escape(post.section_name)}</a></span>\n"
        f'<h1 class="entry-title">{escape(post.title)}</h1>\n'
        f'<span class="posted-on"><time class="entry-date published" datetime="{stamp}">{shown}</time></span>\n'
        f'<div class="entry-content">\n{content(post)}\n</div>\n'
        f'<footer class="entry-footer"><p>Share this: Facebook Twitter</p></footer></article></div>'
    )


def _zox_page(post: Post) -> str:
    return f'<div id="mvp-site"><div id="mvp-site-main">{_zox_article(post)}</div></div>'


def _zox_article(post: Post) -> str:
    """The article as SITES 1.4 supposes it, microdata included."""
    excerpt = f'<span class="mvp-post-excerpt left"><p>{escape(post.standfirst)}</p></span>' if post.standfirst else ""
    tags = f'<a href="{HOME}/tag/{post.tag}/" rel="tag">{post.tag}</a>' if post.tag else ""
    return (
        f'<article id="mvp-article-wrap" itemscope itemtype="http://schema.org/NewsArticle">\n'
        f'<meta itemscope itemprop="mainEntityOfPage" itemtype="https://schema.org/WebPage" itemid="{post.url}">\n'
        f'<header id="mvp-post-head" class="left relative"><h3 class="mvp-post-cat left relative">'
        f'<a class="mvp-post-cat-link" href="{HOME}/category/{post.section}/"><span class="mvp-post-cat left">'
        f"{escape(post.section_name)}</span></a></h3>\n"
        f'<h1 class="mvp-post-title left entry-title" itemprop="headline">{escape(post.title, quote=False)}</h1>\n{excerpt}\n'
        f"{_zox_info(post)}</header>\n{_zox_lead(post)}\n"
        f'<div id="mvp-content-body"><div id="mvp-content-main" class="left relative">\n{content(post)}\n</div></div>\n'
        f'<div class="mvp-post-tags"><span class="mvp-post-tags-header">Related Topics:</span>'
        f'<span itemprop="keywords">{tags}</span></div>\n'
        f'<div class="mvp-org-wrap" itemprop="publisher" itemscope itemtype="https://schema.org/Organization">'
        f'<meta itemprop="name" content="JAPAN Forward"></div></article>'
    )


def _zox_info(post: Post) -> str:
    shown = f"{post.at:%B} {post.at.day}, {post.at.year}"
    changed = f'<meta itemprop="dateModified" content="{post.modified:%Y-%m-%d}">'
    return (
        f'<div class="mvp-author-info-wrap"><div class="mvp-author-info-date left relative"><p>Published</p> '
        f'<span class="mvp-post-date">{2026 - post.at.year} years ago</span> <p>on</p> <span class="mvp-post-date updated">'
        f'<time class="post-date updated" itemprop="datePublished" datetime="{post.at:%Y-%m-%d}">{shown}</time></span>{changed}'
        f'</div><div class="mvp-author-info-name left relative"><p>By</p> <span class="author-name vcard fn author" '
        f'itemprop="name"><a href="{HOME}/author/the-sankei-shimbun/" rel="author">JAPAN Forward</a></span></div></div>'
    )


def _zox_lead(post: Post) -> str:
    if not post.lead:
        return ""
    return (
        f'<div id="mvp-post-feat-img" class="left relative mvp-post-feat-img-wide2" itemprop="image" itemscope '
        f'itemtype="https://schema.org/ImageObject">{img(post, post.lead)}<meta itemprop="url" content="{escape(post.lead.url)}">'
        f'</div><span class="mvp-feat-caption">{escape(post.lead.line)}</span>'
    )


def _gutenberg(post: Post) -> str:
    counter = '<div class="share-count">12</div>' if "counter" in post.traits else ""
    return (
        f'<main id="main"><article id="post-{post.number}" class="post type-post"><header class="post-header">'
        f'<a class="post-cat" href="{HOME}/category/{post.section}/">{escape(post.section_name)}</a>\n'
        f'<h1 class="post-headline">{escape(post.title, quote=False)}</h1>\n<p class="post-lead">{escape(post.standfirst)}</p>\n'
        f'<time class="post-time" datetime="{post.at.isoformat()}">{post.at:%B} {post.at.day}, {post.at.year}</time></header>\n'
        f'{counter}\n<div class="post-thumb">{_lead(post)}</div>\n<div class="post-content">\n{content(post)}\n</div></article></main>'
    )


def _blocks(post: Post) -> str:
    return (
        f'<main id="wp--skip-link--target" class="wp-block-group"><article class="wp-block-post">'
        f'<div class="taxonomy-category wp-block-post-terms"><a href="{HOME}/category/{post.section}/" rel="tag">'
        f"{escape(post.section_name)}</a></div>\n"
        f'<h1 class="wp-block-post-title">{escape(post.title, quote=False)}</h1>\n'
        f'<div class="wp-block-post-excerpt"><p class="wp-block-post-excerpt__excerpt">{escape(post.standfirst)}</p></div>\n'
        f'<div class="wp-block-post-date"><time datetime="{post.at.isoformat()}">{post.at:%b} {post.at.day}, {post.at.year}</time></div>\n'
        f"{_lead(post)}\n"
        f'<div class="entry-content wp-block-post-content">\n{content(post)}\n</div></article></main>'
    )


def _hashed(post: Post) -> str:
    """No class, role or element that anyone could know: only metadata and the text are left."""
    return (
        f'<div class="x1a7"><div class="x2kk"><div class="x3"><a class="x3b" href="{HOME}/category/{post.section}/">'
        f'{escape(post.section_name)}</a></div>\n<h1 class="x9w">{escape(post.title, quote=False)}</h1>\n'
        f'<p class="x9x">{escape(post.standfirst)}</p>\n{_lead(post)}\n'
        f'<div class="x7m2">\n{content(post)}\n</div></div></div>'
    )


def _lead(post: Post) -> str:
    if not post.lead:
        return ""
    html = figure_html(post, post.lead)
    if "caption_prefix" in post.traits:
        html = html.replace(
            ">" + escape(post.lead.caption, quote=False), ">Photo Caption: " + escape(post.lead.caption, quote=False)
        )
    return html
