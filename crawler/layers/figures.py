"""Figures and their captions among the pieces of a post, and what becomes of all of them: blocks."""

from __future__ import annotations

import re

from crawler.layers.pieces import Figure, Piece
from crawler.models import Block
from crawler.text import split_caption

CAPTION_MARK = re.compile(
    r"^photo(?:\scaption)?\s?[:：]|[(（][^()（）]{0,200}©[^()（）]{0,200}[)）]\W*$", re.IGNORECASE
)
LONGEST_CAPTION = 400
LONGEST_BESIDE = 160  # of words in one paragraph with their image; longer ones flow around it


def merged_with_captions(pieces: list[Piece], lead: list[Piece] | None = None) -> list[Piece]:
    """The pieces with captions in their figures; an image that is shown twice is one."""
    merged = list(lead or [])
    for piece in pieces:
        before = merged[-1].figure if merged else None
        if piece.figure:
            _add_figure(merged, piece)
        elif before and is_caption_of(piece, before):
            before.caption = before.caption or piece.text
        elif before and before.alt and piece.text == before.alt:
            continue
        elif piece.kind == "caption" or (piece.kind == "paragraph" and is_caption(piece.text)):
            merged.append(Piece("figure", figure=Figure(None, None, piece.text)))
        else:
            merged.append(piece)
    return merged


def _add_figure(merged: list[Piece], piece: Piece) -> None:
    """A caption may stand above its image, and a lead image once more in the text."""
    figure = piece.figure
    if figure is None:
        return
    before = merged[-1].figure if merged and merged[-1].figure else None
    if before and before.image_url is None and not figure.caption:
        before.image_url, before.alt = figure.image_url, figure.alt
        return
    if merged and merged[-1].kind == "paragraph" and figure.alt and merged[-1].text == figure.alt:
        merged.pop()
    same = next(
        (m.figure for m in merged if m.figure and _image_key(m.figure.image_url) == _image_key(figure.image_url)), None
    )
    if same is not None and figure.image_url:
        same.caption = same.caption or figure.caption
        return
    merged.append(piece)


def _image_key(url: str | None) -> str | None:
    """An image's name whatever its size: `a-1024x683.jpg`, `a-scaled.jpg` and `a.jpg` are one."""
    name = (url or "").partition("?")[0].rsplit("/", 1)[-1]
    return re.sub(r"(?:-\d{2,5}x\d{2,5}|-scaled)+(?=\.\w{3,4}$)", "", name) or None


def is_caption_of(piece: Piece, figure: Figure) -> bool:
    """Whether words right after an image are its caption: so named, in its paragraph, or with a credit at their end."""
    if figure.caption or piece.kind in ("heading", "list", "quote"):
        return False
    named = piece.kind == "caption" or piece.beside_image
    return named or (
        len(piece.text) <= LONGEST_CAPTION and (split_caption(piece.text).credit is not None or is_caption(piece.text))
    )


def is_caption(words: str) -> bool:
    """Whether a paragraph is a caption that has lost its image: `Photo Caption: …`, `… (© X)`."""
    return len(words) <= LONGEST_CAPTION and bool(CAPTION_MARK.search(words))


def block_of(piece: Piece) -> Block | None:
    if piece.figure:
        figure, found = piece.figure, split_caption(piece.figure.caption)
        return Block(
            kind="figure", image_url=figure.image_url, caption=found.caption, credit=found.credit, alt=figure.alt
        )
    if not piece.text or piece.kind == "figure" or piece.kind == "caption":
        return None
    return Block(kind=piece.kind, text=piece.text)
