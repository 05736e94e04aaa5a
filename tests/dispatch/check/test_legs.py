import pytest

from dispatch.check import check
from dispatch.errors import TravelError
from tests.dispatch.check.edits import PLAIN


def test_travel_data_that_cannot_be_used_is_an_error_of_travel() -> None:
    # Such a request is refused when it is read; here it is made past that.
    profile = PLAIN.request.technicians[0].profile
    others = {name: matrix for name, matrix in (PLAIN.request.travel.profiles or {}).items() if name != profile}
    travel = PLAIN.request.travel.model_copy(update={"profiles": others})
    with pytest.raises(TravelError, match=f"profile is '{profile}'"):
        check(PLAIN.request.model_copy(update={"travel": travel}), PLAIN.plan())
