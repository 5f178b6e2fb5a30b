"""One collection for all tests here: four crawls of the demo's press, with edits on either side between them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from crawler.press import Answer, Press, Raw, demo
from crawler.press.addresses import HERALD
from tests.crawl.crawling import crawl

TRANSLATION: Final = "example_herald:editorial-before-the-last-train-leaves"
ORIGINAL: Final = "example_shimbun:3H3L6NBEMVWXEOBI2I64Q2GEXZ"
PAGE: Final = "/editorial-before-the-last-train-leaves/"
STEADY: Final = "example_herald:editorial-rice-for-hotter-summers"

#: Of each crawl: which edition the Shimbun prints, and whether the Herald has corrected its figure.
CRAWLS: Final = ((1, False), (2, False), (2, True), (1, True))


class Editing:
    """The demo's newspapers; `edition` counts crawls."""

    def __init__(self) -> None:
        self._demo = demo()
        self.hosts = self._demo.hosts

    def find(self, host: str, target: str, edition: int) -> Answer | Raw | None:
        """The Shimbun corrects its figures, the Herald follows, the Shimbun takes its correction back."""
        printed, corrected = CRAWLS[edition - 1]
        answer = self._demo.find(host, target, printed if host != HERALD else 1)
        if answer is not None and corrected and (host, target) == (HERALD, PAGE):
            return Answer(answer.body.replace(b"loses 620 million", b"loses 260 million"))
        return answer


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the fourth crawl left it."""
    folder = tmp_path_factory.mktemp("history") / "demo"
    urls = [word for name in (TRANSLATION, STEADY) for word in ("--url", f"https://{HERALD}/{name.partition(':')[2]}/")]
    with Press(Editing()) as press:
        for number, _ in enumerate(CRAWLS, start=1):
            press.edition = number
            assert crawl(press, folder, "--no-requisites", *urls).status == 0
    return folder


@pytest.fixture(scope="session")
def unaligned(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with pairs that were not aligned."""
    folder = Path(shutil.copytree(made, tmp_path_factory.mktemp("unaligned") / "demo"))
    align(folder, None)
    return folder


def align(folder: Path, alignment: dict[str, Any] | None) -> None:
    """Put this in the place of every pair's alignment."""
    path = folder / "records" / "pairs.jsonl"
    read = [json.loads(one) | {"alignment": alignment} for one in path.read_text("utf-8").splitlines()]
    path.write_text("".join(f"{json.dumps(one)}\n" for one in read), "utf-8")


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """A copy, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "collection"))


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a collection's articles, by id and version."""

    articles: dict[tuple[str, int], dict[str, Any]]

    def text(self, id: str, version: int) -> str:
        """The text of an edition."""
        return str(self.articles[id, version]["text"])


@pytest.fixture
def lines(made: Path) -> Lines:
    """Those of the collection."""
    read = map(json.loads, (made / "records" / "articles.jsonl").read_text("utf-8").splitlines())
    return Lines({(one["id"], one["version"]): one for one in read})
