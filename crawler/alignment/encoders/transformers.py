"""A sentence-transformers model in a folder of the user's, LaBSE for one: `genbun[labse]`. Nothing is downloaded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from crawler.alignment.encoders.protocol import NoEncoder

MISSING: Final = "a model of your own needs the package sentence-transformers: pip install 'genbun[labse]'"
WEIGHTS: Final = "genbun-alignment.json"
BATCH: Final = 32  # sentences


class Transformers:
    """A model in a folder, as `SentenceTransformer.save` leaves it; its fitted weights lie in the same folder."""

    def __init__(self, folder: str) -> None:
        path = Path(folder).expanduser()
        if not folder or not path.is_dir():
            raise NoEncoder(
                f"no encoder {folder!r}: it is 'universal', or the folder of a sentence-transformers model, which "
                "Genbun does not download"
            )
        self._model = _loaded(path)
        self.name: Final = re.sub(r"[^\w.+-]+", "-", path.resolve().name) or "model"
        self.revision: Final = _digest(path)
        self.weights: Final = path / WEIGHTS
        self.dim: Final = len(self.encode(["."])[0])

    def encode(self, texts: list[str]) -> Sequence[Sequence[float]]:
        """A row for each text, of length 1."""
        rows: list[list[float]] = self._model.encode(
            texts, batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
        ).tolist()
        return rows


def _loaded(path: Path) -> Any:
    try:
        kind = import_module("sentence_transformers").SentenceTransformer
    except ImportError as why:
        raise NoEncoder(MISSING) from why
    try:
        return kind(str(path), local_files_only=True)
    except (OSError, ValueError) as why:
        raise NoEncoder(
            f"{path} is not a whole sentence-transformers model, and Genbun downloads none of it: {why}"
        ) from why


def _digest(path: Path) -> str:
    """Of all files of the model, so that a model fitted further is another."""
    digest = hashlib.sha256()
    for file in _files(path):
        with file.open("rb") as stream:
            digest.update(f"{file.relative_to(path).as_posix()}\0".encode("utf-8", "surrogateescape"))
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:12]


def _files(path: Path) -> Iterator[Path]:
    for file in sorted(path.rglob("*")):
        inside = file.relative_to(path)
        if file.is_file() and inside.name != WEIGHTS and not any(part.startswith(".") for part in inside.parts):
            yield file
