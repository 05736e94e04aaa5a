"""A customer's page about the own order, and the same as JSON: asked for often, so the answers are kept for seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from api.pages.customer_links import CentresManner, CustomersOffice, Variant
from api.pages.languages import language_of, remember_language
from api.pages.page_batches import Batches
from api.pages.page_route import with_refusals
from api.pages.rendering import page
from dispatch.bootstrap import Service
from dispatch.domain.customer_status import CustomerStatus
from dispatch.translations.catalogue import N_, Language, translations
from dispatch.usecases.access.links import nothing_linked

TOLD: Final = {
    "note": N_("Your message has been sent."),
    "time": N_("Your new time is noted."),
    "rating": N_("Thank you for your rating."),
    "fault": N_("The fault is reported. This is its repair order."),
}
"""What a page says after something was done, by the word in `?told=`."""
PAGES_AT_A_TIME: Final = 50
"""So many are made in one go: a few hundredths of a second, in which others wait."""


class StatusPages:
    """Makes the answers about orders, many at once; what was made is kept for seconds, as `CustomersOffice` says."""

    def __init__(self, service: Service, office: CustomersOffice) -> None:
        self._service = service
        self._office = office
        self._batches: Batches[tuple[str, Variant], Response] = Batches(self._make, most=PAGES_AT_A_TIME)

    async def get(self, token: str, variant: Variant) -> Response:
        """Return what is shown behind a link, at most `status_cache_s` old.

        Raises
        ------
        NotFoundError
            If the link is not ours, has expired or was revoked.
        """
        found = self._office.pages.find((token, variant)) or await self._batches.get((token, variant))
        if found is None:
            raise nothing_linked()
        return found

    def after(self, told: str | None, token: str, language: Language) -> Response:
        """Return the page as it is now, with a word about what was just done; raises as `get` does."""
        found = self._office.statuses([token]).get(token)
        if found is None:
            raise nothing_linked()
        return self._page(token, language, *found, told=told)

    def _make(self, asked: Sequence[tuple[str, Variant]]) -> dict[tuple[str, Variant], Response]:
        made_at_s = self._office.pages.now_s()
        found = self._office.statuses({token for token, _ in asked})
        made = {key: self._shown(*key, *found[key[0]]) for key in asked if key[0] in found}
        for key, answer in made.items():
            self._office.pages.put(key, answer, made_at_s=made_at_s)
        return made

    def _shown(self, token: str, variant: Variant, manner: CentresManner, status: CustomerStatus) -> Response:
        if variant == "json":
            return Response(status.model_dump_json(), media_type="application/json")
        return self._page(token, variant, manner, status, told=None)

    def _page(
        self, token: str, language: Language, manner: CentresManner, status: CustomerStatus, *, told: str | None
    ) -> Response:
        return page(
            "status.html.j2",
            language=language,
            zone=manner.zone,
            path=f"/c/{token}",
            brand=manner.brand,
            status=status,
            told=translations(language).gettext(told) if told is not None else None,
            action=self._service.new_id(),
            fee_url=self._service.settings.fee_url,
        )


async def show_status(http: HttpRequest) -> Response:
    """Answer with the page of the order behind the link."""
    service: Service = http.app.state.service
    pages: StatusPages = http.app.state.status_pages
    token, language = http.path_params["token"], language_of(http, service.settings)
    told = TOLD.get(http.query_params.get("told", ""))
    if told is None and "lang" not in http.query_params:
        return await pages.get(token, language)
    answer = await run_in_threadpool(pages.after, told, token, language)
    remember_language(http, answer, service.settings)
    return answer


async def show_status_json(http: HttpRequest) -> Response:
    """Answer with the state of the order behind the link, as JSON."""
    pages: StatusPages = http.app.state.status_pages
    return await pages.get(http.path_params["token"], "json")


ROUTES = [
    Route("/c/{token}", with_refusals(show_status), methods=["GET"]),
    Route("/c/{token}/status.json", with_refusals(show_status_json), methods=["GET"]),
]
