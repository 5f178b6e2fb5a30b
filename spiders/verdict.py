"""How a crawl went, in one number and one sentence (DESIGN 4, exit status)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spiders.collecting import Collecting


def verdict(crawl: Collecting, reason: str, pending: Counter[str]) -> tuple[int, str]:
    """The exit status and what to say (DESIGN 4)."""
    if crawl.failure is not None:
        return crawl.failure.exit_status, str(crawl.failure)
    if reason not in ("finished", "shutdown"):
        return 1, f"the crawl ended early ({reason}); all that came is kept; run it again to go on"
    if reason == "shutdown":
        return 1, f"stopped on request with {sum(pending.values())} addresses to go; run it again to go on"
    if left := crawl.aligned["left"]:
        return 1, f"stopped on request with {left:.0f} pairs to align; the next crawl, or `genbun rebuild`, goes on"
    if crawl.faults:
        more = f" (and {len(crawl.faults) - 1} more)" if len(crawl.faults) > 1 else ""
        return 1, f"a page could not be taken in, through a fault of ours: {crawl.faults[0]}{more}; please report it"
    host = crawl.spider.paper.hosts[0]
    listings, pages = crawl.desk.sums.get("listing", Counter()), crawl.desk.sums.get("editorial", Counter())
    discovery, walls = crawl.spider.discovery, _walls(crawl, "editorial")
    walled = Counter(discovery.walls.values())
    if host in crawl.patience.closed and not pages["asked"]:
        return 6, f"{crawl.patience.closed[host][0]}; all that came is kept; run it again then"
    if crawl.spider.robots_said:
        said = crawl.spider.robots_said
        return 3, f"nothing found: https://{host}/robots.txt {said}, so nothing may be asked (RFC 9309, 2.3.1.4)"
    said_no = pages["refused"] + walls.total()
    if said_no and said_no * 2 >= pages["asked"]:
        refused = f"{host} {_said_no(pages, walls, _refusals(crawl))}"
        if host in crawl.patience.closed:
            refused += f"; {crawl.patience.closed[host][0]}"
        return 6, f"{refused}; all that came is kept; run it again later, or more slowly"
    was_refused = not discovery.read and not discovery.has_answers and (listings["refused"] or walled)
    if (pages["asked"] and not was_refused) or crawl.spider.urls or discovery.has_answers:
        return 0, ""
    if crawl.worker is not None and not crawl.worker.leading.has_led:
        return 0, ""  # what the listings say is for the worker that read them to tell
    if was_refused:
        how = [f"refused its listings ({_refusals(crawl)})"] if listings["refused"] else []
        how += [f"answered {walled.total()} of its listings with {_named(walled)}"] if walled else []
        return 6, f"{host} {' and '.join(how)}; is the crawl welcome there?"
    if listings["failed"] and not listings["fetched"]:
        return 3, f"nothing found: no listing of {host} answered; is it up, and is the network?"
    but = f" ({walled.total()} of them were answered with {_named(walled)})" if walled else ""
    return 3, f"nothing found: the listings of {host} named no editorial{but}; does the site still look the same?"


def _walls(crawl: Collecting, klass: str) -> Counter[str]:
    """What came in the place of pages of a class, though it was answered with 200."""
    return Counter({word: count for (of, word), count in crawl.desk.walled.items() if of == klass})


def _said_no(pages: Counter[str], walls: Counter[str], reasons: str) -> str:
    """`refused 2 of 4 editorials asked (status_429)`, `answered 3 of 4 editorials asked with a challenge`, or both."""
    refused = f"refused {pages['refused']} of {pages['asked']} editorials asked ({reasons})"
    if not walls:
        return refused
    if not pages["refused"]:
        return f"answered {walls.total()} of {pages['asked']} editorials asked with {_named(walls)}"
    return f"{refused} and answered {walls.total()} of them with {_named(walls)}"


def _named(walls: Counter[str]) -> str:
    return " or ".join(f"a {word.replace('_', ' ')}" for word in sorted(walls))


def _refusals(crawl: Collecting) -> str:
    reasons = (reason.partition(": ") for reason in crawl.desk.reasons)
    return ", ".join(reason for state, _, reason in reasons if state == "refused")
