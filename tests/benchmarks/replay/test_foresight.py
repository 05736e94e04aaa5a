from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from benchmarks.replay.cases import Ledger
from benchmarks.replay.days import Played, play
from benchmarks.replay.foresight import Prediction, judged, predictions_text, read_predictions
from benchmarks.replay.reliability_plot import deciles, reliability_rows
from benchmarks.replay.spec import ReplaySpec
from dispatch.errors import BadInputError
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import at, order_document, request_with

NOON = datetime.fromisoformat(at(10, "12:00"))
SAID = Prediction(day=0, order="o-1", aspect="on_time", limit=NOON, packaged=0.55, learned=0.85)


@cache
def two_days() -> Played:
    spec = ReplaySpec(size="village", seed=3, days=2, night_iterations=200, settle=timedelta(hours=2))
    return play(spec, "insertion")


def ledger() -> Ledger:
    request = request_with(orders=[order_document()])
    found = Ledger(request, load_policy())
    found.open_case(request.orders[0])
    return found


@pytest.mark.parametrize(
    ("aspect", "arrived", "ended", "came_true"),
    [
        pytest.param("on_time", NOON, NOON + timedelta(hours=1), True, id="arrived-in-time"),
        pytest.param("on_time", NOON + timedelta(seconds=1), NOON + timedelta(hours=1), False, id="arrived-late"),
        pytest.param("promise_kept", NOON - timedelta(hours=1), NOON, True, id="ended-in-time"),
        pytest.param("promise_kept", NOON - timedelta(hours=1), NOON + timedelta(seconds=1), False, id="ended-late"),
        pytest.param("on_time", None, None, False, id="nobody-came"),
    ],
)
def test_a_prediction_is_judged_by_its_limit(
    aspect: str, arrived: datetime | None, ended: datetime | None, *, came_true: bool
) -> None:
    book = ledger()
    book["o-1"].arrived_at, book["o-1"].ended_at = arrived, ended
    (found,) = judged([replace(SAID, aspect=aspect)], book)
    assert found.came_true is came_true


def test_a_customer_who_was_out_judges_nothing() -> None:
    book = ledger()
    book["o-1"].is_customers_doing = True
    assert judged([SAID], book)[0].came_true is None


def test_predictions_are_made_about_visits_soon_and_learn_from_the_first_day() -> None:
    found = two_days().predictions
    assert {one.aspect for one in found} == {"on_time", "promise_kept"}
    assert all(0 <= one.packaged <= 1 and 0 <= one.learned <= 1 for one in found)
    assert all(one.packaged == one.learned for one in found if one.day == 0)
    assert any(one.packaged != one.learned for one in found if one.day == 1)
    assert sum(one.came_true is not None for one in found) > 50


def test_how_often_visits_are_carried_out_is_learned_from_the_first_day() -> None:
    sure = [one.learned for one in two_days().predictions if one.day == 1 and one.packaged == 1]
    assert sure
    assert max(sure) < 1


def test_predictions_can_be_read_back(tmp_path: Path) -> None:
    file = tmp_path / "odds.jsonl"
    file.write_text(predictions_text(two_days().predictions))
    assert read_predictions([file]) == two_days().predictions
    file.write_text('{"day": 1}\n')
    with pytest.raises(BadInputError, match="is no prediction"):
        read_predictions([file])


def test_deciles_are_of_all_days_as_packaged_and_of_later_days_as_learned() -> None:
    said = [replace(SAID, day=day, came_true=day != 2) for day in range(3)]
    (packaged,) = deciles(said, is_learned=False)
    (learned,) = deciles(said, is_learned=True)
    assert (packaged.low, packaged.count, packaged.observed) == (0.5, 3, pytest.approx(2 / 3))
    assert (learned.low, learned.count, learned.observed) == (0.8, 2, 0.5)
    rows = reliability_rows(said)
    assert rows[1] == ["50 to 60 %", "55.0 %", "66.7 %", "3", "-", "-", "-"]
    assert rows[2] == ["80 to 90 %", "-", "-", "-", "85.0 %", "50.0 %", "2"]
