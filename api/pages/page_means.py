"""What a page for the operator's people is handed: who looks at it, their dispatch centre's store, policy and zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import Depends
from fastapi import Request as HttpRequest
from fastapi.responses import RedirectResponse, Response

from api.deps import ServiceDep
from api.form_tokens import form_token
from api.pages.languages import language_of, remember_language
from api.pages.rendering import page
from api.sessions import PageSessionDep
from dispatch.bootstrap import Service
from dispatch.domain.records.access import Principal
from dispatch.domain.records.centre import Centre
from dispatch.errors import BadInputError, Problem
from dispatch.policy.settings import Policy
from dispatch.ports import Store
from dispatch.translations.catalogue import Language, translations
from dispatch.usecases.work_orders.turn import Means

DEFAULT_ZONE: Final = str(Centre.model_fields["time_zone"].default)


@dataclass(frozen=True, kw_only=True)
class PageMeans:
    """Who looks at a page, and what it is made from.

    Attributes
    ----------
    store
        Of the dispatch centre.
    csrf
        For the page's forms.
    """

    http: HttpRequest
    service: Service
    principal: Principal
    store: Store
    policy: Policy
    zone: ZoneInfo
    brand: str
    language: Language
    csrf: str

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.service.clock.now()

    def text(self, text: str) -> str:
        """Return a text in the reader's language."""
        return translations(self.language).gettext(text)

    def show(self, template: str, **values: Any) -> Response:
        """Return a page for this reader."""
        answer = page(
            template,
            language=self.language,
            zone=self.zone,
            path=self.http.url.path,
            brand=self.brand,
            principal=self.principal,
            csrf=self.csrf,
            new_action=self.service.new_id,
            now=self.now,
            **values,
        )
        remember_language(self.http, answer, self.service.settings)
        return answer

    def life(self, action_id: str | None = None) -> Means:
        """Return what the use cases of the life cycle are handed.

        Parameters
        ----------
        action_id
            Of the form, so that a second tap does nothing.
        """
        return Means(
            store=self.store,
            clock=self.service.clock,
            new_id=self.service.new_id,
            actor=self.principal.actor,
            policy=self.policy,
            action_id=action_id,
        )

    def local_moment(self, text: str, *, field: str) -> datetime | None:
        """Return the moment of a field of kind `datetime-local`; None = it was left empty.

        Raises
        ------
        BadInputError
            If it is no moment.
        """
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            problem = Problem(path=field, message=f"{text!r} is no moment", remedy="write it like 2026-03-10T09:30")
            raise BadInputError([problem]) from None
        local = moment if moment.tzinfo is not None else moment.replace(tzinfo=self.zone)
        return local.astimezone(ZoneInfo("UTC")).replace(microsecond=0)


def _means(http: HttpRequest, service: ServiceDep, session: PageSessionDep) -> PageMeans:
    store = service.store.of(session.centre)
    with store.read() as transaction:
        centre = transaction.records(Centre).find(session.centre)
    return PageMeans(
        http=http,
        service=service,
        principal=session.principal,
        store=store,
        policy=service.policies.of(centre),
        zone=ZoneInfo(DEFAULT_ZONE if centre is None else centre.time_zone),
        brand=service.settings.brand if centre is None else centre.name,
        language=language_of(http, service.settings),
        csrf=form_token(session.session.id, signer=service.signer),
    )


PageMeansDep = Annotated[PageMeans, Depends(_means)]
"""What a page for somebody who has logged in is made from."""


def see_other(path: str, *, told: str = "") -> Response:
    """Lead to a page after a form, so that loading it again sends nothing twice."""
    joined = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{joined}told={told}" if told else path, status_code=303)
