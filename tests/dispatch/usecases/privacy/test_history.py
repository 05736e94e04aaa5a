"""What is too old to be accounted for goes: audit, ended timers, field events; each centre says for itself when."""

from __future__ import annotations

import pytest

from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.timer import Timer
from dispatch.errors import BadPolicyError
from dispatch.policy.settings import load_policy
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.privacy import history
from dispatch.usecases.privacy.history import sweep_history
from tests.dispatch.usecases.work_orders.life import Life

DAY_S = 86_400


def counts(life: Life) -> tuple[int, int, int]:
    with life.store.read() as transaction:
        audit, timers, news = (transaction.records(kind).count() for kind in (AuditEvent, Timer, FieldEvent))
    return audit, timers, news


def sweep(life: Life) -> bool:
    return sweep_history(store=life.whole, clock=life.clock, policies=CentrePolicies(life.policy))


@pytest.fixture
def lives() -> tuple[Life, Life]:
    """An order at the main centre, and one at another centre that keeps its history for ever."""
    main = Life()
    south = Life(whole=main.whole, clock=main.clock, centre="south")
    for life in (main, south):
        life.receive()
        life.dispatched()  # the timer of the promise runs; that of the acceptance, too
        life.clock.go_on(20 * 60)
        life.sweep()  # nobody has accepted: that timer has ended
    now = main.clock.now()
    own = {"privacy": {"history_days": 0}}
    with south.store.write() as transaction:
        transaction.records(Centre).add(Centre(id="south", name="South", policy=own, created_at=now, changed_at=now))
    return main, south


def test_history_is_kept_for_so_many_days_and_no_longer(lives: tuple[Life, Life]) -> None:
    main, south = lives
    before = counts(main), counts(south)
    main.clock.go_on(1_825 * DAY_S - 3_600)
    assert sweep(main) is False
    assert (counts(main), counts(south)) == before
    main.clock.go_on(2 * DAY_S)
    assert sweep(main) is False
    running = main.timers()
    assert counts(main) == (0, len(running), 0)
    assert "promise" in running
    assert counts(south) == before[1]
    assert main.order().state == "qualified"


def test_old_history_goes_in_parts(lives: tuple[Life, Life], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "AT_A_TIME", 2)
    main, _ = lives
    main.clock.go_on(2_000 * DAY_S)
    while sweep(main):
        pass
    assert counts(main)[0] == 0


def test_a_history_that_is_too_short_for_open_orders_is_refused() -> None:
    with pytest.raises(BadPolicyError, match="give 90 or more, or 0 to keep it for ever"):
        load_policy().overridden({"privacy": {"history_days": 30}})
