"""`genbun crawl`, then `genbun verify`, measured; look-ups and connections lead to the test alone.

`python -m tests.hostile.measured PLAN ARGUMENTS…`: the plan is JSON, the arguments are the crawl's. What is measured
goes to the plan's files `figures` and `verified`; the exit status is the crawl's.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import deque
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import archives.connection
import crawler.verifying.collection  # noqa: F401  # before the fork: both commands need what it imports
from archives.guard import is_public
from crawler.commands.main import main


def led(plan: dict[str, Any]) -> None:
    """Look-ups say what the plan says; no other name is known, and no address but loopback is ever connected to.

    `names`: host → answers, the last one from then on. `public`: addresses that pass for public. `door`: address and
    port that a connection to one of those leads to.
    """
    names = {host: deque(answers) for host, answers in plan["names"].items()}
    loop: Any = asyncio.BaseEventLoop
    connect = loop.create_connection

    async def getaddrinfo(self: object, host: str, port: int, **more: Any) -> list[Any]:
        answers = names.get(host)
        if answers is None:
            raise OSError(f"a test looks up {host}")
        addresses = answers.popleft() if len(answers) > 1 else answers[0]
        if not addresses:
            raise OSError(f"{host} is no name")
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    async def create_connection(self: object, protocol: Any, host: str, port: int, **more: Any) -> Any:
        if host in plan["public"]:
            host, port = plan["door"]
        if not ip_address(host).is_loopback:
            raise AssertionError(f"a test connects to {host}")
        return await connect(self, protocol, host, port, **more)

    loop.getaddrinfo, loop.create_connection = getaddrinfo, create_connection
    connection: Any = archives.connection
    connection.is_public = lambda address: address in plan["public"] or is_public(address)
    connection.DNS_SECONDS = 0


def peak_mb() -> int:
    """The most memory this process had, in MB (VmHWM)."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def crawl(plan: dict[str, Any], arguments: list[str]) -> int:
    """The crawl, and its figures."""
    led(plan)
    began = time.monotonic()
    status = main(arguments)
    spent = sum(os.times()[:4])  # of ours and of children's processor, however busy the machine is
    figures = {"seconds": time.monotonic() - began, "cpu": spent, "mb": peak_mb()}
    Path(plan["figures"]).write_text(json.dumps(figures))
    return status


def verify(plan: dict[str, Any]) -> None:
    """What `genbun verify` says of it, and its figures."""
    status = main(["verify", plan["collection"]])
    Path(plan["verified"]).write_text(json.dumps({"verified": status, "verify_mb": peak_mb()}))


if __name__ == "__main__":
    plan = json.loads(sys.argv[1])
    child = os.fork()  # so that each has the memory of its own, and Python starts once
    if child == 0:
        status = crawl(plan, sys.argv[2:])
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    verify(plan)
    sys.exit(status)
