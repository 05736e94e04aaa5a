"""What use cases are handed: the store, the dispatch centre of who asks, its policy, its time zone."""

from __future__ import annotations

from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Depends

from api.deps import CentreStoreDep, PrincipalDep, ServiceDep
from dispatch.domain.records.centre import Centre
from dispatch.policy.settings import Policy
from dispatch.usecases.work_orders.turn import ActorMeans

DEFAULT_ZONE: Final = str(Centre.model_fields["time_zone"].default)


def _centre(service: ServiceDep, principal: PrincipalDep) -> Centre | None:
    with service.store.of(principal.centre).read() as transaction:
        return transaction.records(Centre).find(principal.centre)


CentreDep = Annotated[Centre | None, Depends(_centre)]
"""The dispatch centre of who asks; None = it has no record, and everything is as the operator's policy says."""


async def _policy(service: ServiceDep, centre: CentreDep) -> Policy:
    return service.policies.of(centre)


PolicyDep = Annotated[Policy, Depends(_policy)]
"""The policy that is in force at the dispatch centre of who asks."""


async def _zone(centre: CentreDep) -> ZoneInfo:
    return ZoneInfo(DEFAULT_ZONE if centre is None else centre.time_zone)


ZoneDep = Annotated[ZoneInfo, Depends(_zone)]
"""The time zone of the dispatch centre of who asks."""


async def _means(service: ServiceDep, principal: PrincipalDep, store: CentreStoreDep, policy: PolicyDep) -> ActorMeans:
    return ActorMeans(store=store, clock=service.clock, new_id=service.new_id, actor=principal.actor, policy=policy)


MeansDep = Annotated[ActorMeans, Depends(_means)]
"""What a use case is handed in which who asks acts."""
