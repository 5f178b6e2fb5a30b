"""Elements of HTML and SVG: what is not markup already is escaped, so that no word of a newspaper's becomes any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

VOID: Final = ("meta", "link", "br")


class Html(str):
    """Text that is markup."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: object) -> Html:
    """An element. `class_` is `class`, `aria_label` is `aria-label`; attributes that are None are left out."""
    said = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Html(f"<{name}{said}>")
    return Html(f"<{name}{said}>{together(children)}</{name}>")


def together(parts: Iterable[str]) -> Html:
    """Markup one after the other, text escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def svg(width: int, height: int, title: str, desc: str, name: str, *children: str) -> Html:
    """A picture with its name and what it shows, for those who do not see it. `name` is its own in the page."""
    return tag(
        "svg", tag("title", title, id=f"{name}-t"), tag("desc", desc, id=f"{name}-d"), *children,
        role="img", aria_labelledby=f"{name}-t", aria_describedby=f"{name}-d",
        viewBox=f"0 0 {width} {height}", width=width, height=height,
    )  # fmt: skip


def rows(caption: str, head: Sequence[str], body: Iterable[Sequence[str]]) -> Html:
    """A table; the first cell of a row is its head."""
    lines = [
        tag("tr", tag("th", first, scope="row"), *(tag("td", cell, class_=_side(cell)) for cell in rest))
        for first, *rest in body
    ]
    return tag(
        "table",
        *([tag("caption", caption)] if caption else []),
        tag("thead", tag("tr", *(tag("th", cell, scope="col") for cell in head))),
        tag("tbody", *lines),
    )


def figure(caption: str, drawing: str, table: str, name: str, legend: str = Html("")) -> Html:
    """A picture that may be wider than the window, and the same as a table."""
    return tag(
        "figure",
        tag("figcaption", caption, id=f"{name}-c"),
        legend,
        scrolling(drawing, f"{name}-c"),
        tag("details", tag("summary", "The same as a table"), scrolling(table, f"{name}-c")),
    )


def scrolling(content: str, labelled_by: str) -> Html:
    """What may be wider than the window: it scrolls by itself, by keyboard too."""
    return tag("div", content, class_="scroll", tabindex=0, role="region", aria_labelledby=labelled_by)


def _side(cell: str) -> str | None:
    """Numbers stand to the right, dates and times on one line."""
    if cell.replace(",", "").isdigit():
        return "n"
    return "d" if cell[:1].isdigit() and set(cell) <= set("0123456789-: Z") else None
