"""A crawl that workers share, as one of them sees it: what `scripts.py` does in Redis, with names and types."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Literal, TypeVar

from archives.errors import UsageError
from spiders.frontier import scripts
from spiders.frontier.connection import Connection, FrontierLost, Word, opened, shown
from spiders.frontier.entry import BadEntry, Entry, fingerprint, read_entry

AT_ONCE: Final = 500  # entries or fingerprints to a command
MOST_LISTING: Final = 32 * 1024 * 1024  # bytes of a listing that another worker had read

T = TypeVar("T")
Step = Literal["place", "turn", "look"]
Lease = tuple[str, str]  # a stream, and the id of an entry in it


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of joining: `over` means that the crawl is finished, `ago` how many seconds ago.

    `remembered` says that Redis still knew this worker from before it was killed or stopped.
    """

    run: str
    number: str
    over: bool = False
    ago: int = 0
    remembered: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """An entry that is this worker's to ask; `tries` workers had claimed it before and did not come back."""

    lease: Lease
    entry: Entry
    tries: int


@dataclass(slots=True)
class Answer:
    """What an exchange with Redis gave. `strange` are leases of what is no entry, each with what is wrong with it.

    `searches` says that nothing is left but to look for originals that no link names, and that this worker does that.
    """

    finished: bool = False
    searches: bool = False
    discovered: bool = False
    claimed: list[Claimed] = field(default_factory=list)
    strange: list[tuple[Lease, str]] = field(default_factory=list)


@dataclass(slots=True)
class Settled:
    """An address that is done with, and what was found on its page; without a lease only what was found.

    `days` are those for which an original turned out to be missing.
    """

    lease: Lease | None
    found: list[Entry]
    days: set[dt.date] = field(default_factory=set)


def join(url: str, name: str, newspaper: str, arguments: dict[str, Any], crawl: str, before: Sequence[str],
         pause: float) -> Joined:  # fmt: skip
    """Join the crawl of that name, or begin it. `crawl` is this worker's own, `before` those it takes over.

    Whoever comes within `pause` seconds of its end has come late, and begins no other one.

    Raises `UsageError` where it is under way with other arguments, `FrontierRefused` where Redis cannot be had.
    """
    said = json.dumps(arguments, ensure_ascii=False, sort_keys=True)
    with opened(url) as client:
        words = [crawl, crawl, newspaper, said, pause, *before]
        answer = client.register_script(scripts.JOIN)(keys=[prefix(name)], args=words)
        what, *rest = [one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in answer]
    if what == "other":
        raise UsageError(
            f"--crawl {name}: is under way at {shown(url)} with other arguments ({rest[0]:.64}, {rest[1]!a:.500}; this "
            f"worker was given {newspaper}, {said!a}); give the same, or another name"
        )
    if what == "over":
        return Joined(rest[0], "", over=True, ago=int(rest[1]))
    return Joined(rest[0], rest[1], remembered=bool(rest[2]))


def prefix(name: str) -> str:
    """With what the keys of a crawl begin."""
    return f"genbun:{{{name}}}"


