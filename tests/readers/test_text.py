"""Words: folding, labels, captions and credits, digests. Captions are shaped like those that papers print."""

from __future__ import annotations

import base64
import hashlib
import time

import pytest

from crawler.models import Block
from crawler.text import digest_of, fold, split_caption, split_headline, text_of

FOLDS = [
    ("  a \n\t b\u00a0 c ", "a b c"),
    ("\u3000主張は　こうだ\u3000", "主張は　こうだ"),
    ("題\u3000\n 　意見", "題\u3000\u3000意見"),
    ("soft\u00adly\u200b \ufeffnow\x00\x1f", "softly now"),
    ("\ud83d lone", "\ufffd lone"),
    ("１２３ＡＢＣ髙﨑", "１２３ＡＢＣ髙﨑"),
    ("", ""),
]
HEADLINES = [
    ("【主張】灯台の火　消すな", "灯台の火　消すな", "主張"),
    ("＜主張＞灯台の火　消すな　社説", "灯台の火　消すな", "主張"),
    ("〈主張〉灯台の火　消すな", "灯台の火　消すな", "主張"),
    ("《主張》灯台", "灯台", "主張"),
    ("<主張>灯台　社説", "灯台", "主張"),
    ("&lt;主張&gt;灯台　社説", "灯台", "主張"),
    ("【 主張 】 灯台", "灯台", "主張"),
    ("【朝のエッセー】灯台・３月", "灯台・３月", "朝のエッセー"),
    ("灯台の火　消すな - 産経ニュース", "灯台の火　消すな", None),
    ("【主張】", "【主張】", None),
    ("「灯台」消す", "「灯台」消す", None),
    ("Editorial: Keep the Lamp", "Keep the Lamp", "Editorial"),
    ("EDITORIAL: Keep the Lamp", "Keep the Lamp", "EDITORIAL"),
    ("EDITORIAL | Keep the Lamp", "Keep the Lamp", "EDITORIAL"),
    ("EDITORIAL｜Keep | the Lamp", "Keep | the Lamp", "EDITORIAL"),
    ("EDITORIAL | Keep the Lamp | JAPAN Forward", "Keep the Lamp", "EDITORIAL"),
    ("Editorial: Keep the Lamp \u2013 JAPAN Forward", "Keep the Lamp", "Editorial"),
    ("Keep the Lamp | JAPAN Forward", "Keep the Lamp", None),
    ("BOOKMARK | A Keeper's Cat", "A Keeper's Cat", "BOOKMARK"),
    ("[Speaking Out] A Keeper's Cat", "A Keeper's Cat", "Speaking Out"),
    ("How an Editorial Changed a Harbor", "How an Editorial Changed a Harbor", None),
    ("Kurumi: A Harbor Without Light", "Kurumi: A Harbor Without Light", None),
    (
        "Why do the lamps go out at night in our harbor? | An answer",
        "Why do the lamps go out at night in our harbor? | An answer",
        None,
    ),
    ("Keep\x00 the\u200b Lamp\n", "Keep the Lamp", None),
]
CAPTIONS = [
    ("The lamp in June. (© Sankei by Taro Yamakawa)", "The lamp in June.", "Sankei by Taro Yamakawa"),
    ("The lamp (©Sankei by Taro Yamakawa)", "The lamp", "Sankei by Taro Yamakawa"),
    ("The lamp (© Sankei byTaro Yamakawa)", "The lamp", "Sankei byTaro Yamakawa"),
    ("The lamp (© REUTERS/Taro Yamakawa)", "The lamp", "REUTERS/Taro Yamakawa"),
    ("The lamp (©Kyodo News).", "The lamp.", "Kyodo News"),
    ("The lamp, July 12. (via Harbor Office)", "The lamp, July 12.", "via Harbor Office"),
    ("The lamp (Pool photograph)", "The lamp", "Pool photograph"),
    ("The lamp (Inside image ©Sankei by Taro)", "The lamp", "Inside image Sankei by Taro"),
    ("The lamp ©Kurumi Co., Ltd.", "The lamp", "Kurumi Co., Ltd."),
    ("The lamp (On March 1. © Sankei by Taro)", "The lamp (On March 1.)", "Sankei by Taro"),
    ("The keeper (left) and his cat", "The keeper (left) and his cat", None),
    ("The keeper (left) and his cat (Kyodo)", "The keeper (left) and his cat", "Kyodo"),
    ("The lamp (seen by ships) at night", "The lamp (seen by ships) at night", None),
    ("The lamp ((c) Kyodo)", "The lamp", "Kyodo"),
    ("A ( lamp (© Taro)", "A ( lamp", "Taro"),
    ("Photo Caption: The lamp (Provided by the keeper)", "The lamp", "Provided by the keeper"),
    ("Photo by Taro Yamakawa", None, "Photo by Taro Yamakawa"),
    ("(© Taro)", None, "Taro"),
    (
        "灯台（左から）新、旧＝１１日午前、胡桃町（山川太郎撮影）",
        "灯台（左から）新、旧＝１１日午前、胡桃町",
        "山川太郎撮影",
    ),
    ("灯台（胡桃町提供）", "灯台", "胡桃町提供"),
    ("灯台＝１１日午前、胡桃町", "灯台＝１１日午前、胡桃町", None),
    ("灯台＝１１日（共同）", "灯台＝１１日", "共同"),
    ("灯台（ロイター＝共同）", "灯台", "ロイター＝共同"),
    ("灯台＝ロイター", "灯台", "ロイター"),
    ("灯台（代表撮影）", "灯台", "代表撮影"),
    ("灯台（左）", "灯台（左）", None),
    ("", None, None),
    (None, None, None),
]


@pytest.mark.parametrize(("raw", "folded"), FOLDS)
def test_fold(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@pytest.mark.parametrize(("raw", "text", "label"), HEADLINES)
def test_headlines(raw: str, text: str, label: str | None) -> None:
    assert split_headline(raw, ("JAPAN Forward", "産経ニュース")) == (text, label)


@pytest.mark.parametrize(("raw", "caption", "credit"), CAPTIONS)
def test_captions(raw: str | None, caption: str | None, credit: str | None) -> None:
    assert split_caption(raw) == (caption, credit)


def test_a_caption_of_a_megabyte_costs_little_and_stays() -> None:
    raw = "()" * 500_000
    began = time.process_time()
    assert split_caption(raw) == (raw, None)
    assert time.process_time() - began < 1


def test_text_leaves_figures_out() -> None:
    blocks = [
        Block(kind="paragraph", text="一"),
        Block(kind="figure", caption="図"),
        Block(kind="heading", text="二"),
        Block(kind="quote", text="三"),
    ]
    assert text_of(blocks) == "一\n\n二\n\n三"


def test_digest_is_written_as_in_warc() -> None:
    assert digest_of("") == "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
    assert digest_of("主張") == "sha1:" + base64.b32encode(hashlib.sha1("主張".encode()).digest()).decode()  # noqa: S324  # as WARC
