"""The real pages of the Sankei Shimbun: counts, labels, dates, access and digests; their words stay where they are."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import NamedTuple

import pytest

from crawler.models import Article
from crawler.newspapers import parse_page

pytestmark = pytest.mark.realpages


class Expected(NamedTuple):
    day_and_id: str
    kinds: str
    characters: int
    label: int
    kind: str
    published: str
    modified: str
    access: str
    truncated: bool
    credits: tuple[int, ...]
    digest: str


PAGES = {  # label and credits by their length
    "fundus-20250121-QBJP5I25BBIG5IZ76XZNDHDB5Q": Expected(
        "20250121-QBJP5I25BBIG5IZ76XZNDHDB5Q",
        "fphppppfhpppp",
        1066,
        0,
        "news",
        "2025-01-21 20:50:32+09:00",
        "2025-01-21 20:50:32+09:00",
        "free",
        False,
        (5, 0),
        "sha1:C23RPI2YHPFZXJSBP7XQUKGPSERFBPPC",
    ),
    "mk-20230331-A7DCHCX5PNI6BHT3VAYCMXNJTU": Expected(
        "20230331-A7DCHCX5PNI6BHT3VAYCMXNJTU",
        "ppppppppppp",
        890,
        2,
        "editorial",
        "2023-03-31 05:00:01+09:00",
        "2023-03-31 05:00:01+09:00",
        "free",
        False,
        (),
        "sha1:W7XNQKSXOUULERPFS7BFFX5QPEZY7HOC",
    ),
    "mk-20230331-B4MBE3VEDFLAPCQ7F7COUG42O4": Expected(
        "20230331-B4MBE3VEDFLAPCQ7F7COUG42O4",
        "pppppp",
        526,
        7,
        "column",
        "2023-03-31 05:00:01+09:00",
        "2023-03-31 05:00:01+09:00",
        "free",
        False,
        (),
        "sha1:TUCXZ22GAOXUTR266XYK3DN6IHFBEMGU",
    ),
    "mk-20230331-D5BZ37LIINLKLC7WJCEH3Y5X4M": Expected(
        "20230331-D5BZ37LIINLKLC7WJCEH3Y5X4M",
        "fppp",
        326,
        0,
        "news",
        "2023-03-31 10:33:51+09:00",
        "2023-04-05 12:22:28+09:00",
        "free",
        False,
        (6,),
        "sha1:RRPR342K7WV2LXOTR36YXYGL5M5OL6KU",
    ),
    "koron-000015": Expected(
        "20211013-TBR56U2GRVNKTH6F7ZYGAUXMTE",
        "fphpppppfphpp",
        1074,
        0,
        "news",
        "2021-10-13 12:20:09+09:00",
        "2021-10-13 12:35:50+09:00",
        "free",
        True,
        (0, 0),
        "sha1:YHFVFO5EQENY7HT7TOOFTSA7BK2BHEAB",
    ),
    "koron-000017": Expected(
        "20211012-ZC5Y6A46ERO5PHBUTQ56ETHNZU",
        "fppp",
        331,
        12,
        "column",
        "2021-10-12 01:00:00+09:00",
        "2021-10-12 01:00:00+09:00",
        "members",
        True,
        (0,),
        "sha1:GPJLWEFGORF7XHLTW6SKEQEYKY3JFJFG",
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_real_page(name: str, real_pages: Path) -> None:
    expected = PAGES[name]
    body = gzip.decompress((real_pages / "sankei" / f"{name}.html.gz").read_bytes())
    article = parse_page(body, f"https://www.sankei.com/article/{expected.day_and_id}/")
    assert isinstance(article, Article), article
    figures = [block for block in article.blocks if block.kind == "figure"]
    paragraphs = [block.text or "" for block in article.blocks if block.kind == "paragraph"]
    found = Expected(
        f"{article.published_on:%Y%m%d}-{article.id.removeprefix('sankei:')}",
        "".join(block.kind[0] for block in article.blocks),
        sum(map(len, paragraphs)),
        len(article.label or ""),
        article.kind,
        str(article.published_at),
        str(article.modified_at),
        article.access,
        article.truncated,
        tuple(len(figure.credit or "") for figure in figures),
        article.text_digest,
    )
    assert found == expected
    assert article.parser.signals["body"] == "fusion=dom"
    assert all("/resizer/" not in (figure.image_url or "") for figure in figures)


def test_the_real_editorial(real_pages: Path) -> None:
    """Eleven paragraphs, 890 characters; the label is split off, U+3000 stays; the generic image is none."""
    body = gzip.decompress((real_pages / "sankei" / "mk-20230331-A7DCHCX5PNI6BHT3VAYCMXNJTU.html.gz").read_bytes())
    article = parse_page(body, "http://sankei.com/article/20230331-A7DCHCX5PNI6BHT3VAYCMXNJTU?outputType=amp")
    assert isinstance(article, Article), article
    assert [block.kind for block in article.blocks] == ["paragraph"] * 11
    assert sum(len(block.text or "") for block in article.blocks) == 890
    assert article.headline_raw == f"【主張】{article.headline}"
    assert "\u3000" in article.headline
    assert (article.byline, article.section, article.standfirst, article.original) == (None, "主張", None, None)
    assert article.url == "https://www.sankei.com/article/20230331-A7DCHCX5PNI6BHT3VAYCMXNJTU/"
