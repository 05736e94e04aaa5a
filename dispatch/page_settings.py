"""What an operator can choose about pages for people and messages to them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from dispatch.channel_settings import GatewaySettings, SmtpSettings

SiteAddress = Annotated[str, Field(pattern=r"^https?://[^\s<>\"']+$", max_length=2_000)]


class PageSettings(BaseSettings):
    """The part of the settings that is about pages and messages; see `dispatch.settings.Settings`.

    Attributes
    ----------
    brand
        The operator's name, at the head of every page.
    default_language
        Of pages whose reader's browser wishes neither, and of messages to people who said nothing.
    customer_link_valid_s
        How long the link to an order opens its page.
    status_cache_s
        How old the state on a customer's page may be, beside the time the page takes.
    fee_url
        Where customers ask for their fees (R36); None = the page has no such link.
    map_url
        Link by which a technician's phone navigates, with `{lat}` and `{lon}`.
    smtp, sms_gateway, wechat_gateway
        Channels that messages go out by, as JSON; None = there is no such channel.
    message_every_s
        Pause between two looks at the outbox.
    """

    brand: Annotated[str, Field(min_length=1, max_length=60)] = "Field dispatch"
    default_language: Literal["zh", "en"] = "zh"
    customer_link_valid_s: int = Field(default=60 * 86_400, ge=60)
    status_cache_s: float = Field(default=3.0, ge=0, le=5)
    fee_url: SiteAddress | None = None
    map_url: Annotated[str, Field(pattern=r"^(geo|https?):[^\s<>\"']+$", max_length=2_000)] = "geo:{lat},{lon}"
    smtp: SmtpSettings | None = None
    sms_gateway: GatewaySettings | None = None
    wechat_gateway: GatewaySettings | None = None
    message_every_s: float = Field(default=2.0, gt=0, le=60)
