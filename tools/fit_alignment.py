"""The aligner's weights, fitted: python tools/fit_alignment.py FOLDER [--encoder universal|MODEL] [--score].

FOLDER holds newstest2021.ja-en.all.xml and newstest2021.en-ja.all.xml (GitHub wmt-conference/wmt21-news-systems, xml/)
and wmttest2022.ja-en.all.xml (wmt22-news-systems): professional translations of news, sentence by sentence, for
research use, and never part of this project. `bench.perturbed` makes free translations of them. Documents of the first
are the test set; of the others, every fifth is for development (the confidences are fitted on it), the rest for the
weights.
`--score` fits nothing and prints how the weights in the tree do on the test documents. `--encoder` fits, or scores, the
weights for the packaged encoder, or for a sentence-transformers model in a folder, where they are left.

The weights are those of a conditional random field over the beads of whole articles: the gold path's logarithmic
probability is climbed, article by article, in steps that AdaGrad sizes. The same arguments give the same file.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bench.beads import Counts, calibration_error, interval, is_paired, lax, links, strict
from bench.perturbed import CLEAN, EDITORIAL, FREE, HEAVY, SWAP, Document, Perturbed, documents, perturbed
from crawler.alignment.align import lattices, weigh
from crawler.alignment.confidence import signs_of
from crawler.alignment.cosines import Cosines, compare
from crawler.alignment.encoders import Encoder, opened
from crawler.alignment.evidence import Evidence, gather
from crawler.alignment.features import ENCODED, NAMES, SHAPES, Features
from crawler.alignment.lattice import Bead, Lattice
from crawler.alignment.lexicon import Lexicon
from crawler.alignment.lexicon import load as load_lexicon
from crawler.alignment.sentences import Sentence
from crawler.alignment.weights.reading import read

OUTPUT: Final = Path(__file__).parents[1] / "crawler" / "alignment" / "weights" / "lexicon.json"
TEST: Final = "newstest2021.ja-en.all.xml"
FITTING: Final = ("newstest2021.en-ja.all.xml", "wmttest2022.ja-en.all.xml")
FITTED_ON: Final = "WMT21 English-Japanese and WMT22 Japanese-English news test sets, under seeded perturbations"
#: Which kinds of free translation the weights see, one a seed in turn.
MIXTURE: Final = (EDITORIAL, EDITORIAL, FREE, EDITORIAL, EDITORIAL, CLEAN)

KINDS: Final = {"clean": CLEAN, "free": FREE, "swap": SWAP, "heavy": HEAVY, "editorial": EDITORIAL}

Gold = frozenset[tuple[tuple[int, ...], tuple[int, ...]]]

START: Final = {
    "covered_t": 1.0, "covered_o": 1.0, "rival_t": -1.0, "rival_o": -1.0, "uncovered_t": -0.3, "uncovered_o": -0.3,
    "shape_1_0": -2.0, "shape_0_1": -2.0, "added_total": -0.3, "dropped_total": -0.3,
    **{f"shape_{t}_{o}": -2.0 * (t + o - 2) for t, o in SHAPES if t and o},
}  # fmt: skip
STEP: Final = 0.2
PULL: Final = 1e-3  # towards zero, a step
NEWTON_STEPS: Final = 30


class Remembering:
    """An encoder that encodes the same sentence once."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.revision, self.dim, self.weights = encoder.name, encoder.revision, encoder.dim, encoder.weights
        self._encode = encoder.encode
        self._known: dict[str, array[float]] = {}

    def encode(self, texts: list[str]) -> Sequence[Sequence[float]]:
        """A row for each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= zip(new, (array("f", row) for row in self._encode(new)), strict=True)
        return [self._known[text] for text in texts]


class Example(NamedTuple):
    """An article with its gold."""

    evidence: Evidence
    cosines: Cosines | None
    gold: Gold


def main() -> int:
    """Fit and write, or score."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--encoder", metavar="universal|MODEL")
    arguments.add_argument("--score", action="store_true")
    arguments.add_argument("--seeds", type=int, default=6)
    arguments.add_argument("--epochs", type=int, default=4)
    options = arguments.parse_args()
    encoder = Remembering(opened(options.encoder)) if options.encoder else None
    if not options.score:
        known = [one for name in FITTING for one in documents(options.folder / name)]
        fit(known, options.seeds, options.epochs, encoder)
    score(documents(options.folder / TEST), encoder)
    return 0


