"""`genbun` in a process that something happens to: killed at a call, its clock set, its disk without power.

    python -m tests.recovery.interfering '{"kill": …, "clock": …}' crawl example_herald --to DIR …

`kill`: [where, nth, "before" or "after"]: SIGKILL at the nth call of a function, `module:name` or `module:Class.name`.
`clock`: [[n, seconds], …]: from the nth question for the time on, the clock is off by so much.
`readonly`: at the nth commit the journal's disk has become read-only, for good.
`power`: see `tests.recovery.power`.
"""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import json
import os
import pkgutil
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def patch(where: str, make: Callable[[Any], Any]) -> None:
    """Put `make(function)` in the place of a function."""
    module, _, path = where.partition(":")
    owner: Any = importlib.import_module(module)
    *names, last = path.split(".")
    for name in names:
        owner = getattr(owner, name)
    setattr(owner, last, make(getattr(owner, last)))


def killing(where: str, nth: int, when: str) -> None:
    calls = 0

    def make(function: Any) -> Any:
        def count() -> bool:
            nonlocal calls
            calls += 1
            return calls == nth

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            now = count()
            if now and when == "before":
                die()
            result = function(*args, **kwargs)
            if now:
                die()
            return result

        async def awaited(*args: Any, **kwargs: Any) -> Any:
            now = count()
            if now and when == "before":
                die()
            result = await function(*args, **kwargs)
            if now:
                die()
            return result

        return awaited if inspect.iscoroutinefunction(function) else wrapped

    patch(where, make)


class Shifted:
    """The module `datetime`, but for what time it is now."""

    def __init__(self, shifts: list[tuple[int, float]]) -> None:
        asked = 0

        class Moments:
            def __getattr__(self, name: str) -> Any:
                return getattr(dt.datetime, name)

            def __instancecheck__(self, instance: object) -> bool:
                return isinstance(instance, dt.datetime)

            @staticmethod
            def now(zone: dt.tzinfo | None = None) -> dt.datetime:
                nonlocal asked
                asked += 1
                seconds = [by for since, by in shifts if asked > since][-1]
                return dt.datetime.now(zone) + dt.timedelta(seconds=seconds)

        self.datetime = Moments()

    def __getattr__(self, name: str) -> Any:
        return getattr(dt, name)


def shift_clocks(shifts: list[tuple[int, float]]) -> None:
    """For every module of ours that asks for the time."""
    clock = Shifted(shifts)
    for package in ("archives", "spiders"):
        folder = importlib.import_module(package).__path__
        for found in pkgutil.iter_modules(folder, f"{package}."):
            module = importlib.import_module(found.name)
            if getattr(module, "dt", None) is dt:
                module.dt = clock  # type: ignore[attr-defined]


def make_readonly(nth: int) -> None:
    calls = 0

    def make(commit: Any) -> Any:
        def wrapped(journal: Any, *args: Any, **kwargs: Any) -> None:
            nonlocal calls
            calls += 1
            if calls == nth:
                journal.db.execute("PRAGMA query_only=ON")  # the same error as that of a read-only file system
            commit(journal, *args, **kwargs)

        return wrapped

    patch("archives.journal:Journal.commit", make)


def main(argv: list[str]) -> int:
    plan = json.loads(argv[0])
    if "clock" in plan:
        shift_clocks(plan["clock"])
    if "kill" in plan:
        killing(*plan["kill"])
    if "readonly" in plan:
        make_readonly(plan["readonly"])
    if "power" in plan:
        from tests.recovery.power import Disk

        Disk(**plan["power"]).install()
    from crawler.commands.main import main as genbun

    return genbun(argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