class SharedCrawl:
    """The crawl, once joined. Every method may raise `FrontierLost`."""

    def __init__(self, connection: Connection, name: str, joined: Joined) -> None:
        self.connection = connection
        self.name = name
        self.joined = joined
        self._key = prefix(name)

    async def exchange(self, settled: Iterable[Settled], want: int) -> Answer:
        """Settle what is done, hand on what was found, and claim up to `want` entries: all of it or nothing.

        Where the connection was cut meanwhile, what an answer that was lost had claimed is told once more, and with it
        all that this worker has.
        """
        answer, again = await self._exchange(settled, want, told_again=False)
        if again and not answer.finished:
            discovered = answer.discovered
            answer, _ = await self._exchange((), 0, told_again=True)
            answer.discovered |= discovered
        return answer

    async def _exchange(self, settled: Iterable[Settled], want: int, *, told_again: bool) -> tuple[Answer, bool]:
        settled = list(settled)
        days = sorted({day.isoformat() for one in settled for day in one.days})
        if days:  # first: what is settled may be all that was left
            await self.connection.call("SADD", f"{self._key}:days", *days)
        leases = [one.lease for one in settled if one.lease is not None]
        words: list[Word] = [self.joined.run, self.joined.number, want, int(told_again), len(leases)]
        words += [word for lease in leases for word in lease]
        words += _words(entry for one in settled for entry in one.found)
        (state, *rest), again = await self.connection.run(scripts.EXCHANGE, [self._key], words)
        return self._answer(state, rest), again

    def _answer(self, state: bytes, rest: list[Any]) -> Answer:
        if state == b"gone":
            raise FrontierLost(
                f"{self.connection.where}: no longer knows the crawl {self.name} (was Redis restarted without what it "
                "held, or emptied?); all that came is kept; run it again on each worker, and it goes on from there"
            )
        if state == b"buried":
            raise FrontierLost(
                f"{self.connection.where}: this worker was silent for so long that others have taken over what it had; "
                "all that came is kept; run it again to take part once more"
            )
        answer = Answer(state == b"finished", state == b"search", bool(rest[0]))
        for stream, number, data, tries in rest[1:]:
            lease = stream.decode(), number.decode()
            try:
                answer.claimed.append(Claimed(lease, read_entry(data), int(tries)))
            except (BadEntry, ValueError) as error:
                answer.strange.append((lease, str(error)))
        return answer

    async def keep(self, entries: Iterable[Entry]) -> None:
        """Add what this worker itself is to ask: its collection knows it, and others would ask it anew."""
        for some in batches(entries):
            await self._run(scripts.KEEP, _words(some))

    async def lead(self) -> bool:
        """Whether it is for this worker to read the listings; once it is, it stays so while this worker lives."""
        return bool(await self._run(scripts.LEAD))

    async def announce(self, held: Iterable[str], known: Iterable[str]) -> None:
        """Say of which addresses this collection has a capture, and which of them are pages."""
        for some in batches(held):
            pairs = [word for url in some for word in (fingerprint(url), self.joined.number)]
            await self.connection.call("HSET", f"{self._key}:holders", *pairs)
        for some in batches(known):
            await self.connection.call("SADD", f"{self._key}:known", *map(fingerprint, some))

    async def announced(self) -> None:
        """Say that this is all."""
        await self.connection.call("SADD", f"{self._key}:announced", self.joined.number)

    async def all_announced(self) -> bool:
        """Whether every worker that lives has said what it holds."""
        living = set(await self.beats())
        said = await self.connection.call("SMEMBERS", f"{self._key}:announced")
        return living <= {number.decode() for number in said}

    async def known(self) -> set[bytes]:
        """The fingerprints of all pages that workers knew before."""
        found: set[bytes] = set()
        cursor: Any = 0
        while True:
            cursor, some = await self.connection.call("SSCAN", f"{self._key}:known", cursor, "COUNT", 5000)
            found.update(some)
            if int(cursor) == 0:
                return found

    async def discovered(self, modified: dict[str, str], since: str, *, is_all: bool) -> None:
        """Say that all listings are read, and what they say of known pages: address → when it was last changed.

        `is_all` says that nothing is to be searched once all else is done.
        """
        for some in batches(modified.items()):
            pairs = [word for url, moment in some for word in (fingerprint(url), moment)]
            await self.connection.call("HSET", f"{self._key}:modified", *pairs)
        await self.connection.call("HSET", self._key, "discovered", 1, "since", since, "searched", int(is_all))

    async def since(self) -> str:
        """The day from which on the listings were read, empty if all were."""
        return ((await self.connection.call("HGET", self._key, "since")) or b"").decode()

    async def modified(self) -> dict[bytes, str]:
        """Fingerprint → when the listings say that a known page was last changed."""
        answer = await self.connection.call("HGETALL", f"{self._key}:modified")
        return {print_: moment.decode("utf-8", "replace") for print_, moment in _pairs(answer)}

    async def days(self) -> set[dt.date]:
        """The days for which originals are missing, as all workers have found."""
        found: set[dt.date] = set()
        for day in await self.connection.call("SMEMBERS", f"{self._key}:days"):
            with suppress(ValueError):
                found.add(dt.date.fromisoformat(day.decode("ascii", "replace")))
        return found

    async def searched(self) -> None:
        """Say that there is nothing more to look for."""
        await self.connection.call("HSET", self._key, "searched", 1)
        await self.let_go()

    async def let_go(self) -> None:
        """Say that nothing of one's own will be added any more."""
        await self.connection.call("SREM", f"{self._key}:holds", self.joined.number)

    async def keep_listing(self, url: str, status: int, location: str, body: bytes) -> None:
        """Keep what a listing said, for whoever has to read them if this worker is killed."""
        head = json.dumps([status, location]).encode()
        await self.connection.call(
            "HSET", f"{self._key}:listings", fingerprint(url), zlib.compress(head + b"\n" + body)
        )

    async def listings(self) -> dict[bytes, bytes]:
        """Fingerprint → what was kept of a listing."""
        return dict(_pairs(await self.connection.call("HGETALL", f"{self._key}:listings")))

    async def beats(self) -> dict[str, str]:
        """Worker → how often it was heard of."""
        answer = await self.connection.call("HGETALL", f"{self._key}:beats")
        return {number.decode(): count.decode() for number, count in _pairs(answer)}

    async def bury(self, number: str, count: str) -> int:
        """Give to all what a worker had that was last heard of at that count; how many entries, -1 if it lives."""
        answer, _ = await self.connection.run(scripts.BURY, [self._key], [self.joined.run, number, count])
        return int(answer)

    async def leave(self) -> None:
        """Give to the others what this worker had claimed, and be no worker any more."""
        await self.bury(self.joined.number, "")

    async def turn(self, host: str, delay: float, step: Step) -> tuple[float, str, float]:
        """Seconds to wait before a host may be sent to, 0 for none, else below 0, why, and until when (Unix time)."""
        keys = [f"genbun:pace:{host}", f"{self._key}:closed"]
        (wait, why, until), _ = await self.connection.run(scripts.TURN, keys, [host, delay, step])
        return wait / 1000 if wait > 0 else float(wait), why.decode("utf-8", "replace"), until / 1000

    async def rest(self, host: str, seconds: float = 0.0, delay: float = 0.0, closed: str = "") -> None:
        """Let all workers know what a host has asked for."""
        words: list[Word] = [round(seconds * 1000), delay, closed]
        await self.connection.run(scripts.REST, [f"genbun:pace:{host}"], words)

    async def close_host(self, host: str, closed: str) -> None:
        """Let all workers of this crawl know that a host is asked no more."""
        await self.connection.call("HSETNX", f"{self._key}:closed", host, closed)

    async def _run(self, script: str, words: Sequence[Word] = ()) -> int:
        answer, _ = await self.connection.run(script, [self._key], [self.joined.run, self.joined.number, *words])
        return int(answer)


def read_listing_kept(data: bytes) -> tuple[int, str, bytes] | None:
    """Status, Location and body of a listing that another worker had read; None if that is no such thing."""
    unpacker = zlib.decompressobj()
    try:
        head, found, body = unpacker.decompress(data, MOST_LISTING).partition(b"\n")
        status, location = json.loads(head)
    except (zlib.error, ValueError, TypeError, RecursionError):
        return None
    if not found or not unpacker.eof or type(status) is not int or type(location) is not str:
        return None
    return status, location, body


def batches(items: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """So many at a time."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def _words(entries: Iterable[Entry]) -> list[Word]:
    return [word for entry in entries for word in (entry.print, entry.klass, entry.dump())]


def _pairs(answer: Any) -> Iterator[tuple[bytes, bytes]]:
    if isinstance(answer, dict):
        yield from answer.items()
    else:
        yield from zip(answer[::2], answer[1::2], strict=True)