def fit(known: list[Document], seeds: int, epochs: int, encoder: Encoder | None) -> None:
    """Weights from four documents in five, confidences from the fifth; written where the aligner looks for them."""
    fitting = [one for at, one in enumerate(known) if at % 5]
    development = [one for at, one in enumerate(known) if not at % 5]
    names = names_for(encoder)
    weights = climb(list(examples(fitting, seeds, encoder)), names, epochs)
    judged = [*examples(development, 4 * seeds, encoder), *strangers(development, encoder)]
    curves = curves_of(judged, weights)
    body = {
        **({} if encoder is None else {"revision": encoder.revision}),
        "fitted_on": f"{FITTED_ON}: {len(fitting)} documents for the weights, {len(development)} for the confidences",
        "features": {name: round(weight, 4) for name, weight in zip(names, weights, strict=True)},
        "curves": {name: [round(term, 4) for term in terms] for name, terms in curves.items()},
    }
    output_for(encoder).write_text(json.dumps(body, indent=1) + "\n", "utf-8")


def names_for(encoder: Encoder | None) -> tuple[str, ...]:
    """The features that there are with an encoder, or without."""
    return NAMES if encoder is None else (*NAMES, *ENCODED)


def output_for(encoder: Encoder | None) -> Path:
    """Where the aligner looks for the weights."""
    return OUTPUT if encoder is None else Path(str(encoder.weights))


def examples(known: list[Document], seeds: int, encoder: Encoder | None) -> Iterator[Example]:
    """Each document under each seed, in two lengths: by itself, and with the next two behind it."""
    lexicon = load_lexicon()
    for seed in range(seeds):
        for at in range(len(known)):
            document = known[at] if seed % 2 else joined(known, at)
            made = perturbed(document, known, MIXTURE[seed % len(MIXTURE)], seed)
            yield example_of(made.translation, made.original, frozenset(made.beads), lexicon, encoder)


def strangers(known: list[Document], encoder: Encoder | None) -> Iterator[Example]:
    """Pairs of articles that have nothing to do with each other."""
    lexicon = load_lexicon()
    for at, document in enumerate(known):
        here, there = (faithful(one) for one in (document, known[at - 1]))
        gold = [((t,), ()) for t in range(len(here.translation))] + [((), (o,)) for o in range(len(there.original))]
        yield example_of(here.translation, there.original, frozenset(gold), lexicon, encoder)


def example_of(
    translation: list[Sentence], original: list[Sentence], gold: Gold, lexicon: Lexicon, encoder: Encoder | None
) -> Example:
    """Two articles with what is known of them."""
    cosines = None if encoder is None else compare(translation, original, encoder)
    return Example(gather(translation, original, lexicon), cosines, gold)


def faithful(document: Document) -> Perturbed:
    """A document as it is."""
    return perturbed(document, [document], CLEAN, 0)


def joined(known: list[Document], at: int) -> Document:
    """A document and those behind it, until it has an editorial's length."""
    parts = [known[at]]
    while sum(len(part.pieces) for part in parts) < 24 and len(parts) < 4:
        parts.append(known[(at + len(parts)) % len(known)])
    return Document(f"{known[at].name}+", tuple(piece for part in parts for piece in part.pieces))


# weights ------------------------------------------------------------------------------------------


