"""pywb serves a collection as it is: linked as `collections/<name>`, every page answers with the captured bytes."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from archives.reader import groups
from crawler.press import Press, demo


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay") / "editorials"
    with Press(demo()) as press:
        for _ in range(2):
            command = [sys.executable, "-m", "crawler.commands.main", "crawl", "example_herald", "--to", str(folder)]
            command += ["--delay", "0", "--recheck", "all"]
            for host, origin in press.connect_to.items():
                command += ["--connect-to", f"{host}={origin}"]
            subprocess.run(command, check=True, capture_output=True)
            press.edit()
            time.sleep(1.1)  # an index knows whole seconds: editions of one second cannot be told apart in replay
    return folder


@pytest.fixture
def wayback(collection: Path, pywb: Path, tmp_path: Path) -> Iterator[str]:
    """pywb running over a folder whose `collections/editorials` is a link to the collection."""
    (tmp_path / "collections").mkdir()
    (tmp_path / "collections" / "editorials").symlink_to(collection)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(pywb / "wayback"), "-b", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}/editorials"
    finally:
        process.terminate()
        process.wait(20)


def test_every_capture_replays(collection: Path, wayback: str) -> None:
    wrong = []
    seen = 0
    for group in (group for warc in sorted((collection / "archive").iterdir()) for group in groups(warc)):
        if group.answer is None or not 200 <= group.message().head.status < 300:
            continue
        stamp = "".join(ch for ch in group.answer.date[:19] if ch.isdigit())
        url = f"{wayback}/{stamp}id_/{group.answer.url}"
        try:
            with urllib.request.urlopen(url) as answer:  # loopback
                body = answer.read()
                coding = answer.headers.get("Content-Encoding")
        except urllib.error.HTTPError as error:
            wrong.append((group.answer.type, url, error.code))
            continue
        expected = group.message().payload if coding else None
        if group.answer.type == "response" and expected is not None and body != expected:
            wrong.append(("body", url, len(body)))
        if group.answer.type == "response" and expected is None and body != group.message().body():
            wrong.append(("body", url, len(body)))
        seen += 1
    assert wrong == []
    assert seen > 95


def test_both_editions_of_an_article_replay(collection: Path, wayback: str) -> None:
    lines = (collection / "records" / "articles.jsonl").read_text("utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    (edited,) = {line["id"] for line in articles if line["version"] == 2}
    for line in articles:
        if line["id"] != edited:
            continue
        stamp = "".join(ch for ch in line["capture"]["captured_at"][:19] if ch.isdigit())
        with urllib.request.urlopen(f"{wayback}/{stamp}mp_/{line['url']}") as answer:  # loopback
            page = answer.read().decode("utf-8")
        assert line["headline"] in page


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("pywb did not start")
