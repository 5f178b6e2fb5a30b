"""Prometheus' text format: by its own parser where that is installed, by its grammar everywhere."""

from __future__ import annotations

import datetime as dt
import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from crawler.status.prometheus import HELP, metrics_of
from tests.status.made import DAY, HOST, NOW, PAPER, Made

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf"({NAME})\{{({LABEL}(?:,{LABEL})*)\}} (-?[0-9]+(?:\.[0-9]+)?)")
COMMENT = re.compile(rf"# (HELP|TYPE) ({NAME}) (.+)")

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def text(tmp_path: Path) -> str:
    made = Made(tmp_path / 'a "quoted" \\ folder\nof two lines')
    made.daily(60)
    made.run(NOW - DAY / 24, 6, message="refused", closed={HOST: f"{HOST} said no before 2026-11-26T00:00:00Z"})
    made.editorial(NOW.date() - DAY, pair="gone")
    made.line(f"https://{HOST}/robots.txt", NOW - 3 * DAY, "A")
    made.line(f"https://{HOST}/robots.txt", NOW - 2 * DAY, "B")
    return metrics_of(made.status())


def parsed(text: str) -> Samples:
    """By the grammar: HELP and TYPE before the samples of each metric, which stand together, each series once."""
    found: Samples = {}
    metric, seen = "", set()
    assert text.endswith("\n")
    for line in text.splitlines():
        if comment := COMMENT.fullmatch(line):
            if comment[1] == "HELP":
                metric = comment[2]
                assert metric not in seen, f"{metric} is scattered"
                seen.add(metric)
            else:
                assert (comment[2], comment[3]) == (metric, "gauge")
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        assert sample[1] == metric
        labels = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', sample[2])
        key = (
            metric,
            frozenset(
                (name, re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), value)) for name, value in labels
            ),
        )
        assert key not in found, f"twice: {line}"
        found[key] = float(sample[3])
    return found


def value(samples: Samples, name: str, **labels: str) -> float:
    (found,) = (
        number
        for (metric, given), number in samples.items()
        if metric == f"genbun_{name}" and labels.items() <= dict(given).items()
    )
    return found


def test_the_grammar(text: str) -> None:
    samples = parsed(text)
    assert all(name.startswith("genbun_") for name, _ in samples)
    (collection,) = {dict(labels)["collection"] for _, labels in samples}
    assert collection.endswith('a "quoted" \\ folder\nof two lines')


def test_the_values(text: str) -> None:
    samples = parsed(text)
    assert value(samples, "articles", newspaper=PAPER) == 61
    assert value(samples, "pairs", status="gone") == 1
    assert value(samples, "pairs", status="refused") == 0
    assert value(samples, "last_run_exit_status") == 6
    assert value(samples, "last_run_finished") == 0
    assert value(samples, "last_success_timestamp_seconds") == dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC).timestamp()
    assert value(samples, "status_timestamp_seconds") == NOW.timestamp()
    assert (
        value(samples, "host_closed_until_timestamp_seconds", host=HOST)
        == dt.datetime(2026, 11, 26, tzinfo=dt.UTC).timestamp()
    )
    assert value(samples, "run_interval_seconds") == 86400
    assert value(samples, "overdue") == 0
    assert value(samples, "editorials_expected_per_week") == 7
    assert value(samples, "robots_changes") == 1
    assert value(samples, "severity") == 2
    assert value(samples, "concerns", severity="critical") == 1


def test_every_metric_is_explained_and_none_is_a_counter(text: str) -> None:
    names = {name.removeprefix("genbun_") for name, _ in parsed(text)}
    assert names <= set(HELP)
    assert not [name for name in HELP if name.endswith(("_total", "_count", "_sum", "_bucket"))]
    assert all(name.endswith("_seconds") for name in HELP if "timestamp" in name)


def test_its_own_parser(text: str) -> None:
    try:
        parser: Any = importlib.import_module("prometheus_client.parser")
    except ImportError:
        pytest.skip("prometheus_client is not among what the tests install: the grammar is held above")
    families = list(parser.text_string_to_metric_families(text))
    assert {family.type for family in families} == {"gauge"}
    read = {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}
    assert read == parsed(text)