def climb(known: list[Example], names: Sequence[str], epochs: int) -> list[float]:
    """The weights under which the gold paths are most probable: their mean over the later half of the way."""
    weights = [START.get(name, 0.0) for name in names]
    squares = [1e-6] * len(names)
    sums, counted = [0.0] * len(names), 0
    chance = random.Random(1)  # noqa: S311 - the order of examples, the same each time
    for epoch in range(epochs):
        chance.shuffle(known)
        began, lost, used = time.perf_counter(), 0.0, 0
        for example in known:
            found = slope(example, weights)
            if found is None:
                continue
            loss, steps = found
            lost, used = lost + loss, used + 1
            for at, step in enumerate(steps):
                step -= PULL * weights[at]
                squares[at] += step * step
                weights[at] += STEP * step / math.sqrt(squares[at])
            if 2 * epoch >= epochs:
                sums, counted = [total + weight for total, weight in zip(sums, weights, strict=True)], counted + 1
        print(f"epoch {epoch + 1}: {lost / used:.3f} nats an article, {used} of {len(known)} articles, "
              f"{time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip
    return [total / counted for total in sums]


def slope(example: Example, weights: Sequence[float]) -> tuple[float, list[float]] | None:
    """By how much the gold paths are less than sure, and the direction in which they become surer.

    Where something was added beside something dropped, the order of the two is anyone's: gold is every such path. None
    where the corridor does not hold the gold.
    """
    features = Features(example.evidence, example.cosines)

    def score(shape: int, t: int, o: int) -> float:
        if key_of(Bead(t, o, shape, 0.0)) not in example.gold:
            return -math.inf
        return sum(weights[at] * value for at, value in features.of(shape, t, o))

    (lattice,) = lattices(features, weights)
    gold = Lattice(lattice.cells, score)
    if gold.total == -math.inf:
        return None
    steps = [0.0] * len(weights)
    for beads, sign in ((gold.beads, 1.0), (lattice.beads, -1.0)):
        for bead in beads:
            if bead.posterior > 1e-4:
                for at, value in features.of(bead.shape, bead.t, bead.o):
                    steps[at] += sign * bead.posterior * value
    return lattice.total - gold.total, steps


def key_of(bead: Bead) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A bead as the numbers of its sentences."""
    end_t, end_o = bead.end
    return tuple(range(bead.t, end_t)), tuple(range(bead.o, end_o))


# confidences --------------------------------------------------------------------------------------


def curves_of(known: Iterable[Example], weights: Sequence[float]) -> dict[str, list[float]]:
    """The logistic curves from what beads looked like to whether they were right."""
    rows: dict[str, list[tuple[tuple[float, ...], bool]]] = {"pair": [], "exact": [], "alone": []}
    for example in known:
        features = Features(example.evidence, example.cosines)
        (lattice,) = lattices(features, weights)
        for bead, values in signs_of(lattice, features):
            key = key_of(bead)
            if bead.links:
                rows["pair"].append((values, is_paired(key, example.gold)))
                rows["exact"].append((values, key in example.gold))
            else:
                rows["alone"].append((values, key in example.gold))
    return {name: logistic(found) for name, found in rows.items()}


def logistic(rows: list[tuple[tuple[float, ...], bool]]) -> list[float]:
    """The terms of a logistic regression, by Newton's method with a slight pull towards zero."""
    size = len(rows[0][0])
    terms = [0.0] * size
    for _ in range(NEWTON_STEPS):
        slopes = [-0.01 * term for term in terms]
        curved = [[0.01 if i == j else 0.0 for j in range(size)] for i in range(size)]
        for signs, is_right in rows:
            chance = 1.0 / (1.0 + math.exp(-sum(term * sign for term, sign in zip(terms, signs, strict=True))))
            for i in range(size):
                slopes[i] += (is_right - chance) * signs[i]
                for j in range(size):
                    curved[i][j] += chance * (1.0 - chance) * signs[i] * signs[j]
        terms = [term + step for term, step in zip(terms, solved(curved, slopes), strict=True)]
    return terms


def solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """The solution of a small system of linear equations whose matrix is positive definite."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for at, row in enumerate(rows):
        for other in rows[at + 1 :]:
            share = other[at] / row[at]
            other[:] = [value - share * above for value, above in zip(other, row, strict=True)]
    found = [0.0] * len(rows)
    for at in range(len(rows) - 1, -1, -1):
        known = sum(rows[at][later] * found[later] for later in range(at + 1, len(rows)))
        found[at] = (rows[at][-1] - known) / rows[at][at]
    return found


# scores -------------------------------------------------------------------------------------------


def score(test: list[Document], encoder: Encoder | None) -> None:
    """Print how the weights do on documents that no fitting saw."""
    weights = read("fitted", output_for(encoder).read_bytes())
    lexicon = load_lexicon()
    for name, rates in KINDS.items():
        counts: dict[str, list[Counts]] = {"strict": [], "lax": [], "links": []}
        judged: list[tuple[float, bool]] = []
        spent = 0.0
        for document in test:
            made = perturbed(document, test, rates, 1)
            began = time.process_time()
            example = example_of(made.translation, made.original, frozenset(made.beads), lexicon, encoder)
            weighed = weigh(example.evidence, weights, example.cosines)
            spent += time.process_time() - began
            found = [key_of(bead) for bead, _ in weighed]
            for kind, count in (("strict", strict), ("lax", lax), ("links", links)):
                counts[kind].append(count(found, made.beads))
            judged += [
                (confidence.p_pair, is_paired(key_of(bead), made.beads)) for bead, confidence in weighed if bead.links
            ]
        shown = "  ".join(f"{kind} {interval(documents)}" for kind, documents in counts.items())
        print(f"{name:12} {shown}  ECE {calibration_error(judged):.3f}  {spent / len(test) * 1000:.0f} ms", flush=True)


if __name__ == "__main__":
    sys.exit(main())
