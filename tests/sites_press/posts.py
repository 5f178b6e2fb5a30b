"""JAPAN Forward's posts as values: what a page says, before any theme dresses it."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from typing import Any, Literal, cast

from . import words
from .cases import editorials
from .model import (
    BARE,
    CDN,
    FORWARD,
    JST,
    SANKEI,
    Editorial,
    Layout,
    Link,
    Photo,
    Spelling,
    arc_path,
    old_path,
)

BOARD = "Editorial Board, The Sankei Shimbun"
JAPANESE_FERRY = "/japanese/society/last-island-ferry/"
SECTIONS = {
    "politics-security": "Politics & Security",
    "diplomacy-security": "Diplomacy & Security",
    "abducted": "Abducted: The Japanese Kidnapped by North Korea",
    "economy-tech": "Economy & Tech",
    "indo-pacific": "Indo-Pacific",
    "society": "Society",
    "culture": "Culture",
    "sports": "Sports",
}
TAGS = {"politics-security": "Self-Defense", "abducted": "North-Korea", "society": "Reiwa", "economy-tech": "Industry"}
NOISE = "?ownedutm_source=owned%20site&ownedutm_medium=referral&ownedutm_campaign=ranking&ownedutm_content=x"

BlockKind = Literal["paragraph", "heading", "quote", "list", "figure"]


@dataclass(frozen=True)
class Figure:
    """A photograph as printed: `caption` without credit, `printed` what stands behind it."""

    url: str
    caption: str
    printed: str
    credit: str | None
    alt: str
    open: str = ""

    @property
    def line(self) -> str:
        return f"{self.caption} {self.printed}".strip()


@dataclass(frozen=True)
class Block:
    """One block of the body: `text` as it is to be read, `html` what stands inside its element."""

    kind: BlockKind
    text: str
    html: str
    figure: Figure | None = None


@dataclass(frozen=True)
class Post:
    """One post, editorial or not. `links` pairs each link line with its address, None where it has none."""

    number: int
    slug: str
    title: str
    label: str | None
    headline: str
    section: str
    at: datetime
    modified: datetime
    standfirst: str
    byline: str
    layout: Layout
    lead: Figure | None
    body: tuple[Block, ...]
    links: tuple[tuple[Link, str | None], ...]
    traits: frozenset[str]
    editorial: Editorial | None

    @property
    def path(self) -> str:
        return f"/{self.slug}/"

    @property
    def url(self) -> str:
        return f"https://{FORWARD}{self.path}"

    @property
    def section_name(self) -> str:
        return SECTIONS[self.section]

    @property
    def tag(self) -> str | None:
        return TAGS.get(self.section)


@cache
def posts() -> tuple[Post, ...]:
    """All posts, oldest first; WordPress numbers grow with time."""
    made = [_editorial(case) for case in editorials()] + [_feature(raw) for raw in words.features()]
    made.sort(key=lambda post: post.at)
    return tuple(Post(**{**vars(post), "number": 40000 + 613 * index}) for index, post in enumerate(made))


def parts_of(case: Editorial) -> tuple[words.Part, ...]:
    """The parts of an editorial, shared with the page of its original."""
    late = case.at.year >= 2021
    return words.compose(words.topics()[case.topic], case.length, late, "quote" in case.traits, "list" in case.traits)


def declared(case: Editorial, spelling: Spelling) -> str | None:
    """The address of the original as the editorial spells it."""
    if spelling == "japanese":
        return f"https://{FORWARD}{JAPANESE_FERRY}"
    if spelling == "none" or case.original is None:
        return None
    path = arc_path(case.original.day, case.topic) if case.original.form == "arc" else old_path(case.original)
    spelled = {
        "plain": f"https://{SANKEI}{path}",
        "http": f"http://{SANKEI}{path}",
        "bare": f"https://{BARE}{path}",
        "http_bare": f"http://{BARE}{path}",
        "noise": f"http://{SANKEI}{path}{NOISE}",
        "theme": f"https://{SANKEI}{path}?outputType=theme_tokyo2020",
        "noslash": f"https://{SANKEI}{path.rstrip('/')}",
    }
    return spelled[spelling]


def linked(line: str, href: str | None) -> str:
    """HTML of a line whose [[words]] carry `href`, or of one without address."""
    text = escape(line, quote=False)
    return re.sub(r"\[\[(.*?)\]\]", lambda m: f'<a href="{escape(href)}">{m[1]}</a>' if href else m[1], text)


def _editorial(case: Editorial) -> Post:
    topic = words.topics()[case.topic]
    headline = words.curly(topic.headline[0], every=True) if case.at.year >= 2021 else topic.headline[0]
    title = case.kicker + headline
    figures = [_photo(case, index, photo) for index, photo in enumerate(case.photos)]
    leads = [f for f, photo in zip(figures, case.photos, strict=True) if photo.where == "lead"]
    inner = [f for f, photo in zip(figures, case.photos, strict=True) if photo.where == "body"]
    return Post(
        number=0,
        slug=case.slug or _slug(title),
        title=title,
        label=re.split(r"[:| ]", case.kicker)[0],
        headline=headline,
        section=case.section,
        at=case.at,
        modified=case.modified or case.at,
        standfirst=topic.standfirst if case.at.year >= 2021 else "",
        byline=BOARD,
        layout=case.layout,
        lead=leads[0] if leads else None,
        body=_body(case, inner),
        links=tuple((link, declared(case, link.spelling)) for link in case.links),
        traits=case.traits,
        editorial=case,
    )


def _body(case: Editorial, inner: list[Figure]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    cites = list(case.cites)
    for index, part in enumerate(parts_of(case)):
        text = words.curly(part.en) if case.at.year >= 2021 else part.en
        html = escape(text, quote=False)
        if part.kind == "paragraph" and index in (1, 5) and cites:
            sentence, cited = _cite(cites.pop(0))
            text, html = f"{text} {sentence}", f"{html} {cited}"
        if "inline_links" in case.traits and index % 4 == 2:
            html = re.sub(
                r"\b(first|public|government|rules)\b", rf'<a href="https://{FORWARD}/tag/Reiwa/">\1</a>', html, count=1
            )
        if part.kind == "list":
            html = "".join(f"<li>{escape(item, quote=False)}</li>" for item in text.split("\n"))
        blocks.append(Block(part.kind, text, html))
        if index in (2, 7) and inner:
            figure = inner.pop(0)
            blocks.append(Block("figure", "", "", figure))
    assert not cites, case.topic
    assert not inner, case.topic
    return tuple(blocks)


def _cite(sentence: str) -> tuple[str, str]:
    """A sentence with [[words|key]] as plain text and as HTML leading to that article of the Sankei."""
    match = cast(re.Match[str], re.search(r"\[\[(.*?)\|(.*?)\]\]", sentence))
    other = words.others()[match[2]]
    path = arc_path(datetime.fromisoformat(other["at"]).date(), match[2])
    plain = sentence.replace(match[0], match[1])
    return plain, linked(sentence.replace(match[0], f"[[{match[1]}]]"), f"https://{SANKEI}{path}")


def _photo(case: Editorial, index: int, photo: Photo) -> Figure:
    kind = "jpg" if photo.where == "lead" else "png"
    name = photo.file or f"{case.topic}-{index + 1}.{kind}"
    host = CDN if photo.cdn else FORWARD
    caption = words.topics()[case.topic].captions[index][0]
    url = f"https://{host}/wp-content/uploads/{case.at:%Y/%m}/{name}"
    return Figure(url, caption, photo.printed, photo.credit, photo.alt, photo.open)


def _feature(raw: dict[str, Any]) -> Post:
    at = datetime.fromisoformat(raw["at"]).replace(tzinfo=JST)
    figure = Figure(
        f"https://{FORWARD}/wp-content/uploads/{at:%Y/%m}/{raw['slug'][:24].split('%')[0]}.jpg",
        "A view taken for this article.",
        f"(© JAPAN Forward by {raw['author'].split(',')[0]})",
        None,
        "view",
    )
    blocks = tuple(Block("paragraph", text, escape(text, quote=False)) for text in raw["p"])
    return Post(
        number=0,
        slug=raw["slug"],
        title=raw["title"],
        label=None,
        headline=raw["title"],
        section=raw["section"],
        at=at,
        modified=at,
        standfirst=raw["stand"],
        byline=raw["author"],
        layout=_layout(at),
        lead=figure,
        body=blocks,
        links=_feature_links(raw),
        traits=frozenset(),
        editorial=None,
    )


def _feature_links(raw: dict[str, Any]) -> tuple[tuple[Link, str | None], ...]:
    if "link" not in raw:
        return ()
    wording, target = raw["link"]
    if target.startswith("https:"):
        return ((Link(wording, "japanese", "widget"), target),)
    other = words.others()[target]
    return (
        (Link(wording, "plain"), f"https://{SANKEI}{arc_path(datetime.fromisoformat(other['at']).date(), target)}"),
    )


def _layout(at: datetime) -> Layout:
    for year, layout in (
        (2018, "classic2017"),
        (2020, "classic2018"),
        (2021, "zox2020"),
        (2024, "zox"),
        (2025, "gutenberg"),
    ):
        if at.year < year:
            return cast(Layout, layout)
    return "blocks"


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"[’']", "", title.lower())).strip("-")
