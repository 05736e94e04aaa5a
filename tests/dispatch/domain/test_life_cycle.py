"""The table of transitions by itself: it is whole, refuses what it does not have, and says what it has."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from dispatch.domain.life_cycle import PARTIES, TRANSITIONS, Action, allowed_actions, apply, party_of
from dispatch.domain.records.order_state import FINAL_STATES, OPEN_STATES, STATES, State
from dispatch.domain.records.timer import TIMER_KINDS
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order
from dispatch.errors import BadInputError, ForbiddenError, TransitionError
from dispatch.policy.clocks import BreachCause

NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)


def an_order(state: State, *, technician: str | None = "t-1") -> WorkOrder:
    document = Order.model_validate(
        {"id": "o-1", "kind": "install", "community": "c-1", "accepted_at": NOW, "duration": "PT60M"}
    )
    return WorkOrder(
        id="o-1",
        created_at=NOW,
        changed_at=NOW,
        state=state,
        order=document,
        received_at=NOW,
        in_scope=True,
        technician=technician,
    )


def test_the_table_names_states_and_parties_that_exist() -> None:
    for line in TRANSITIONS:
        assert line.sources <= {None, *STATES}
        assert line.targets <= set(STATES)
        assert line.who
        assert line.who <= set(PARTIES)


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    reached = {target for line in TRANSITIONS for target in line.targets}
    assert reached == set(STATES)
    for state in OPEN_STATES:
        assert any(targets - {state} for targets in allowed_actions(state).values()), state


def test_every_open_order_can_come_to_an_end() -> None:
    ends: set[State] = set(FINAL_STATES)
    while True:
        before = len(ends)
        ends |= {state for state in OPEN_STATES if any(found & ends for found in allowed_actions(state).values())}
        if len(ends) == before:
            break
    assert ends == set(STATES)


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        ("received", {"hold", "withdraw"}),
        ("rejected", {"reopen"}),
        ("closed", {"record_survey", "reopen"}),
        ("agreed", {"agree", "book", "hold", "withdraw"}),
        ("waiting_for_parent", {"withdraw"}),
    ],
)
def test_what_a_customer_may_do(state: State, actions: set[str]) -> None:
    assert set(allowed_actions(state, "customer")) == actions


def test_a_refusal_says_what_is_possible() -> None:
    with pytest.raises(
        TransitionError, match="order 'o-1' is en_route: finish is not possible; technician may: arrive"
    ):
        apply(an_order("en_route"), "finish", to="done", actor="technician:t-1", now=NOW)


def test_a_transition_leads_only_where_the_table_says() -> None:
    with pytest.raises(TransitionError, match="accept does not lead from dispatched to on_site"):
        apply(an_order("dispatched"), "accept", to="on_site", actor="technician:t-1", now=NOW)


@pytest.mark.parametrize(
    ("action", "actor", "message"),
    [
        ("accept", "customer", "customer may not accept order 'o-1'"),
        ("accept", "technician:t-2", "is not with technician:t-2"),
        ("accept", "somebody:x", "actor 'somebody:x' is none of"),
    ],
)
def test_who_may_not_is_told_so(action: Action, actor: str, message: str) -> None:
    with pytest.raises(ForbiddenError, match=message):
        apply(an_order("dispatched"), action, to="accepted", actor=actor, now=NOW)


def test_applying_changes_nothing_but_what_is_given() -> None:
    before = an_order("dispatched")
    after = apply(before, "accept", to="accepted", actor="technician:t-1", now=NOW, technician_accepted_at=NOW)
    assert after == before.model_copy(update={"state": "accepted", "technician_accepted_at": NOW})
    assert before.state == "dispatched"


def test_a_value_that_could_not_be_read_again_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"held_until: .* has a fraction of a second"):
        apply(
            an_order("qualified"), "hold", to="held", actor="customer", now=NOW, held_until=NOW.replace(microsecond=5)
        )


def test_a_party_is_the_first_part_of_an_actor() -> None:
    assert party_of("technician:t-1") == "technician"
    assert party_of("customer") == "customer"


def test_the_document_lists_every_action_state_and_timer() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs/life-cycle.md").read_text(encoding="utf-8")
    actions = text[text.index("## Who may do what") : text.index("## Twice")]
    assert re.findall(r"^\| `(\w+)` \|", actions, re.MULTILINE) == [line.action for line in TRANSITIONS]
    states = text[text.index("| state | means") : text.index("## Who may do what")]
    assert set(STATES) <= set(re.findall(r"`(\w+)`", states))
    timers = text[text.index("| timer | runs") : text.index("## Clocks")]
    assert re.findall(r"^\| `(\w+)` \|", timers, re.MULTILINE) == list(TIMER_KINDS)
    causes = text[text.index("| cause | when") : text.index("## News")]
    assert set(re.findall(r"`(\w+)`", causes)) == set(get_args(BreachCause))
