"""What technicians write down at a visit: every tap twice does no harm, and nobody writes about another's order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain.records.convenience import Convenience
from dispatch.errors import BadInputError, ForbiddenError, TransitionError
from tests.dispatch.usecases.quality.visits import POLICY, TECHNICIAN, Visit, measured, offered, ticked
from tests.fakes import counting_ids


def test_r25_ticks_are_kept_with_who_and_when_and_a_second_tap_changes_nothing() -> None:
    visit = Visit()
    first = ticked(visit, "knocked", "shoe_covers_on")
    visit.clock.go_on(60)
    assert ticked(visit, "knocked") == first
    assert [(one.stage, one.item, one.by) for one in first.ticks] == [
        ("entry", "knocked", TECHNICIAN),
        ("entry", "shoe_covers_on", TECHNICIAN),
    ]
    more = ticked(visit, "cleaned_up")
    assert (more.version, len(more.ticks)) == (2, 3)


def test_a_tick_of_an_offline_phone_keeps_its_own_time() -> None:
    visit = Visit()
    earlier = visit.clock.now() - timedelta(minutes=40)
    assert ticked(visit, "knocked", at=earlier).ticks[0].at == earlier
    with pytest.raises(BadInputError, match=r"at: .* lies after now"):
        ticked(visit, "cleaned_up", at=visit.clock.now() + timedelta(seconds=1))


def test_an_item_that_is_not_on_the_list_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"items\[1\]: the checklist has no item 'sang'"):
        ticked(Visit(), "knocked", "sang")


def test_a_reopened_order_has_a_new_checklist() -> None:
    visit = Visit()
    ticked(visit, "knocked")
    visit.change(reopened=1)
    again = ticked(visit, "cleaned_up")
    assert (again.id, [one.item for one in again.ticks]) == ("o-1-visit-2", ["cleaned_up"])


@pytest.mark.parametrize("state", ["closed", "surveyed", "withdrawn", "rejected"])
def test_nothing_is_added_to_an_order_that_is_over(state: str) -> None:
    visit = Visit()
    visit.change(state=state)
    with pytest.raises(TransitionError, match=f"is {state}: nothing is added"):
        ticked(visit, "knocked")


def test_another_technician_may_write_nothing() -> None:
    visit = Visit()
    for write in (
        lambda: ticked(visit, "knocked", actor="technician:t-2"),
        lambda: measured(visit, 1, actor="technician:t-2"),
        lambda: offered(visit, "gateway_setup", actor="technician:t-2"),
    ):
        with pytest.raises(ForbiddenError, match="technician:t-2 may not write about order o-1: technician t-1 goes"):
            write()


def test_r14_a_series_is_judged_when_it_is_recorded() -> None:
    visit = Visit()
    assert measured(visit, 90_000, 90_000, 90_000).passed is True
    assert measured(visit, 90_000, 90_000, 89_999, new_id=counting_ids("second")).passed is False
    assert measured(visit, 99_000, 99_000, new_id=counting_ids("third")).passed is None


def test_r14_impossible_values_are_refused_by_name() -> None:
    with pytest.raises(BadInputError, match=r"measured_kbps\[1\]: -5"):
        measured(Visit(), 90_000, -5)
    with pytest.raises(BadInputError, match="measured_kbps: "):
        measured(Visit())


def test_r21_an_item_is_recorded_once_and_may_change_from_declined_to_done() -> None:
    visit = Visit()
    first = offered(visit, "screen_cleaning", "declined")
    assert offered(visit, "screen_cleaning", "declined") == first
    done = offered(visit, "screen_cleaning")
    assert (done.id, done.version, done.result) == (first.id, 2, "done")


def test_r21_no_more_items_are_done_than_the_policy_allows() -> None:
    visit = Visit()
    offered(visit, "screen_cleaning")
    offered(visit, "gateway_setup")
    consent = {"consent_by": "customer-1", "consent_at": visit.clock.now(), "text_version": "1"}
    with pytest.raises(BadInputError, match="2 items were done at this visit already, at most 2"):
        offered(visit, "antivirus", **consent)
    assert offered(visit, "antivirus", "declined").result == "declined"


@pytest.mark.parametrize("item", ["antivirus", "software_install"])
def test_r22_a_risky_item_is_recorded_only_with_consent_to_the_text_in_force(item: str) -> None:
    visit = Visit()
    with pytest.raises(BadInputError) as caught:
        offered(visit, item)
    assert [problem.path for problem in caught.value.problems] == ["consent_by", "consent_at", "text_version"]
    agreed = {"consent_by": "customer-1", "consent_at": visit.clock.now()}
    with pytest.raises(BadInputError, match="text_version: '0' is not the risk text in force, '1'"):
        offered(visit, item, text_version="0", **agreed)
    with visit.store.read() as transaction:
        assert transaction.records(Convenience).count() == 0
    record = offered(visit, item, text_version="1", language="en", **agreed)
    assert record.consent is not None
    assert (record.consent.given_by, record.consent.given_at) == ("customer-1", visit.clock.now())
    text = POLICY.quality.convenience.risk_texts.of(item)
    assert text is not None
    assert record.consent.text == text.en
