"""Every folder `tests/fixtures/<newspaper>/<case>/`: what the page gives is what its record says."""

from __future__ import annotations

import pytest

from crawler.fixtures.cases import Case, find_cases
from crawler.fixtures.checking import check
from crawler.fixtures.reports import lines_of
from tests.conftest import ROOT

CASES = find_cases(ROOT / "tests" / "fixtures")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name).replace("/", "-"))
def test_page_gives_its_record(case: Case) -> None:
    checked = check(case)
    if checked.outcome != "same":
        pytest.fail("\n".join(lines_of(checked)), pytrace=False)


def test_both_newspapers_have_cases() -> None:
    assert {case.newspaper for case in CASES} >= {"japan_forward", "sankei"}
