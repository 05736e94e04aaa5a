import pytest

from dispatch.domain.plan import COST_TERMS
from tests.dispatch.check.edits import LATE, PLAIN, broken_by, edited, price, report


@pytest.mark.parametrize("term", COST_TERMS)
def test_every_wrong_term_is_told_once(term: str) -> None:
    value = LATE.terms[term] + 1
    plan = edited(LATE, lambda document: price(document, **{term: value}))

    (violation,) = report(LATE.request, plan).violations

    assert violation.rule == "cost_term"
    assert violation.expected == f"{term} {value - 1}"
    assert violation.found == f"{term} {value}"


def test_a_missing_term_and_an_unknown_one_are_told() -> None:
    assert broken_by(PLAIN, lambda plan: plan["cost"]["terms"].pop("overtime")) == [("cost_term", None)]
    assert broken_by(PLAIN, lambda plan: price(plan, petrol=0)) == [("cost_term", None)]


def test_the_total_is_the_sum_of_the_terms() -> None:
    assert broken_by(PLAIN, lambda plan: plan["cost"].update(total=1801)) == [("cost_total", None)]


def test_a_right_total_of_wrong_terms_is_no_second_fault() -> None:
    assert broken_by(PLAIN, lambda plan: plan["cost"]["terms"].update(travel=1799)) == [("cost_term", None)]


def test_a_bound_above_the_cost_is_no_bound() -> None:
    assert broken_by(PLAIN, lambda plan: plan.update(bound=1800, gap=0.0)) == []
    assert broken_by(PLAIN, lambda plan: plan.update(bound=1801)) == [("bound", None)]


def test_terms_are_not_judged_where_a_route_cannot_be_read() -> None:
    def edit(plan: dict) -> None:
        plan["routes"][0]["technician"] = "eve"
        price(plan, travel=1)

    assert broken_by(PLAIN, edit) == [("unknown_technician", None)]
