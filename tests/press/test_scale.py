"""Generated newspapers for the benchmarks: sizes as of real pages, the same every time, made when asked for."""

from __future__ import annotations

import gzip
import re
import tracemalloc
from itertools import pairwise

import pytest

from crawler.listings import read_listing
from crawler.models import Article
from crawler.newspapers import parse_page
from crawler.press import Answer, Press, scaled
from crawler.press.addresses import HERALD, SHIMBUN, herald_url, path_of, shimbun_url
from crawler.press.scale import Scaled
from tests.press.client import Client


@pytest.fixture(scope="module")
def content() -> Scaled:
    return scaled(10_000, seed=7)


def answer_of(content: Scaled, url: str, edition: int = 1) -> Answer:
    answer = content.find(*path_of(url), edition)
    assert answer is not None, url
    return answer


def images_of(answer: Answer) -> list[str]:
    return re.findall(r'<img src="([^"]+)"', answer.body.decode())


def test_pages_have_the_sizes_of_real_ones(content: Scaled) -> None:
    for number in [*range(0, 9_999, 463), 9_999]:
        pair = content.pair(number)
        english, japanese = answer_of(content, herald_url(pair)), answer_of(content, shimbun_url(pair))
        assert 86_000 <= len(english.body) <= 146_000
        assert 75_000 <= len(japanese.body) <= 120_000
        for page in (english, japanese):
            assert page.gzipped
            assert 20_000 <= len(page.gzipped) <= 37_000
            assert gzip.decompress(page.gzipped) == page.body
            images = images_of(page)
            assert 1 <= len(images) <= 3
            for image in images:
                body = answer_of(content, image).body
                assert body.startswith(b"\x89PNG\r\n\x1a\n")
                assert 25_000 <= len(body) <= 205_000


def test_every_pair_reads_and_belongs_together(content: Scaled) -> None:
    texts = set()
    for number in range(0, 10_000, 271):
        pair = content.pair(number)
        english = parse_page(answer_of(content, herald_url(pair)).body, herald_url(pair))
        japanese = parse_page(answer_of(content, shimbun_url(pair)).body, shimbun_url(pair))
        assert isinstance(english, Article), english
        assert isinstance(japanese, Article), japanese
        assert english.original
        assert english.original.url == japanese.url == shimbun_url(pair)
        texts |= {english.text_digest, japanese.text_digest}
    assert len(texts) == 2 * len(range(0, 10_000, 271))


def test_the_same_seed_gives_the_same_bytes_and_another_others(content: Scaled) -> None:
    urls = [address(content.pair(number)) for number in (0, 5_000) for address in (herald_url, shimbun_url)]
    urls += images_of(answer_of(content, urls[0]))
    twin = scaled(10_000, seed=7)
    assert [answer_of(content, url).body for url in urls] == [answer_of(twin, url).body for url in reversed(urls)][::-1]
    assert scaled(10, seed=8).pair(0) != content.pair(0)


def test_one_image_in_ten_is_another_ones_bytes(content: Scaled) -> None:
    images = [image for n in range(100) for image in images_of(answer_of(content, herald_url(content.pair(n))))]
    bodies = [answer_of(content, url).body for url in images]
    assert len(set(images)) == len(images)
    assert 0.03 <= 1 - len(set(bodies)) / len(bodies) <= 0.12


def test_the_sitemaps_list_every_pair_once(content: Scaled) -> None:
    index = read_listing(
        answer_of(content, f"https://{HERALD}/sitemap_index.xml").body, f"https://{HERALD}/", "sitemap"
    )
    posts = [
        line.url
        for more in index.more
        for line in read_listing(answer_of(content, more.url).body, more.url, "sitemap").lines
    ]
    assert len(posts) == len(set(posts)) == 10_000
    assert posts[1_234] == herald_url(content.pair(1_234))


def test_archives_months_feed_and_rest_go_on_to_the_end(content: Scaled) -> None:
    for path in ("/", "/category/editorial/page/1000/", "/2026/10/", "/2026/10/page/2/", "/feed/"):
        assert content.find(HERALD, path, 1), path
    for path in ("/category/editorial/page/1001/", "/category/editorial/page/0/", "/1999/01/", "/post-sitemap11.xml"):
        assert content.find(HERALD, path, 1) is None, path
    rest = content.find(HERALD, "/wp-json/wp/v2/posts?per_page=100&page=100", 1)
    assert rest
    assert dict(rest.headers)[b"X-WP-Total"] == b"10000"
    assert content.find(SHIMBUN, "/column/editorial/", 1)
    assert content.find(SHIMBUN, "/feeds/sitemap/?outputType=xml&from=9000", 1)
    dates = [one.english.published for one in map(content.pair, range(40)) if one.english]
    assert all(newer > older for newer, older in pairwise(dates))


def test_what_is_not_printed_is_not_found(content: Scaled) -> None:
    small = scaled(3)
    assert small.find(HERALD, path_of(herald_url(content.pair(5)))[1], 1) is None
    assert content.find(HERALD, "/editorial-000000-another-slug/", 1) is None
    assert content.find(SHIMBUN, f"/article/20260101-N000000{'A' * 19}/", 1) is None
    with pytest.raises(ValueError, match="0 pairs"):
        scaled(0)


def test_the_second_edition_edits_one_page_in_fifty(content: Scaled) -> None:
    def changed(address: str) -> bool:
        return answer_of(content, address).body != answer_of(content, address, 2).body

    assert [n for n in range(101) if changed(herald_url(content.pair(n)))] == [0, 50, 100]
    reranked = [n for n in range(31) if changed(shimbun_url(content.pair(n)))]
    assert reranked == [0, 10, 20, 30]
    url = shimbun_url(content.pair(10))
    assert parse_page(answer_of(content, url).body, url) == parse_page(answer_of(content, url, 2).body, url)


def test_memory_does_not_grow_with_the_pairs() -> None:
    tracemalloc.start()
    try:
        content = scaled(100_000)
        for number in range(0, 100_000, 400):
            answer_of(content, herald_url(content.pair(number)))
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()


def test_a_press_serves_them(content: Scaled) -> None:
    with Press(content, keep=True) as press, Client(press.port) as client:
        chunked = client.get(*path_of(herald_url(content.pair(3))), "Accept-Encoding: gzip")
        assert chunked.header(b"transfer-encoding") == b"chunked"
        assert "<article" in chunked.text
        image = images_of(answer_of(content, herald_url(content.pair(3))))[0]
        assert client.get(*path_of(image)).status == 200
        assert client.get(HERALD, "/nothing/").status == 404
