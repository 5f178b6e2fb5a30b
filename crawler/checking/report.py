"""The check's result: one value for `--json`, and the exit status with the fields that do not read."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

from crawler.checking import fields as fields_
from crawler.checking import site
from crawler.checking.asking import Answer, answers, of_class
from crawler.checking.markup import observe
from crawler.newspapers import newspaper_for, newspaper_named

if TYPE_CHECKING:
    from spiders.collecting import Collecting

READS: Final = 0
NOT_AS_IT_SHOULD: Final = 4
REFUSED: Final = 6


def report(collecting: Collecting) -> dict[str, Any]:
    """Everything a check found, from what it kept; `exit` is its exit status."""
    from crawler.robots import TOKEN

    collection, paper = collecting.collection, collecting.spider.paper
    kept = answers(collection)
    pages = [_page(answer, kept) for answer in of_class(kept, "editorial", "original") if not _is_a_step(answer)]
    order = {page["url"]: at for at, page in enumerate(pages)}
    pages.sort(key=lambda page: (order.get(page["original_of"], order[page["url"]]), page["class"] != "editorial"))
    wrong = _wrong(pages)
    listings = site.listings(kept, paper)
    status, message = _verdict(collecting, pages, wrong)
    return {
        "schema": "genbun/check/1",
        "newspaper": paper.name,
        "reader_version": paper.version,
        "exit": status,
        "message": message,
        "wrong": wrong,
        "collection": str(collection.path),
        "requests": sum(1 for answer in kept if answer.status),
        "robots": site.robots(kept, TOKEN),
        "listings": listings,
        "not_asked": site.not_asked(paper, kept) if not collecting.spider.urls else [],
        "pages": pages,
        "fixtures": [
            shlex.join(["genbun", "fixture", "add", str(collection.path), page["url"]])
            for page in pages
            if page["bytes"]
        ],
    }


def _is_a_step(answer: Answer) -> bool:
    """Whether it only leads to a page that is listed itself."""
    return 300 <= answer.status < 400 and answer.outcome == ""


def _page(answer: Answer, kept: list[Answer]) -> dict[str, Any]:
    article, problem = answer.article, answer.problem
    owner = newspaper_for(answer.url)
    read = fields_.fields_of(answer, article) if article is not None else []
    steps = [value for name, value in answer.notes if name == "redirected-from"]
    return {
        "url": answer.url,
        "class": answer.klass,
        "newspaper": owner.name if owner else None,
        "original_of": answer.note("original-of"),
        "redirected_from": [f"{url} ({_status_of(url, kept)})" for url in steps],
        "status": answer.status,
        "outcome": f"{answer.outcome}: {answer.reason}" if answer.outcome else "",
        "refused": answer.is_refusal,
        "bytes": len(answer.body),
        "found": answer.found,
        "problem": f"{problem.reason}: {problem.detail}" if problem else None,
        "signals": article.parser.signals if article else {},
        "fallback": article.parser.fallback if article else False,
        "fields": [fields_.as_json(field) for field in read],
        "wrong": fields_.marks(read) if article else _wrong_of_problem(answer),
        "made_of": observe(answer, article, owner) if answer.body else {},
    }


def _status_of(url: str, kept: list[Answer]) -> int:
    return next((answer.status for answer in kept if answer.url == url), 0)


def _wrong_of_problem(answer: Answer) -> list[str]:
    """A page that came and is no article is the reader's matter; one that did not come, or for members only, is not."""
    problem = answer.problem
    if problem is None or answer.status != 200 or problem.reason in ("members_only", "challenge"):
        return []
    return ["page"]


def _wrong(pages: list[dict[str, Any]]) -> list[str]:
    """The fields that do not read, by newspaper; also where no editorial of several names its original."""
    named = [f"{page['newspaper']}.{name}" for page in pages for name in page["wrong"]]
    editorials = [page for page in pages if page["class"] == "editorial" and _translates(page)]
    without = [page for page in editorials if _lacks_original(page)]
    if len(without) == len(editorials) > 1:
        named.append(f"{editorials[0]['newspaper']}.original")
    return list(dict.fromkeys(named))


def _translates(page: dict[str, Any]) -> bool:
    """Whether it was read as an editorial of a newspaper that translates."""
    kind = next((field["value"] for field in page["fields"] if field["name"] == "kind"), None)
    return kind == "editorial" and newspaper_named(page["newspaper"]).translates is not None


def _lacks_original(page: dict[str, Any]) -> bool:
    return any(field["name"] == "original" and field["state"] != "read" for field in page["fields"])


def _verdict(collecting: Collecting, pages: list[dict[str, Any]], wrong: list[str]) -> tuple[int, str]:
    """The exit status, and what to say. What the crawl itself ended with comes first."""
    if collecting.exit_status not in (READS, 3) or (collecting.exit_status == 3 and not pages):
        return collecting.exit_status, collecting.message
    name = collecting.spider.paper.name
    if wrong:
        return NOT_AS_IT_SHOULD, f"{name} does not read as it should: {', '.join(wrong)}"
    refused = [page["url"] for page in pages if page["refused"]]
    if refused:
        return REFUSED, f"refused: {', '.join(refused)}"
    read = [page for page in pages if page["fields"]]
    if not any(page["class"] == "editorial" for page in read):
        return 3, f"nothing found: no editorial of {name} could be had"
    missing = sum(1 for page in pages if not page["fields"])
    said = f"; {missing} could not be had" if missing else ""
    return READS, f"{name} reads: {len(read)} pages{said}"
