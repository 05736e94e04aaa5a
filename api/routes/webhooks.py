"""Webhooks of a dispatch centre, and the log of what they were told.

No answer that shows a secret is remembered for `Idempotency-Key`: a secret must lie in no other table.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from api.body import json_body, read_as
from api.deps import CentreStoreDep, ServiceDep, allowed
from api.openapi import BODY_ERRORS, errors
from api.paging import ListPage
from api.preconditions import SeenVersion, against, tagged
from api.schemas.webhooks import (
    DeliveryQuery,
    NewWebhookDocument,
    WebhookBody,
    WebhookChange,
    WebhookDocument,
    WebhookQuery,
)
from dispatch.domain.records.access import Principal
from dispatch.domain.records.webhook import Webhook, WebhookDelivery
from dispatch.domain.values import Identifier
from dispatch.outgoing import OutgoingRules, check_url
from dispatch.usecases.master_data import list_records
from dispatch.usecases.webhooks import keep
from dispatch.webhooks.tasks import retry_rules

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
DOCUMENTS: Final = (WebhookBody, WebhookChange)
EXAMPLE: Final = {"url": "https://crm.example.org/hook", "events": ["plan.published", "run.finished"]}
SECRET_BYTES: Final = 32

Keeper = Annotated[Principal, allowed("integration", "supervisor")]


def _new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


@router.post(
    "",
    status_code=201,
    response_model=NewWebhookDocument,
    summary="Make a webhook",
    responses=errors(*BODY_ERRORS),
    openapi_extra=json_body(WebhookBody, example=EXAMPLE),
)
def post_webhook(
    principal: Keeper,
    response: Response,
    service: ServiceDep,
    body: Annotated[WebhookBody, read_as(WebhookBody)],
) -> NewWebhookDocument:
    """Make a webhook; the answer shows its secret, this once. Private addresses are refused."""
    made = keep.make_webhook(
        url=body.url,
        events=body.events,
        description=body.description,
        store=service.store.of(principal.centre),
        clock=service.clock,
        new_id=service.new_id,
        new_secret=_new_secret,
        check_url=partial(check_url, rules=OutgoingRules.of(service.settings)),
    )
    response.headers["Location"] = f"/v1/webhooks/{made.webhook.id}"
    tagged(response, made.webhook)
    return NewWebhookDocument.of(made.webhook, made.secret)


@router.get("", response_model=ListPage[WebhookDocument], summary="List webhooks", responses=errors("bad_input"))
def read_webhooks(
    _: Keeper, store: CentreStoreDep, query: Annotated[WebhookQuery, Query()]
) -> ListPage[WebhookDocument]:
    """Return webhooks, page by page, without their secrets."""
    page = list_records(
        Webhook, where=query.where(), sort=query.sort, after=query.cursor, limit=query.limit, store=store
    )
    shown = [WebhookDocument.model_validate(webhook) for webhook in page.records]
    return ListPage(items=shown, next_cursor=page.next_cursor)


@router.get(
    "/{webhook_id}", response_model=WebhookDocument, summary="Get a webhook", responses=errors("bad_input", "not_found")
)
def read_webhook(_: Keeper, webhook_id: Identifier, response: Response, store: CentreStoreDep) -> WebhookDocument:
    """Return a webhook, without its secret."""
    webhook = keep.get_webhook(webhook_id, store=store)
    tagged(response, webhook)
    return WebhookDocument.model_validate(webhook)


@router.patch(
    "/{webhook_id}",
    response_model=WebhookDocument,
    summary="Change a webhook",
    responses=errors("not_found", "precondition_required", "stale_record", *BODY_ERRORS),
    openapi_extra=json_body(WebhookChange, example={"is_enabled": True}),
)
def patch_webhook(
    _: Keeper,
    webhook_id: Identifier,
    response: Response,
    service: ServiceDep,
    store: CentreStoreDep,
    seen: SeenVersion,
    body: Annotated[WebhookChange, read_as(WebhookChange)],
) -> WebhookDocument:
    """Change what is given. One that the service disabled begins anew when it is enabled."""
    webhook = keep.change_webhook(
        webhook_id,
        url=body.url,
        events=body.events,
        description=body.description,
        is_enabled=body.is_enabled,
        store=against(store, Webhook, webhook_id, seen),
        clock=service.clock,
        check_url=partial(check_url, rules=OutgoingRules.of(service.settings)),
    )
    tagged(response, webhook)
    return WebhookDocument.model_validate(webhook)


@router.delete(
    "/{webhook_id}",
    status_code=204,
    summary="Remove a webhook",
    responses=errors("bad_input", "not_found", "precondition_required", "stale_record"),
)
def delete_webhook(_: Keeper, webhook_id: Identifier, store: CentreStoreDep, seen: SeenVersion) -> None:
    """Remove a webhook; what still waits for it is never sent."""
    keep.remove_webhook(webhook_id, store=against(store, Webhook, webhook_id, seen))


@router.post(
    "/{webhook_id}/secret",
    response_model=NewWebhookDocument,
    summary="Rotate a webhook's secret",
    responses=errors("bad_input", "not_found"),
)
def post_secret(principal: Keeper, webhook_id: Identifier, service: ServiceDep) -> NewWebhookDocument:
    """Give a webhook a new secret, shown this once; the one before signs beside it for a while."""
    rotated = keep.rotate_secret(
        webhook_id,
        rules=retry_rules(service.settings),
        store=service.store.of(principal.centre),
        clock=service.clock,
        new_secret=_new_secret,
    )
    return NewWebhookDocument.of(rotated.webhook, rotated.secret)


@router.post(
    "/{webhook_id}/test",
    status_code=202,
    response_model=WebhookDelivery,
    summary="Try a webhook",
    responses=errors("bad_input", "not_allowed", "not_found"),
)
def post_test(principal: Keeper, webhook_id: Identifier, service: ServiceDep) -> WebhookDelivery:
    """Send a webhook the event `webhook.test`; its log says how that went."""
    return keep.try_webhook(
        webhook_id,
        actor=principal.actor,
        store=service.store.of(principal.centre),
        clock=service.clock,
        new_id=service.new_id,
    )


@router.get(
    "/{webhook_id}/deliveries",
    response_model=ListPage[WebhookDelivery],
    summary="List what a webhook was told",
    responses=errors("bad_input", "not_found"),
)
def read_deliveries(
    _: Keeper, webhook_id: Identifier, store: CentreStoreDep, query: Annotated[DeliveryQuery, Query()]
) -> ListPage[WebhookDelivery]:
    """Return the deliveries of a webhook with every attempt, youngest first."""
    keep.get_webhook(webhook_id, store=store)
    where = {**query.where(), "webhook": webhook_id}
    page = list_records(
        WebhookDelivery, where=where, sort=query.sort, after=query.cursor, limit=query.limit, store=store
    )
    return ListPage.of(page)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/again",
    status_code=202,
    response_model=WebhookDelivery,
    summary="Deliver something again",
    responses=errors("bad_input", "not_allowed", "not_found"),
)
def post_again(
    principal: Keeper, webhook_id: Identifier, delivery_id: Identifier, service: ServiceDep
) -> WebhookDelivery:
    """Send what was given up, or even delivered, once more."""
    store = service.store.of(principal.centre)
    return keep.deliver_again(delivery_id, webhook_id=webhook_id, store=store, clock=service.clock)
