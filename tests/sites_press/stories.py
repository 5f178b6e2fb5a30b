"""The Sankei's articles as values: the originals the editorials name, and what else its pages lead to."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal

from . import words
from .cases import editorials
from .model import JST, SANKEI, Answer, Editorial, Original, Shot, arc_id, arc_path
from .posts import parts_of

Era = Literal["2021", "2023", "2025"]
Style = Literal["brackets", "angles", "angles_split", "entities", "none"]
ElementKind = Literal["text", "header", "image", "link_list"]
PREVIEW = 3
CLOUD = "https://cloudfront-ap-northeast-1.images.arcpublishing.com/sankei"
SECTIONS = {
    "/column": "オピニオン",
    "/column/editorial": "主張",
    "/column/seiron": "正論",
    "/column/sankeisyo": "産経抄",
    "/column/newyear": "年のはじめに",
    "/politics": "政治",
    "/economy": "経済",
    "/economy/business": "産業・ビジネス",
    "/life": "ライフ",
    "/life/essay": "朝晴れエッセー",
    "/life/trend": "トレンド",
    "/region": "地方",
    "/region/kinki": "近畿",
    "/world": "国際",
    "/affairs": "社会",
}


@dataclass(frozen=True)
class Picture:
    """A photograph: `caption` as printed, `bare` and `credit` as they are to be read."""

    id: str
    caption: str
    bare: str
    credit: str | None
    open: str = ""

    @property
    def url(self) -> str:
        return f"{CLOUD}/{self.id}.jpg"


@dataclass(frozen=True)
class Element:
    """One element of the body; `text` holds HTML in a text element."""

    kind: ElementKind
    text: str = ""
    picture: Picture | None = None

    @property
    def plain(self) -> str:
        return re.sub(r"<[^>]+>", "", self.text)


@dataclass(frozen=True)
class Story:
    """One article under its new-form address, one page of it."""

    key: str
    at: datetime
    raw: str
    bare: str
    label: str | None
    style: Style
    section: str
    body: tuple[Element, ...]
    lead: Picture | None
    code: Literal["free", "paid_members"] = "free"
    page: int = 1
    pages: int = 1
    whole: int = 0  # characters of all pages

    @property
    def id(self) -> str:
        return arc_id(self.key)

    @property
    def path(self) -> str:
        return arc_path(self.at.date(), self.key)

    @property
    def url(self) -> str:
        return f"https://{SANKEI}{self.path}"

    @property
    def era(self) -> Era:
        return "2021" if self.at.year <= 2022 else "2023" if self.at.year <= 2024 else "2025"

    @property
    def published(self) -> datetime:
        """First publication: on the minute, or a second after it."""
        return self.at + timedelta(seconds=_number(self.key) % 2) if self.at.second == 0 else self.at

    @property
    def modified(self) -> datetime:
        return self.published + timedelta(days=4, hours=3, seconds=17) if _number(self.key) % 5 == 0 else self.published

    @property
    def texts(self) -> list[str]:
        return [element.plain for element in self.body if element.kind == "text" and element.plain.strip()]


@cache
def originals() -> dict[str, Story]:
    """By topic: the original's first page, whatever its address answers."""
    return {case.topic: _original(case, case.original) for case in editorials() if case.original}


@cache
def other_stories() -> dict[str, Story]:
    return {key: _other(key, raw) for key, raw in words.others().items()}


def split(story: Story, pages: int) -> list[Story]:
    """The pages of a story, about equally long."""
    size = -(-len(story.body) // pages)
    whole = sum(len(text) for text in story.texts)
    parts = [story.body[start : start + size] for start in range(0, len(story.body), size)]
    return [
        replace(story, body=part, page=number, pages=len(parts), whole=whole, lead=story.lead if number == 1 else None)
        for number, part in enumerate(parts, 1)
    ]


def shown(story: Story, answer: Answer, pages: int) -> Story:
    """What a visitor without account finds on the first page."""
    if answer == "preview":
        texts = [element for element in story.body if element.kind == "text"][:PREVIEW]
        return replace(story, body=tuple(texts), code="paid_members")
    return split(story, pages)[0]


def utc(at: datetime, fraction: str = "") -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _original(case: Editorial, original: Original) -> Story:
    topic = words.topics()[case.topic]
    at = datetime(original.day.year, original.day.month, original.day.day, 5, 0, tzinfo=JST)
    full_width = at.year <= 2023
    heading = topic.ja_heading if original.heading else None
    blocks = words.japanese(parts_of(case), heading, full_width)
    captions = [words.digits(ja) if full_width else ja for _, ja in topic.captions]
    pictures = [_picture(case.topic, index, shot, captions[index]) for index, shot in enumerate(original.shots)]
    leads = [p for p, shot in zip(pictures, original.shots, strict=True) if shot.where == "lead"]
    inner = [p for p, shot in zip(pictures, original.shots, strict=True) if shot.where == "body"]
    bare = words.digits(topic.headline[1]) if full_width else topic.headline[1]
    body = _elements(case.topic, blocks, inner, at.year)
    return Story(
        case.topic,
        at,
        _raw(bare, original.style),
        bare,
        "主張",
        original.style,
        "/column/editorial",
        body,
        leads[0] if leads else None,
    )


def _elements(key: str, blocks: list[tuple[words.Kind, str]], inner: list[Picture], year: int) -> tuple[Element, ...]:
    elements: list[Element] = []
    for index, (kind, text) in enumerate(blocks):
        if kind == "heading":
            elements.append(Element("header", text))
            continue
        if year >= 2025 and "政府" in text:
            text = text.replace("政府", '<a href="https://www.sankei.com/politics/">政府</a>', 1)
        elements.append(Element("text", text))
        if index == 3 and inner:
            elements.append(Element("image", picture=inner.pop(0)))
        if index == 4 and key == "cutters":
            elements.append(Element("link_list"))
        if index == 5 and key == "tourism":
            elements.append(Element("text", "<br/>"))
    return tuple(elements)


def _picture(topic: str, index: int, shot: Shot, caption: str) -> Picture:
    if shot.empty:
        return Picture(arc_id(f"{topic}/photo/{index}"), "", "", None)
    cut = shot.tail
    for mark in (f"（{shot.credit}）", f"＝{shot.credit}"):
        cut = cut.removesuffix(mark) if shot.credit else cut
    return Picture(arc_id(f"{topic}/photo/{index}"), caption + shot.tail, caption + cut, shot.credit, shot.open)


def _raw(bare: str, style: Style) -> str:
    return {"brackets": f"【主張】{bare}", "entities": f"<主張>{bare}　社説", "none": bare}.get(
        style, f"＜主張＞{bare}　社説"
    )


def _other(key: str, raw: dict[str, Any]) -> Story:
    at = datetime.fromisoformat(raw["at"]).replace(tzinfo=JST)
    title = str(raw["title"])
    match = re.match(r"[【＜](.+?)[】＞](.*?)(?:　社説)?$", title)
    style: Style = "none" if not match else "brackets" if title.startswith("【") else "angles"
    body = tuple(Element("text", words.digits(text) if at.year <= 2023 else text) for text in raw["p"])
    if raw["kind"] == "essay":
        body = (*body[:-1], Element("text", "<br/>"), body[-1])
    return Story(
        key,
        at,
        title,
        match[2] if match else title,
        match[1] if match else None,
        style,
        raw["section"],
        body,
        None,
        "paid_members" if key == "news_members" else "free",
    )


def _number(key: str) -> int:
    return hashlib.sha256(f"seconds/{key}".encode()).digest()[0]
