"""Whatever a page says of itself, the file that begins with it is a Python module, formatted and linted."""

from __future__ import annotations

import ast
import contextlib
import shutil
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.checking.clues import Clues, clues_of
from crawler.checking.template import source_of
from crawler.errors import ParseError
from tests.conftest import ROOT
from tests.newspapers_new.test_new import URL, assert_clean

WORDS = st.text(max_size=90)
HOSTILE = st.sampled_from(['"""', "\\", "{x}", "\n", "\u202e", "主張" * 40, "'", "#", "\x00", "%s", "﷽" * 30])


@given(title=WORDS | HOSTILE, label=WORDS | HOSTILE, line=WORDS | HOSTILE, address=WORDS | HOSTILE, language=WORDS)
@settings(max_examples=150, deadline=None)
def test_whatever_a_page_says_the_file_is_a_python_module(
    title: str, label: str, line: str, address: str, language: str
) -> None:
    url = f"https://www.kitahama-times.jp/{address}"
    clues = Clues(language, title, label, (line,), (line, line), (line,), (url,), url, True, (line,))
    module = ast.parse(source_of("kitahama_times", URL, clues))
    assert {node.name for node in module.body if isinstance(node, ast.FunctionDef)} == {
        "canonical", "is_editorial", "split", "parse_article", "draft",
    }  # fmt: skip


def test_hostile_titles_are_formatted_too(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    said = [
        'a "quoted" title',
        "it's",
        "主張と社説の、とても長い名前の新聞",
        "x" * 90,
        "{braces}",
        "🗞",
        "\u202eabc",
    ]
    for at, words in enumerate(said):
        url = f"https://www.kitahama-times.jp/{words}"
        clues = Clues("ja", words, words, (words,), (words * 9,), (words * 9,), (url,), url, True, (words,))
        (tmp_path / f"paper_{at}.py").write_text(source_of(f"paper_{at}" + "x" * 20, URL, clues), "utf-8")
    assert_clean(tmp_path, ".")


PARTS = [
    b"<link rel=alternate type=application/rss+xml href=http://[>", b"<img src=x>", b"<h1>", b"<p>words ",
    b"<meta property=og:site_name content='\xff'>", b"<div class=entry-content>",
    b'<script type="application/ld+json">[{"@type":[1],"publisher":[]},{"@type":"Article","author":[[]]}]</script>',
]  # fmt: skip


@given(body=st.binary(max_size=300) | st.lists(st.sampled_from(PARTS), max_size=12).map(b"".join))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_clues_or_a_named_error(body: bytes) -> None:
    with contextlib.suppress(ParseError):
        ast.parse(source_of("kitahama_times", URL, clues_of(body, URL)))
