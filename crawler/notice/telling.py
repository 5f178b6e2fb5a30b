"""COLLECTION → what is new or over since each target was told last, told to it, and remembered once it got there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from archives.collection import Collection
from archives.errors import NotACollection, NotPlain
from crawler.errors import NotVerified
from crawler.notice.mail import send
from crawler.notice.memory import Memory, Told
from crawler.notice.message import Notice
from crawler.notice.targets import Mailbox, NotDelivered, Target, Webhook
from crawler.notice.webhook import post
from crawler.status.check import state_of
from crawler.status.concerns import ENDS, NEWS, Concern, concerns_of
from crawler.status.stamps import said
from crawler.status.state import Status
from crawler.status.survey import status_of

UNTOLD = ("under_way", "unread")  # which stand in the status, and are no news


@dataclass(frozen=True, slots=True)
class Found:
    """What concerns a collection now. What is not `seen` can be new, but nothing of it can be over."""

    concerns: tuple[Concern, ...]
    at: dt.datetime
    seen: bool = True
    command: bool = False
    """Whether it is known how the command before ended."""


def find(
    collection: Collection, every: dt.timedelta | None, exit_status: str, *, known: bool, now: dt.datetime | None = None
) -> Found:
    """Look at the collection. `exit_status` is how the crawl before ended, or empty.

    Raises `NotACollection` for a folder that is none, unless it is `known` to have been one: then that is the news.
    """
    now = now or dt.datetime.now(dt.UTC)
    given = exit_status != ""
    try:
        status = status_of(collection, now, every)
    except (NotPlain, NotVerified) as error:
        unread = Concern("unverified", None, str(error), "lines")
        return Found((unread, *_command(exit_status, None)), now, False, given)
    except NotACollection:
        if not known:
            raise
        gone = Concern("missing", None, f"{collection.path} is no collection any more: is its disk mounted?")
        return Found((gone, *_command(exit_status, None)), now, False, given)
    concerns = [one for one in concerns_of(status) if one.kind not in UNTOLD]
    return Found((*_command(exit_status, status), *concerns), now, True, given)


def _command(exit_status: str, status: Status | None) -> tuple[Concern, ...]:
    """A crawl that could not even begin leaves no receipt, and what called us knows."""
    if exit_status in ("", "0"):
        return ()
    if status and any(paper.run and str(paper.run.exit) == exit_status for paper in status.newspapers.values()):
        return ()  # its receipt says more
    text = f"the crawl's command ended with exit status {exit_status}; its log says why"
    return (Concern("command", None, text),)


def notice_for(target: Target, found: Found, memory: Memory) -> Notice | None:
    """What the target has not been told yet; None if that is nothing."""
    told, now = memory.of(target.digest), {one.key for one in found.concerns}
    new = tuple(one for one in found.concerns if one.key not in told)
    gone = [one for key, one in told.items() if key not in now and _is_over(one, found)]
    over = tuple(one for one in gone if not _is_silent(one, found))
    if not new and not over:
        return None
    return Notice(memory.collection, found.at, state_of(sorted(found.concerns, key=_gravity)), new, over)


def tell(target: Target, notice: Notice) -> None:
    """Deliver it. Raises `NotDelivered`."""
    if isinstance(target, Webhook):
        post(target, notice.as_json())
    elif isinstance(target, Mailbox):
        send(target, notice.title, notice.text + "\n", notice.at)


def tell_all(targets: Sequence[Target], found: Found, memory: Memory) -> list[tuple[Target, Notice | None, str]]:
    """Tell each what is new to it; returns what was told, and what went wrong. What went wrong is told next time."""
    done: list[tuple[Target, Notice | None, str]] = []
    for target in targets:
        notice = notice_for(target, found, memory)
        try:
            if notice is not None:
                tell(target, notice)
        except NotDelivered as error:
            done.append((target, notice, str(error)))
            continue
        memory.keep(target.digest, _remembered(memory.of(target.digest), found))
        done.append((target, notice, ""))
    return done


def _remembered(told: dict[str, Told], found: Found) -> dict[str, Told]:
    """What the target knows after it was told."""
    now, at = {one.key: one for one in found.concerns}, said(found.at)
    kept = {key: one for key, one in told.items() if key in now or not _is_over(one, found)}
    new = {key: Told(one.kind, one.newspaper, one.sentence, at) for key, one in now.items()}
    return new | kept


def _is_over(one: Told, found: Found) -> bool:
    """Whether a matter that is not there any more is known to be over."""
    return found.command if one.kind == "command" else found.seen


def _is_silent(one: Told, found: Found) -> bool:
    """News does not end; nor is it good news that a crawl ended badly in another way."""
    ends = [other for other in found.concerns if other.kind in ENDS and other.newspaper == one.newspaper]
    return one.kind in NEWS or (one.kind in ENDS and bool(ends))


def _gravity(one: Concern) -> int:
    return ("critical", "warning", "note").index(one.severity)
