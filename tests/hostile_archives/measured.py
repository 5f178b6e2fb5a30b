"""Runs commands of `genbun`, each in a forked process, and says what it cost and what of the outside it touched.

`python -m tests.hostile_archives.measured`: one JSON object a line on standard input says what to run, one a line on
standard output what came of it. Forked, since Python and our modules would else be loaded a thousand times.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any, Final

MB: Final = 1 << 20
ADDRESS_SPACE: Final = 3 << 30  # so that a fault of ours ends the process, and not the machine
LARGEST_FILE: Final = 1 << 30
WAIT: Final = 8  # seconds, and three times as long as it may compute: others have the machine too
_NEEDED: Final = (
    "crawler.newspapers", "crawler.rebuilding", "crawler.merging", "crawler.packing", "crawler.status.survey",
    "crawler.verifying.collection", "crawler.settings", "scrapy.crawler", "spiders.collecting", "spiders.editorials",
)  # fmt: skip
_TOUCH: Final = {
    "open": 1, "os.rename": 2, "os.remove": 1, "os.truncate": 1, "os.listdir": 1, "os.scandir": 1, "os.mkdir": 1,
    "os.symlink": 2, "os.link": 2, "os.rmdir": 1, "os.chmod": 1, "sqlite3.connect": 1,
}  # fmt: skip


def main() -> None:
    """Answer until there is no more to run."""
    _load()
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


def _load() -> None:
    """What every command would load; Twisted's reactor is chosen later, by the crawl."""
    for name in _NEEDED:
        import_module(name)


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    report = Path(asked["report"])
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _become(asked)
    status, seconds, killed = _wait(child, began + WAIT + 3 * asked["seconds"])
    told = json.loads(report.read_text()) if report.exists() else {"mb": 0, "touched": []}
    return {"status": status, "killed": killed, "seconds": seconds, **told}


def _wait(child: int, until: float) -> tuple[int, float, bool]:
    """Exit status, seconds of CPU, and whether it had to be killed."""
    killed = False
    while True:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, killed
        if time.monotonic() > until and not killed:
            os.killpg(child, signal.SIGKILL)
            killed = True
        time.sleep(0.002)


def _become(asked: dict[str, Any]) -> None:
    """Be the command: never returns."""
    status = 99
    try:
        os.setpgid(0, 0)
        os.chdir(asked["cwd"])
        os.environ["TMPDIR"] = asked["tmp"]
        for name, path in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
            os.dup2(os.open(path, os.O_RDONLY if name == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), name)
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
        seconds = int(asked["seconds"]) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        touched = _watch(asked["outside"])
        from crawler.commands.main import main as genbun

        try:
            status = genbun(asked["arguments"])
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        sys.stdout.flush()
        sys.stderr.flush()
        told = {"mb": _peak(), "touched": sorted(touched)}
        Path(asked["report"]).write_text(json.dumps(told))
    except BaseException as error:
        os.write(2, f"Traceback: {error.__class__.__name__}: {error}\n".encode("utf-8", "replace"))
    finally:
        os._exit(status)


def _watch(outside: str) -> set[str]:
    """What of that folder, by whatever name, is opened, listed or changed from now on."""
    touched: set[str] = set()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        for path in arguments[: _TOUCH.get(event, 0)]:
            if isinstance(path, str | bytes | os.PathLike):
                name = os.fsdecode(path).removeprefix("file://").partition("?")[0]
                if f"{os.path.realpath(name)}/".startswith(f"{outside}/"):
                    touched.add(f"{event} {name}")

    sys.addaudithook(hook)
    return touched


def _peak() -> int:
    """The most memory that this process, or one of its own, had; in MB."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return max(int(line.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024


if __name__ == "__main__":
    main()
