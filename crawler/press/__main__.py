"""`python -m crawler.press`: the press in a process of its own, until it is interrupted; its first line is its origin."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from crawler.press import Press, demo, scaled


def main() -> None:
    """Serve the demo's newspapers, or that many pairs; SIGUSR1 goes to the second edition."""
    options = argparse.ArgumentParser(prog="python -m crawler.press", description=main.__doc__)
    options.add_argument("--pairs", type=int, help="serve that many generated pairs and not the demo's")
    options.add_argument("--unprinted", type=int, default=0, help="the newest so many are in no list yet")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--latency", type=float, default=0.0, metavar="SECONDS")
    asked = options.parse_args()
    stop = threading.Event()
    content = scaled(asked.pairs, asked.seed, asked.unprinted) if asked.pairs else demo()
    with Press(content, port=asked.port, latency=asked.latency, log=False) as press:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        signal.signal(signal.SIGUSR1, lambda *_: press.edit())
        print(press.origin, flush=True)
        for host, origin in press.connect_to.items():
            print(f"--connect-to {host}={origin}", file=sys.stderr)
        while not stop.wait(0.5):
            pass


if __name__ == "__main__":
    main()
