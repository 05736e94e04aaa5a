"""The policies of dispatch centres, for what the service does by itself: each made once for a version of its centre."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from dispatch.domain.records.centre import Centre
from dispatch.errors import BadPolicyError
from dispatch.policy.settings import Policy
from dispatch.ports import Transaction

_log: Final = logging.getLogger(__name__)


def centre_policy(centre: Centre, policy: Policy) -> Policy:
    """Return the operator's policy with a centre's overrides; raises `BadPolicyError` if they cannot be used."""
    return policy.overridden(centre.policy, at="policy", source=f"centre {centre.id}")


class CentrePolicies:
    """Tells by which policy the records of a dispatch centre are judged; threads may share it.

    Overrides that cannot be used any more, as after an update of the program, are logged and left out: the operator's
    policy holds until they are corrected, so that timers, messages and retention of the centre go on.
    """

    def __init__(self, operators: Policy) -> None:
        self.operators: Final = operators
        self._made: dict[str, tuple[int, Policy]] = {}

    def of(self, centre: Centre | None) -> Policy:
        """Return the policy of a centre; None = it has no record, and the operator's holds."""
        if centre is None or not centre.policy:
            return self.operators
        version, policy = self._made.get(centre.id, (0, self.operators))
        if version != centre.version:
            policy = self._made_anew(centre)
            self._made[centre.id] = (centre.version, policy)
        return policy

    def within(self, transaction: Transaction) -> Policy:
        """Return the policy of the centre that a transaction is seen by."""
        return self.of(next(iter(transaction.records(Centre).all(limit=1)), None))

    def of_all(self, centres: Collection[str], transaction: Transaction) -> dict[str, Policy]:
        """Return the policy of each of some centres by its id; the transaction sees all of them."""
        return {centre: self.within(transaction.of(centre)) for centre in sorted(set(centres))}

    def _made_anew(self, centre: Centre) -> Policy:
        try:
            return centre_policy(centre, self.operators)
        except BadPolicyError as error:
            _log.error("centre %s: %s\nThe operator's policy holds until that is corrected.", centre.id, error)
            return self.operators
