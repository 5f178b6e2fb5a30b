"""The check's report for people: the verdict last, what is wrong marked where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler.text import fold

MARKS = {"read": "·", "absent": "-", "look": "?", "wrong": "!"}
WIDTH = 100


def lines(report: dict[str, Any]) -> Iterator[str]:
    """The report, line by line."""
    for host in report["robots"]:
        yield from _robots(host)
    for listing in report["listings"]:
        yield from _listing(listing)
    if report["not_asked"]:
        yield f"not asked: {', '.join(report['not_asked'])}"
    for page in report["pages"]:
        yield from _page(page)
    yield ""
    yield "  = read   - null, and the page gives none   ? look at it   ! does not read as it should".replace(
        "=", "·", 1
    )
    yield f"{report['requests']} answers are kept in {report['collection']}/ for whoever mends the reader"
    yield from (f"  {command}" for command in report["fixtures"])
    yield ""
    yield report["message"]


def _robots(host: dict[str, Any]) -> Iterator[str]:
    delay = f", asks for {host['crawl_delay']} s between requests" if host["crawl_delay"] else ""
    yield f"robots.txt of {host['host']}: {host['status']}, {host['verdict']}{delay}"
    yield from (f"  ! forbids {url}" for url in host["forbids"])
    yield from (f"    | {line[:WIDTH]}" for line in host["text"])


def _listing(listing: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"{listing['way']}: {listing['url']}: {listing['status']}" + _of("leads to", listing["leads_to"])
    if listing["wall"]:
        yield f"  ! no listing: a {listing['wall'].replace('_', ' ')} came in its place"
    told = ", ".join(f"{count} {name}" for name, count in listing["told"].items())
    yield (
        f"    {listing['lines']} lines"
        + _of("told as", told)
        + f"; {listing['with_title']} with a title, "
        + (f"{listing['with_day']} with a day of publication" + _of("from", " to ".join(listing["days"])))
    )
    for name in ("full_text", "says", "total"):
        if listing.get(name):
            yield f"    {name.replace('_', ' ')}: {listing[name]}"
    if listing["more_count"]:
        yield f"    names {listing['more_count']} further listings: {', '.join(listing['more'])}"
    for line in listing["newest"]:
        yield f"    {line['told']:<10} {(line['day'] or '')[:10]:<10} {line['title'] or line['url']}"[: WIDTH + 20]


def _page(page: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"{page['class']}: {page['url']}: {page['status'] or page['outcome']}"
    yield from (f"    redirected from {step}" for step in page["redirected_from"])
    if page["original_of"]:
        yield f"    named as its original by {page['original_of']}"
    if page["status"] and page["outcome"]:
        yield f"    {page['outcome']}"
    if page["problem"]:
        yield f"  {'!' if page['wrong'] else '?'} no article: {page['problem']}"
    for field in page["fields"]:
        yield from _field(field)
    if page["made_of"]:
        yield from _made_of(page["made_of"])


def _field(field: dict[str, Any]) -> Iterator[str]:
    mark = MARKS[field["state"]]
    value = "null" if field["value"] is None else _short(field["value"])
    signal = f"   [{field['signal']}]" if field["signal"] else ""
    yield f"  {mark} {field['name']:<13} {value}{signal}"
    if field["why"]:
        yield f"      {field['why']}"


def _made_of(made: dict[str, Any]) -> Iterator[str]:
    yield "    made of:"
    for name, value in made.items():
        if isinstance(value, dict):
            value = [f"{key}: {_inline(inner)}" for key, inner in value.items() if inner]
        if isinstance(value, list):
            yield from _several(name, [_inline(one) for one in value])
        elif value:
            yield f"      {name}: {_inline(value)}"


def _several(name: str, values: list[str]) -> Iterator[str]:
    """On one line where they fit there."""
    if values and sum(map(len, values)) < WIDTH - 20:
        yield f"      {name}: {'; '.join(values)}"
    elif values:
        yield f"      {name}:"
        yield from (f"        {value}" for value in values)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={_inline(inner)}" for name, inner in value.items() if inner)
    if isinstance(value, list | tuple):
        return ", ".join(_inline(one) for one in value if one)
    return str(value)


def _short(value: str) -> str:
    value = fold(value)
    return value if len(value) <= WIDTH else f"{value[: WIDTH - 1]}…"


def _of(words: str, value: str | None) -> str:
    return f", {words} {value}" if value else ""
