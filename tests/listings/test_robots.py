"""robots.txt as it concerns us: whose rules are ours, in whatever bytes they come, and at what cost."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from crawler.robots import PARSED, TOKEN, rules_of

PAGE = "https://herald.example/uploads/a.png"
RULES = b"User-agent: *\nDisallow: /uploads/\nSitemap: https://herald.example/s.xml\n"


@pytest.mark.parametrize(
    "body",
    [
        RULES,
        b"\xef\xbb\xbf" + RULES,
        RULES.decode().encode("utf-16"),
        b"\xfe\xff" + RULES.decode().encode("utf-16-be"),
        RULES.replace(b"\n", b"\r"),
        RULES.replace(b"\n", b"\r\n"),
        RULES.replace(b"*", b"*\0"),
        RULES.replace(b"*", b"genbun  # us"),
        RULES.replace(b"*", b"GENBUN/2.0"),
        RULES.replace(b"User-agent: *", b"User-Agent :*"),
        b"User-agent: other\n" + RULES,
        b"User-agent: other\nDisallow: /b\n\n" + RULES,
        b"\xff\xff\n" + RULES,
    ],
)
def test_what_forbids_us(body: bytes) -> None:
    rules = rules_of(body)
    assert not rules.can_fetch(PAGE, TOKEN)
    assert rules.can_fetch("https://herald.example/b", TOKEN)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        RULES.replace(b"*", b"other"),
        RULES.replace(b"*", b"gen"),
        RULES.replace(b"*", b"genbunbot"),
        RULES + b"User-agent: genbun\nDisallow:\n",
        RULES + b"\nUser-agent: Genbun\nAllow: /uploads/\n",
        b"#" * PARSED + b"\n" + RULES,
    ],
)
def test_what_does_not(body: bytes) -> None:
    assert rules_of(body).can_fetch(PAGE, TOKEN)


def test_sitemaps_and_pace() -> None:
    rules = rules_of(RULES + b"Crawl-delay: 3\n")
    assert list(rules.sitemaps) == ["https://herald.example/s.xml"]
    assert rules.crawl_delay(TOKEN) == 3


def test_many_names_and_many_rules_cost_little() -> None:
    body = b"".join(b"User-agent: r%d\n" % n for n in range(15_000)) + b"Disallow: /x\n" * 15_000
    tracemalloc.start()
    began = time.process_time()
    assert rules_of(body).can_fetch(PAGE, TOKEN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.process_time() - began < 5
    assert peak < 60e6
