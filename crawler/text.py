"""PAGE → words: folding, headlines and their labels, captions and their credits, text and its digest."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from html import unescape
from typing import NamedTuple

from crawler.models import Block

# White space but U+3000, which Japanese papers set on purpose: between topic and assertion, before a name.
BLANKS = r"[\t\n\r\f\v \x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]"
FOLDED = re.compile(rf"{BLANKS}+")
INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
SURROGATES = re.compile("[\ud800-\udfff]")


def fold(text: str) -> str:
    """Words on one line: white space folded, ends and invisible characters off, U+3000 inside kept.

    A run of white space that holds U+3000 becomes the U+3000 it holds; lone surrogates become U+FFFD.
    """
    if text.isprintable() and "  " not in text:  # so it holds no white space but single blanks, and nothing invisible
        return text.strip(" ")
    text = FOLDED.sub(" ", INVISIBLE.sub("", SURROGATES.sub("\ufffd", text)))
    if "\u3000" in text:
        text = text.replace(" \u3000", "\u3000").replace("\u3000 ", "\u3000")
    return text.strip(" \u3000")


def text_of(blocks: Iterable[Block]) -> str:
    """An article's text: paragraphs, headings, quotes and lists, joined by a blank line."""
    return "\n\n".join(block.text for block in blocks if block.kind != "figure" and block.text)


def digest_of(text: str) -> str:
    """`sha1:` and Base32 over the text in UTF-8, written as WARC writes its digests."""
    return "sha1:" + base64.b32encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode("ascii")


# headlines ----------------------------------------------------------------------------------------

# 【主張】 of old, ＜主張＞ since about 2024, [Speaking Out] and the like; ascii < > come as entities, too.
BRACKETS = ("【】", "＜＞", "〈〉", "《》", "<>", "［］", "[]", "〔〕", "≪≫")
SERIES = re.compile("|".join(rf"{re.escape(b[0])}([^{re.escape(b)}]{{1,40}}){re.escape(b[1])}" for b in BRACKETS))
# `Editorial: X` (2017 to 2018) and `EDITORIAL | X` (2020 on). Before a colon only these words are a label, since a
# headline may well begin `Ukraine: …`; before a bar any few words are.
KICKER = re.compile(r"(editorial|opinion|column|commentary|bookmark|interview)s?\s?[:：]\s?(?=\S)", re.IGNORECASE)
BAR = re.compile(r"\s?[|｜∣¦]\s?")
SUFFIX_BAR = re.compile(r"\s(?:[|｜\-–—:]|：)\s")
MAX_LABEL = 48


class Headline(NamedTuple):
    """A headline without its label, and the label as printed without its marks, or None."""

    text: str
    label: str | None


def split_headline(raw: str, site_names: Iterable[str] = ()) -> Headline:
    """Part a headline from its series label and from the site's names at its end.

    >>> split_headline("【主張】対話の窓　閉ざすな")
    Headline(text='対話の窓　閉ざすな', label='主張')
    """
    text = without_site(fold(unescape(raw)), site_names)
    for split in (_split_brackets, _split_kicker, _split_bar):
        label, rest = split(text)
        if label and rest:
            return Headline(re.sub(r"[\s\u3000]+社説$", "", rest) if label == "主張" else rest, label)
    return Headline(text, None)


def without_site(text: str, site_names: Iterable[str]) -> str:
    """The text without `| JAPAN Forward`, ` - 産経ニュース` and the like at its end."""
    for name in site_names:
        if len(text) > len(name) and text.casefold().endswith(name.casefold()):
            head = text[: -len(name)].rstrip(" \u3000")
            if head.endswith(("|", "｜", "-", "–", "—", "：", ":", "»", "«")) and head[:-1].strip(" \u3000"):
                return without_site(head[:-1].rstrip(" \u3000"), site_names)
    return text


def _split_brackets(text: str) -> tuple[str | None, str]:
    found = SERIES.match(text)
    if not found:
        return None, text
    label = next(group for group in found.groups() if group is not None)
    return fold(label), text[found.end() :].strip(" \u3000")


def _split_kicker(text: str) -> tuple[str | None, str]:
    found = KICKER.match(text)
    return (text[: found.end()].rstrip(" :："), text[found.end() :]) if found else (None, text)


def _split_bar(text: str) -> tuple[str | None, str]:
    found = BAR.search(text)
    if not found or found.start() == 0:
        return None, text
    label = text[: found.start()]
    is_label = len(label) <= MAX_LABEL and len(label.split()) <= 6 and label[-1] not in ".?!…。"
    return (label, text[found.end() :]) if is_label else (None, text)


# captions and credits -----------------------------------------------------------------------------

