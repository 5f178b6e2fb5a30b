"""A sentence-transformers model of the user's own, with a stand-in for the package: what it is asked, how it fails."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest

from crawler.alignment import encoders
from crawler.alignment.encoders import NoEncoder
from crawler.alignment.encoders.transformers import WEIGHTS, Transformers


class Rows:
    """As much of an array as the adapter uses."""

    def __init__(self, rows: list[list[float]]) -> None:
        self._rows = rows

    def tolist(self) -> list[list[float]]:
        return self._rows


class Model:
    """As much of `SentenceTransformer` as the adapter uses. Its rows have length 1 only where that is asked for."""

    loaded: list[tuple[str, dict[str, Any]]]
    asked: list[tuple[list[str], dict[str, Any]]]

    def __init__(self, path: str, **options: Any) -> None:
        if not (Path(path) / "modules.json").is_file():
            raise OSError("We couldn't connect to 'https://huggingface.co' to load the files")
        Model.loaded.append((path, options))

    def encode(self, texts: list[str], **options: Any) -> Rows:
        Model.asked.append((texts, options))
        return Rows([[0.6, 0.8] if options.get("normalize_embeddings") else [3.0, 4.0] for _ in texts])

    def __enter__(self) -> Self:
        raise AssertionError("not asked for")


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in, where the package would be."""
    Model.loaded, Model.asked = [], []
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = Model  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model's folder."""
    path = tmp_path / "my LaBSE"
    (path / "1_Pooling").mkdir(parents=True)
    (path / "modules.json").write_text("[]", "utf-8")
    (path / "1_Pooling" / "config.json").write_text("{}", "utf-8")
    (path / "model.safetensors").write_bytes(b"\x00" * 1000)
    return path


@pytest.mark.usefixtures("package")
def test_a_model_is_loaded_from_its_folder_and_from_nowhere_else(folder: Path) -> None:
    encoder = encoders.opened(str(folder))

    assert Model.loaded == [(str(folder), {"local_files_only": True})]
    assert (encoder.name, encoder.dim, encoder.weights) == ("my-LaBSE", 2, folder / WEIGHTS)


@pytest.mark.usefixtures("package")
def test_a_model_is_asked_in_batches_for_vectors_of_length_one(folder: Path) -> None:
    encoder = Transformers(str(folder))
    Model.asked.clear()

    rows = encoder.encode(["It rained.", "雨が降った。"])

    assert [math.hypot(*row) for row in rows] == pytest.approx([1.0, 1.0])
    assert Model.asked == [
        (
            ["It rained.", "雨が降った。"],
            {"batch_size": 32, "show_progress_bar": False, "convert_to_numpy": True, "normalize_embeddings": True},
        )
    ]


@pytest.mark.usefixtures("package")
def test_a_revision_is_that_of_the_model_and_not_of_its_weights(folder: Path) -> None:
    first = Transformers(str(folder)).revision
    (folder / WEIGHTS).write_text("{}", "utf-8")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "lock").touch()
    moved = folder.rename(folder.with_name("LaBSE"))

    assert Transformers(str(moved)).revision == first
    (moved / "model.safetensors").write_bytes(b"\x01" * 1000)
    assert Transformers(str(moved)).revision != first


@pytest.mark.usefixtures("package")
def test_a_model_without_weights_is_refused(folder: Path) -> None:
    with pytest.raises(NoEncoder, match=r"no weights were fitted for the encoder my-LaBSE [0-9a-f]{12}: .*fit_align"):
        encoders.named(str(folder))


def test_a_package_that_is_not_installed_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)

    with pytest.raises(NoEncoder) as told:
        encoders.named(str(folder))

    assert str(told.value) == (
        "a model of your own needs the package sentence-transformers: pip install 'genbun[labse]'"
    )


@pytest.mark.usefixtures("package")
def test_a_model_that_is_not_whole_is_told_without_the_network(folder: Path) -> None:
    (folder / "modules.json").unlink()

    with pytest.raises(NoEncoder, match=r"my LaBSE is not a whole sentence-transformers model.*couldn't connect"):
        encoders.named(str(folder))


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("choice", ["sentence-transformers/LaBSE", "", "\0"])
def test_a_model_that_is_no_folder_here_is_not_looked_for_elsewhere(choice: str) -> None:
    with pytest.raises(NoEncoder, match=r"the folder of a sentence-transformers model, which Genbun does not download"):
        encoders.named(choice)
    assert Model.loaded == []
