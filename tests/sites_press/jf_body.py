"""The content of JAPAN Forward's posts: what stands in the body container, noise and link lines included."""

from collections.abc import Iterator
from html import escape

from .model import Link
from .posts import SECTIONS, Block, Figure, Post, linked

BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
AD = '<p style="text-align: center;">Advertisement</p>'
AD_BOX = '<div class="ad-slot"><span>Advertisement</span></div>'


def content(post: Post) -> str:
    """Everything in the body container, in order."""
    return "\n".join(_lines(post))


def figure_html(post: Post, figure: Figure) -> str:
    """A figure in the markup of its time."""
    image = img(post, figure)
    line = escape(figure.line, quote=False)
    if post.layout == "classic2017":
        return f"<p>{image}</p>\n<p>Photo : {line}</p>"
    if post.layout in ("classic2018", "zox2020") and "gutenberg" not in post.traits:
        return (
            f'<div id="attachment_{post.number + 1}" style="width: 1034px" class="wp-caption aligncenter">{image}'
            f'<p id="caption-attachment-{post.number + 1}" class="wp-caption-text">{line}</p></div>'
        )
    if post.layout.startswith("hashed"):
        return f'<figure class="x5qz">{image}<figcaption class="x5r0">{line}</figcaption></figure>'
    return (
        f'<figure class="wp-block-image size-large">{image}'
        f'<figcaption class="wp-element-caption">{line}</figcaption></figure>'
    )


def img(post: Post, figure: Figure) -> str:
    """An image element; lazy pages keep the address in data-src and say it again in noscript."""
    source, alt = escape(figure.url), escape(figure.alt)
    stem, dot, ending = source.rpartition(".")
    sizes = f'srcset="{source} 1024w, {stem}-300x200{dot}{ending} 300w" sizes="(max-width: 1024px) 100vw, 1024px"'
    if "lazy" in post.traits:
        plain = f'<noscript><img src="{source}" alt="{alt}" width="1024" height="683"></noscript>'
        return (
            f'<img src="{BLANK}" data-src="{source}" data-srcset="{source} 1024w" alt="{alt}" class="lazyload">{plain}'
        )
    return f'<img src="{source}" {sizes} alt="{alt}" width="1024" height="683" class="wp-image-{post.number + 1}">'


def _lines(post: Post) -> Iterator[str]:
    places = {
        place: [pair for pair in post.links if pair[0].place == place]
        for place in ("widget", "top", "end", "after_author")
    }
    yield from (_widget(link, href) for link, href in places["widget"])
    if "counter_inside" in post.traits:
        yield "<p>7</p>"
    yield from (_link(link, href) for link, href in places["top"])
    if post.lead and post.layout.startswith("classic"):
        yield figure_html(post, post.lead)
    for index, block in enumerate(post.body):
        yield _block(post, block)
        yield from _noise(post, index)
    yield from (_link(link, href) for link, href in places["end"])
    yield _author(post)
    yield from (_link(link, href) for link, href in places["after_author"])
    yield from _tail(post)


def _block(post: Post, block: Block) -> str:
    if block.figure:
        return figure_html(post, block.figure)
    if block.kind == "heading":
        css = "" if post.layout in ("zox", "hashed_ld", "hashed_og") else ' class="wp-block-heading"'
        return f"<h2{css}>{block.html}</h2>"
    if block.kind == "quote":
        css = "" if post.layout.startswith("hashed") else ' class="wp-block-quote"'
        return f"<blockquote{css}><p>{block.html}</p></blockquote>"
    if block.kind == "list":
        return f'<ul class="wp-block-list">{block.html}</ul>'
    trailing = " &nbsp;" if post.at.year >= 2021 and len(block.text) % 5 == 0 else ""
    return f"<p>{block.html}{trailing}</p>"


def _noise(post: Post, index: int) -> Iterator[str]:
    """Between blocks: empty paragraphs (2018), U+00A0 alone and Advertisement (2020)."""
    if post.layout == "classic2018":
        yield "<p>&nbsp;</p>" if index % 2 else "<p></p>"
    if post.layout == "zox2020":
        yield "<p>\u00a0</p>"
        if index in (1, 5, 9):
            yield AD if index == 5 else AD_BOX
    if post.layout in ("zox", "gutenberg") and index == 4:
        yield AD_BOX


def _link(link: Link, href: str | None) -> str:
    return link.wrap.format(linked(link.wording, href))


def _widget(link: Link, href: str | None) -> str:
    """Three text nodes, the middle one linked (SITES 1.5)."""
    return (
        f'<div class="jf-lang-note"><span>このページを</span> <strong>{linked(link.wording, href)}</strong>'
        f" <span>で読む</span></div>"
    )


def _author(post: Post) -> str:
    name = escape(post.byline, quote=False)
    if post.layout in ("zox", "hashed_ld"):
        return f"<p><strong>Author: {name}</strong></p>"
    if post.layout == "gutenberg":
        return f'<p><em>Author:</em> <a href="https://japan-forward.com/author/the-sankei-shimbun/">{name}</a></p>'
    return f"<p>Author: {name}</p>"


def _tail(post: Post) -> Iterator[str]:
    """After the author line, some years list more to read."""
    if post.layout in ("gutenberg", "blocks") or post.at.year == 2022:
        items = "".join(
            f'<li><a href="https://japan-forward.com/category/{slug}/">{escape(name)}</a></li>'
            for slug, name in list(SECTIONS.items())[:3]
        )
        yield f"<p><strong>RELATED:</strong></p><ul>{items}</ul>"
