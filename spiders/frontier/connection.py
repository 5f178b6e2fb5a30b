"""The way to Redis: checked before anything is asked, and tried again for a while when it is cut."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from archives.errors import GenbunError, UsageError

if TYPE_CHECKING:
    from redis import Redis
    from redis.asyncio import Redis as AsyncRedis
    from redis.commands.core import AsyncScript

log = logging.getLogger(__name__)

ANSWER_WITHIN: Final = 10.0  # seconds for one command
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 2.0
OLDEST: Final = (6, 2)  # XPENDING and XREADGROUP within scripts, as we use them
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

Word = bytes | str | int | float


class FrontierRefused(GenbunError):
    """Redis cannot be had, or is not to be used: nothing was asked."""


class FrontierLost(GenbunError):
    """Redis was there and is not any more, or has forgotten the crawl."""


def checked_name(name: str) -> str:
    """The name of a crawl. Raises `UsageError`."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"--crawl {name!r}: give up to 64 letters, digits, dots, underscores and hyphens")
    return name


def shown(url: str) -> str:
    """The address of a Redis without what only we should know."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def opened(url: str, within: float = ANSWER_WITHIN) -> Redis:
    """A connection that was tried, for what is done before the crawl begins. Raises `UsageError`, `FrontierRefused`."""
    try:
        import redis
    except ModuleNotFoundError:
        raise UsageError("--frontier needs a package more: pip install 'genbun[redis]'") from None
    form = "give redis://HOST:PORT/DB, rediss://… for TLS, or unix://PATH"
    try:
        client = redis.Redis.from_url(url, socket_timeout=within, socket_connect_timeout=within, retry=None)
    except (ValueError, TypeError) as error:
        raise UsageError(f"--frontier {_hidden(url)}: is no address of a Redis ({error}); {form}") from None
    where = f"--frontier {shown(url)}"
    try:
        client.ping()
        version = str(client.info("server").get("redis_version", "0"))
        is_replica = client.info("replication").get("role") != "master"
    except redis.AuthenticationError as error:
        raise FrontierRefused(f"{where}: Redis does not let us in ({error}); {_LET_IN}; nothing was asked") from None
    except redis.ConnectionError as error:
        raise FrontierRefused(f"{where}: cannot be reached ({error}); is it running there? nothing was asked") from None
    except redis.TimeoutError:
        raise FrontierRefused(f"{where}: does not answer; is that a Redis? nothing was asked") from None
    except redis.ResponseError as error:
        raise FrontierRefused(f"{where}: refuses ({error}); nothing was asked") from None
    except Exception as error:  # whatever answers there, it does not speak as Redis does
        said = f"{error.__class__.__name__}: {error}"[:100]
        raise FrontierRefused(f"{where}: does not answer as Redis does ({said}); nothing was asked") from None
    if is_replica:
        raise FrontierRefused(f"{where}: is a replica; give the address of its primary; nothing was asked")
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST:
        raise FrontierRefused(f"{where}: is Redis {version}; 6.2 or newer is needed; nothing was asked")
    return client


_LET_IN: Final = "give user and password in the address, by way of the environment's GENBUN_FRONTIER"


class Connection:
    """Scripts in Redis, while the crawl goes on. `patience` is for how many seconds one is tried again."""

    def __init__(self, url: str, patience: float) -> None:
        from redis.asyncio import BlockingConnectionPool, Redis

        self.where = shown(url)
        self.patience = patience
        self.commands = 0
        self.outages = 0
        self.seconds = 0.0
        pool = BlockingConnectionPool.from_url(
            url, max_connections=32, timeout=None, retry=None, socket_timeout=ANSWER_WITHIN, socket_connect_timeout=5.0
        )
        self.redis: AsyncRedis = Redis.from_pool(pool)
        self._scripts: dict[str, AsyncScript] = {}
        self._lost: FrontierLost | None = None

    async def run(self, script: str, keys: Sequence[str], words: Sequence[Word] = ()) -> tuple[Any, bool]:
        """What a script returns, and whether it was tried more than once: then an answer may have been lost.

        Raises `FrontierLost` once it was tried for as long as there is patience, and at once from then on.
        """
        known = self._scripts.get(script)
        if known is None:
            known = self._scripts[script] = self.redis.register_script(script)
        return await self._tried(lambda: known(keys=list(keys), args=list(words)))

    async def call(self, *words: Word) -> Any:
        """What one command returns."""
        return (await self._tried(lambda: self.redis.execute_command(*words)))[0]  # type: ignore[no-untyped-call]  # theirs

    async def _tried(self, call: Any) -> tuple[Any, bool]:
        from redis import RedisError

        began, pause, again = time.monotonic(), FIRST_PAUSE, False
        while True:
            if self._lost is not None:
                raise self._lost
            try:
                answer = await call()
            except (RedisError, OSError, asyncio.IncompleteReadError) as error:
                waited = time.monotonic() - began
                if waited > self.patience:
                    self._lost = FrontierLost(_gone(self.where, error, waited))
                    raise self._lost from error
                if not again:
                    self.outages += 1
                    log.warning("%s: %s; trying again for %.0f s", self.where, error, self.patience)
                again = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                self.commands += 1
                self.seconds += time.monotonic() - began
                return answer, again

    async def close(self) -> None:
        """End all connections."""
        await self.redis.aclose()
        await self.redis.connection_pool.disconnect()


def _gone(where: str, error: BaseException, waited: float) -> str:
    return (
        f"{where}: Redis has not answered for {waited:.0f} s ({error}); all that came is kept, and what was not asked "
        "waits there; mend that, and run it again"
    )


def _hidden(url: str) -> str:
    return repr(re.sub(r"//[^/@]*@", "//…@", url))