# What makes a parenthesis a credit: © anywhere, these words at its beginning, or anywhere if it ends the caption.
CREDIT_START = re.compile(r"(?:via|photos?|photographs?|pool|courtesy|provided|images?)\b", re.IGNORECASE)
CREDIT_WORDS = re.compile(r"\b(?:via|photos?|photographs?|pool|courtesy|provided)\b", re.IGNORECASE)
CREDIT_BY = re.compile(
    r"(?:[A-Z][\w.&/ ]{0,60} )?[Bb]y\s?[A-Z]|(?:Kyodo|Reuters|REUTERS|AP|AFP|Jiji|Getty|Sankei|EPA|UPI)\b"
)
AGENCIES = (
    "共同|ロイター|時事|ＡＰ|AP|ＡＦＰ|AFP|ＥＰＡ|EPA|ＵＰＩ|UPI|ゲッティ|Getty|聯合|新華社|タス|ＮＡＳＡ|NASA|代表撮影"
)
JAPANESE_CREDIT = re.compile(rf"(?:撮影|提供|より|写真|共同)$|^(?:{AGENCIES})")
AFTER_EQUALS = re.compile(rf"^(?:{AGENCIES})(?:[・＝=](?:{AGENCIES}))*$")
PREFIX = re.compile(r"^photo(?:\s(?:caption|by line))?\s?[:：]\s?", re.IGNORECASE)
LONGEST_CAPTION = 4_000  # characters that are searched for a credit; one of a newspaper's has 300
PHOTO_LINE = re.compile(r"photos?\s?[:：]\s?|photos?\s+(?:by|via|courtesy of)\s", re.IGNORECASE)


class Caption(NamedTuple):
    """A caption without its credit, and the credit as printed without parentheses and ©; each may be None."""

    caption: str | None
    credit: str | None


def split_caption(raw: str | None) -> Caption:
    """Part a caption from its credit, English or Japanese.

    >>> split_caption("The summit in Vilnius. (© REUTERS/Ints Kalnins)")
    Caption(caption='The summit in Vilnius.', credit='REUTERS/Ints Kalnins')
    """
    text = re.sub(r"\([cC]\)\s?", "©", fold(raw or ""))
    if len(text) > LONGEST_CAPTION:
        return Caption(text, None)
    if prefix := PREFIX.match(text):
        text = text[prefix.end() :]
    found = _credit_in_parentheses(text) or _credit_after_mark(text) or (text, None)
    return Caption(found[0] or None, found[1] or None)


def _credit_in_parentheses(text: str) -> tuple[str, str] | None:
    """The last parenthesis that is a credit; what it says before a © after a full stop belongs to the caption."""
    for start, end in _parentheses(text):
        inside, after = text[start + 1 : end].strip(" \u3000"), text[end + 1 :].strip(" \u3000.。")
        if _is_credit(inside, japanese=text[start] == "（", last=not after):
            before, mark, credit = inside.rpartition("©")
            keeps = bool(mark) and before.rstrip().endswith((".", "。"))
            left = text[: start + 1] + before.rstrip() + text[end:] if keeps else _join(text[:start], text[end + 1 :])
            return left.strip(" \u3000"), plain_credit(credit if keeps else inside)
    return None


def _is_credit(inside: str, *, japanese: bool, last: bool) -> bool:
    if "©" in inside or (japanese and JAPANESE_CREDIT.search(inside)):
        return True
    return bool(CREDIT_START.match(inside) or (last and (CREDIT_WORDS.search(inside) or CREDIT_BY.match(inside))))


def _parentheses(text: str) -> list[tuple[int, int]]:
    """Outermost balanced parentheses, the last one first; one that never closes is nobody's."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for at, char in enumerate(text):
        if char in "(（":
            opened.append(at)
        elif char in ")）" and opened:
            start = opened.pop()
            while pairs and pairs[-1][0] > start:
                pairs.pop()
            pairs.append((start, at))
    return pairs[::-1]


def _join(before: str, after: str) -> str:
    before, after = before.rstrip(" \u3000"), after.strip(" \u3000")
    if after and after[0] in ".。" and (not before or before[-1] in ".。"):
        after = after[1:]
    return f"{before} {after}" if after and after[0] not in ".,;:。、" else before + after


def _credit_after_mark(text: str) -> tuple[str, str] | None:
    """`… ©Shochiku`, `Photo by X`, `…＝共同`: a credit without parentheses."""
    before, mark, after = text.rpartition("©")
    if mark:
        return before.rstrip(" \u3000(（"), plain_credit(after.rstrip(")）"))
    before, mark, after = text.rpartition("＝")
    if mark and AFTER_EQUALS.match(after):
        return before, after
    if found := PHOTO_LINE.match(text):
        return "", text if ":" not in found[0] and "：" not in found[0] else text[found.end() :]
    return None


def plain_credit(text: str) -> str:
    """A credit as printed, without © and the parentheses around it."""
    return fold(re.sub(r"©\s?", "", text)).strip(" \u3000()（）")
