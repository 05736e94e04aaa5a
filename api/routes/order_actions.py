"""The life of an order: each action is one POST, which names the version it was made against.

Annotations are evaluated where they stand here, since they are made of arguments.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response

from api.body import json_body, read_as
from api.deps import allowed
from api.idempotency import OnceRoute
from api.means import MeansDep
from api.openapi import BODY_ERRORS, errors
from api.preconditions import SeenVersion, tagged
from api.schemas import order_actions as bodies
from api.schemas.order_actions import ActionBody
from dispatch.domain.life_cycle import Action
from dispatch.domain.records.access import Principal, Role
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.values import Identifier
from dispatch.usecases.work_orders import (
    booking,
    closing,
    contact,
    outage,
    planned,
    taking_on,
    visit,
    waiting,
    withdrawal,
)

DESK: Final[tuple[Role, ...]] = ("dispatcher", "supervisor")
INTAKE: Final[tuple[Role, ...]] = ("integration", *DESK)
FIELD: Final[tuple[Role, ...]] = ("technician", *DESK)


@dataclass(frozen=True, kw_only=True)
class OrderAction:
    """An action on an order.

    Attributes
    ----------
    path
        Behind `/v1/orders/{order_id}/`.
    action
        In the life cycle; None = the path, with `_` for `-`.
    does
        The use case; fields of the body are its keywords.
    who
        Roles that may ask for it; the life cycle looks again, at the order.
    """

    path: str
    summary: str
    about: str
    does: Callable[..., WorkOrder]
    who: tuple[Role, ...]
    body: type[ActionBody] = ActionBody
    example: dict[str, Any] = field(default_factory=dict)
    action: Action | None = None

    @property
    def name(self) -> str:
        """What the life cycle calls it."""
        return self.action or self.path.replace("-", "_")


ACTIONS: Final = (
    OrderAction(
        path="qualify",
        summary="Let an order go on whose line is ready",
        about="Its clock counts from acceptance all the same (T8).",
        does=booking.qualify,
        who=INTAKE,
    ),
    OrderAction(
        path="refuse",
        summary="Reject an order",
        about="It cannot be carried out; the customer is told why (R04).",
        does=booking.refuse,
        who=DESK,
        body=bodies.RefuseBody,
        example={"reason": "not_served", "text": "There is no fibre in this street yet."},
    ),
    OrderAction(
        path="amend",
        summary="Change what is asked for",
        about="Skills, duration, parts, priority ... of an order nobody has set out for.",
        does=booking.amend,
        who=INTAKE,
        body=bodies.AmendBody,
        example={
            "document": {
                "id": "o-1",
                "kind": "install",
                "community": "c-1",
                "accepted_at": "2026-03-09T10:00:00+08:00",
                "duration": "PT90M",
            }
        },
    ),
    OrderAction(
        path="book",
        summary="Book a day or half-day",
        about="The booking narrows when service may start (R07); one beyond the promise is the customer's wish (T7).",
        does=booking.book,
        who=INTAKE,
        body=bodies.BookBody,
        example={"windows": [{"start": "2026-03-10T08:30:00+08:00", "end": "2026-03-10T12:00:00+08:00"}]},
    ),
    OrderAction(
        path="propose",
        summary="Propose somebody for an order",
        about="The first assignment proposal (R33), by hand.",
        does=booking.propose,
        who=DESK,
        body=bodies.ProposeBody,
        example={"technician": "t-1", "start": "2026-03-10T09:00:00+08:00"},
    ),
    OrderAction(
        path="operator-change",
        summary="Record that the operator changed an appointment",
        about="The second one makes the order late by itself (T7).",
        does=booking.record_operator_change,
        who=DESK,
        body=bodies.OperatorChangeBody,
        example={"cause": "no_technician"},
    ),
    OrderAction(
        path="dispatch",
        summary="Hand an order to its technician",
        about="From then on the technician has the accept limit to take it on.",
        does=planned.dispatch,
        who=DESK,
    ),
    OrderAction(
        path="accept",
        summary="Take an order on",
        about="Starts the two hours in which the customer is to be called (R08).",
        does=taking_on.accept,
        who=FIELD,
    ),
    OrderAction(
        path="reject",
        summary="Hand an order back",
        about="Somebody else is found for it.",
        does=taking_on.reject,
        who=FIELD,
        body=bodies.ReasonBody,
        example={"reason": "car broken down"},
    ),
    OrderAction(
        path="contacts",
        action="record_contact",
        summary="Record a contact attempt",
        about="Whether the customer was reached, and the time agreed (R08, R10).",
        does=contact.record_contact,
        who=FIELD,
        body=bodies.ContactBody,
        example={"result": "agreed", "agreed_start": "2026-03-10T09:30:00+08:00"},
    ),
    OrderAction(
        path="agree",
        summary="Agree the exact time",
        about="The appointment: from then on the technician comes within an hour of it (R09).",
        does=contact.agree,
        who=FIELD,
        body=bodies.AgreeBody,
        example={"start": "2026-03-10T09:30:00+08:00"},
    ),
    OrderAction(
        path="set-out",
        summary="Set out",
        about="The technician is on the way.",
        does=visit.set_out,
        who=FIELD,
        body=bodies.SetOutBody,
        example={"expected_arrival": "2026-03-10T09:25:00+08:00"},
    ),
    OrderAction(
        path="arrive",
        summary="Arrive",
        about="At the door, by a tap or by the position of the phone (R09).",
        does=visit.arrive,
        who=FIELD,
        body=bodies.ArriveBody,
        example={"position": {"lat": 34.26, "lon": 117.18}},
    ),
    OrderAction(
        path="overrun",
        summary="Say that a visit takes longer",
        about="The visits after it are looked at again.",
        does=visit.report_overrun,
        who=FIELD,
        body=bodies.OverrunBody,
        example={"expected_end": "2026-03-10T11:30:00+08:00"},
    ),
    OrderAction(
        path="stage",
        action="tick",
        summary="Stamp a stage of the visit",
        about="One of the five stages (R25).",
        does=visit.tick,
        who=FIELD,
        body=bodies.StageBody,
        example={"stage": "entry"},
    ),
    OrderAction(
        path="finish",
        summary="Finish the work",
        about="The service works; what is judged (T4). The order is closed after it.",
        does=visit.finish,
        who=FIELD,
        body=bodies.FinishBody,
        example={"parts_used": {"ont": 1}},
    ),
    OrderAction(
        path="close",
        summary="Close an order",
        about="Refused while the checklist or the speed test lack something (R14, R25); begins the survey (R37).",
        does=closing.close,
        who=FIELD,
    ),
    OrderAction(
        path="no-access",
        summary="Say that nobody opened",
        about="The order waits for its customer (T7).",
        does=visit.no_access,
        who=FIELD,
        body=bodies.NoAccessBody,
        example={"note": "rang three times"},
    ),
    OrderAction(
        path="hold",
        summary="Let an order wait for its customer",
        about="The net clock stands still meanwhile (T7).",
        does=waiting.hold,
        who=INTAKE,
        body=bodies.HoldBody,
        example={"until": "2026-03-14T08:30:00+08:00", "note": "abroad until Friday"},
    ),
    OrderAction(
        path="resume",
        summary="Let an order go on",
        about="It waited for its customer.",
        does=waiting.resume,
        who=INTAKE,
    ),
    OrderAction(
        path="cannot-install",
        summary="Say that the work cannot be done",
        about="With a reason (R11); the order is given up once somebody else has verified it (R12).",
        does=withdrawal.cannot_install,
        who=FIELD,
        body=bodies.WithdrawBody,
        example={"reason": "no_duct"},
    ),
    OrderAction(
        path="withdraw",
        summary="Give an order up",
        about="With a reason (R11); it leaves its route at once.",
        does=withdrawal.withdraw,
        who=("integration", "technician", *DESK),
        body=bodies.WithdrawBody,
        example={"reason": "changed_mind"},
    ),
    OrderAction(
        path="verify-withdrawal",
        summary="Verify that an order is given up",
        about="By somebody else than its technician, the day after (R12).",
        does=withdrawal.verify_withdrawal,
        who=DESK,
    ),
    OrderAction(
        path="keep",
        summary="Keep an order that was to be given up",
        about="The customer wants it after all.",
        does=withdrawal.keep,
        who=DESK,
    ),
    OrderAction(
        path="close-withdrawal",
        summary="Close an order that is given up",
        about="Within two days (R13).",
        does=withdrawal.close_withdrawal,
        who=DESK,
    ),
    OrderAction(
        path="reopen",
        summary="Open an order again",
        about="It was done, closed, given up or rejected.",
        does=closing.reopen,
        who=INTAKE,
        body=bodies.ReopenBody,
        example={"reason": "fault is back"},
    ),
    OrderAction(
        path="outage",
        action="join_outage",
        summary="Let orders wait for this one",
        about="One fault has caused them all: they are restored with it (R03).",
        does=outage.join_outage,
        who=DESK,
        body=bodies.OutageBody,
        example={"children": ["o-2", "o-3"]},
    ),
    OrderAction(
        path="leave-outage",
        summary="Take an order out of an outage",
        about="Its fault is another one.",
        does=outage.leave_outage,
        who=DESK,
    ),
)
PATH_OF: Final[Mapping[str, str]] = {action.name: action.path for action in ACTIONS}
"""Where an action is asked for, by its name in the life cycle; others come about by plans, timers and answers."""

DOCUMENTS: Final = tuple(dict.fromkeys(action.body for action in ACTIONS))


def add_action(router: APIRouter, action: OrderAction) -> None:
    """Add the route of an action."""
    asker = Annotated[Principal, allowed(*action.who)]
    is_optional = not any(one.is_required() for one in action.body.model_fields.values())
    body_type = Annotated[Any, read_as(action.body, may_be_absent=is_optional)]

    @router.post(
        f"/{{order_id}}/{action.path}",
        operation_id=action.path.replace("-", "_") + "_order",
        response_model=WorkOrder,
        response_model_exclude_none=True,
        summary=action.summary,
        description=f"{action.about} `If-Match` names the version you have seen, or `*`.",
        responses=errors("not_allowed", "not_found", "precondition_required", "stale_record", *BODY_ERRORS),
        openapi_extra=json_body(action.body, example=action.example, is_required=not is_optional),
    )
    def post_action(
        _: asker,
        order_id: Identifier,
        response: Response,
        seen: SeenVersion,
        means: MeansDep,
        body: body_type,
    ) -> Any:
        details = {name: value for name, value in body if name not in ActionBody.model_fields}
        order = action.does(
            order_id,
            **details,
            **means,
            at=body.at,
            action_id=body.action_id,
            version=seen,
        )
        tagged(response, order)
        return order


router = APIRouter(prefix="/v1/orders", tags=["order life cycle"], route_class=OnceRoute)
for _action in ACTIONS:
    add_action(router, _action)
