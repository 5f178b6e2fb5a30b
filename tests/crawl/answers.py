"""Answers that a press gives instead of its own, and the addresses at which it gives them."""

from __future__ import annotations

from crawler.press import Answer, Press, Raw, cases, demo
from crawler.press.addresses import HERALD, SHIMBUN

CASES = {case.key: case for case in cases()}
FORBIDDEN = Answer(b"no\n", "text/plain", status=403)
SLOW_DOWN = Answer(b"slow down\n", "text/plain", status=429, headers=((b"Retry-After", b"1"),))
ONE_DAY = ("--since", "2026-10-14", "--until", "2026-10-14", "--no-requisites")  # one editorial


def herald_path(key: str) -> str:
    return CASES[key].url.removeprefix(f"https://{HERALD}")


def shimbun_path(key: str) -> str:
    url = CASES[key].original_url
    assert url is not None
    return url.removeprefix(f"https://{SHIMBUN}")


def page_of(host: str, path: str) -> Answer:
    answer = demo().find(host, path, 1)
    assert answer is not None
    return answer


def raw(*fields: bytes, body: bytes = b"", status: int = 200) -> Raw:
    head = b"\r\n".join([b"HTTP/1.1 %d As Sent" % status, *fields, b"", b""])
    return Raw(head + body, status=status)


def refuse_listings(press: Press, answer: Answer) -> None:
    find = press.find

    def refused(host: str, target: str) -> Answer | Raw | None:
        is_listing = host == HERALD and target != "/robots.txt" and not target.startswith("/editorial-")
        return answer if is_listing else find(host, target)

    press.find = refused  # type: ignore[method-assign]  # whatever is asked, REST's query with it
