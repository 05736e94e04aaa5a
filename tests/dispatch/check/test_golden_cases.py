import pytest

from dispatch.check import check
from tests.golden.cases import Case, golden_cases


@pytest.mark.parametrize("case", golden_cases(), ids=lambda case: case.name)
def test_a_golden_case_is_clean_or_breaks_exactly_its_rule(case: Case) -> None:
    report = check(case.request, case.plan())

    expected = [] if case.breaks is None else [(case.breaks.rule, case.breaks.order)]
    assert [(violation.rule, violation.order) for violation in report.violations] == expected, case.why


@pytest.mark.parametrize("case", golden_cases(), ids=lambda case: case.name)
def test_the_cost_of_a_golden_case_is_recomputed_term_by_term(case: Case) -> None:
    report = check(case.request, case.plan())

    assert report.cost.terms == case.terms, case.why
    assert report.cost.total == case.total
