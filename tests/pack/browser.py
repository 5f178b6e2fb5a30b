"""Headless Chromium, driven through the DevTools protocol over a pipe: no driver and no WebSocket needed."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # as root there is none
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--window-size=1200,900",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # a page asks nobody but our own server
)


class Browser:
    """One Chromium with one page open, as long as the block lasts."""

    def __init__(self, chromium: str, profile: Path) -> None:
        self._command = [chromium, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._rest = b""
        self._number = 0

    def __enter__(self) -> Self:
        child_reads, self._writes = os.pipe()
        self._reads, child_writes = os.pipe()
        high = [fcntl.fcntl(handle, fcntl.F_DUPFD, 20) for handle in (child_reads, child_writes)]
        redirected = f'exec "$0" "$@" 3<&{high[0]} 4>&{high[1]}'  # where Chromium looks for its pipes
        self._process = subprocess.Popen(
            ["bash", "-c", redirected, *self._command],
            pass_fds=high,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for handle in (child_reads, child_writes, *high):
            os.close(handle)
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(one["targetId"] for one in targets if one["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        os.close(self._reads)
        os.close(self._writes)

    def open(self, url: str) -> None:
        """Go to an address."""
        self.call("Page.navigate", page=True, url=url)

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page; of a promise, what it comes to."""
        result = self.call("Runtime.evaluate", page=True, expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"])[:2000])
        return result["result"].get("value")

    def wait_for(self, script: str, seconds: float = 60) -> Any:
        """The value of an expression, as soon as it is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := self.evaluate(script):
                return value
            time.sleep(0.1)
        raise TimeoutError(f"not within {seconds} s: {script[:300]}")

    def screenshot(self, path: Path) -> None:
        """Write what the page looks like, as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", page=True)["data"]))

    def call(self, method: str, *, page: bool = False, **params: Any) -> dict[str, Any]:
        """One call of the protocol."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if page:
            message["sessionId"] = self._session
        os.write(self._writes, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return dict(answer["result"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._reads], [], [], 60)[0]:
                raise TimeoutError("Chromium does not answer")
            data = os.read(self._reads, 1024 * 1024)
            if not data:
                raise RuntimeError(f"Chromium ended with {self._process.wait(10)}")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(line))
