"""The embedded press: two invented newspapers on a loopback port, for `genbun demo`, the tests and the benchmarks.

`Press(demo())` serves what is in `words/`; `Press(scaled(10_000, seed=1))` serves as many pairs as one likes, in the
sizes of real pages. `python -m crawler.press` serves either in a process of its own.
"""

from crawler.press.answer import Answer, Raw
from crawler.press.demo import Case, cases, demo
from crawler.press.scale import scaled
from crawler.press.server import Press, Served

__all__ = ["Answer", "Case", "Press", "Raw", "Served", "cases", "demo", "scaled"]
