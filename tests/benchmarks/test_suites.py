from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.instances.instance import InstanceError
from benchmarks.instances.tuning import TUNING
from benchmarks.suites import SUITES, instances_of

FOLDER = Path(__file__).parents[2].parent / "shared" / "instances"
PUBLISHED = ("vrptw", "sdvrptw", "trsp")


def test_the_claim_sets_have_the_sizes_that_are_claimed() -> None:
    assert {name: len(suite.claim) for name, suite in SUITES.items()} == {
        "vrptw": 6,
        "sdvrptw": 6,
        "trsp": 8,
        "field-hard": 6,
        "field-full": 6,
    }


@pytest.mark.parametrize("suite", PUBLISHED)
def test_published_instances_are_there_and_no_more_than_half_of_them_is_for_tuning(suite: str) -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"published benchmark instances are not in {FOLDER}")
    names = {ref.name for ref in instances_of(suite, FOLDER)}
    tuning = set(TUNING[suite].split())
    assert set(SUITES[suite].claim) <= names
    assert tuning <= names
    assert 2 * len(tuning) <= len(names)
    assert 2 * len(tuning & set(SUITES[suite].claim)) <= len(SUITES[suite].claim)


def test_the_vrptw_claim_has_one_instance_of_each_class() -> None:
    assert sorted(name.partition("_")[0] for name in SUITES["vrptw"].claim) == ["C1", "C2", "R1", "R2", "RC1", "RC2"]


@pytest.mark.parametrize("suite", ["field-hard", "field-full"])
def test_synthetic_days_need_no_folder(suite: str) -> None:
    refs = {ref.name: ref for ref in instances_of(suite, Path("nowhere"))}
    assert set(SUITES[suite].claim) <= set(refs)
    instance = refs["village-0.9-2"].load()
    assert (instance.suite, instance.name, instance.group) == (suite, "village-0.9-2", refs["village-0.9-2"].group)


def test_a_folder_without_instances_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstanceError, match=r"expected files vrptw/\*\.vrp in it\nMaybe name the folder"):
        instances_of("vrptw", tmp_path)


def test_an_unknown_suite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstanceError, match="suite is 'vrp', expected one of vrptw"):
        instances_of("vrp", tmp_path)
