"""The channels that the settings name, ready to be used."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.channel_settings import GatewaySettings
from dispatch.domain.records.message import Channel
from dispatch.messaging.http_gateway import HttpGateway
from dispatch.messaging.smtp import SmtpChannel
from dispatch.outgoing import OutgoingRules, check_url
from dispatch.ports import Clock
from dispatch.settings import PREFIX, Settings
from dispatch.usecases.messages.delivery import MessageChannel


def channels_of(settings: Settings, *, clock: Clock) -> dict[Channel, MessageChannel]:
    """Return the channels that are set up."""
    rules = OutgoingRules.of(settings)
    channels: dict[Channel, MessageChannel] = {
        channel: HttpGateway(gateway, rules, clock=clock) for channel, gateway in _gateways(settings)
    }
    if settings.smtp is not None:
        channels["email"] = SmtpChannel(settings.smtp)
    return channels


def require_callable_gateways(settings: Settings) -> None:
    """Refuse gateways that no message could reach, before the service starts.

    Raises
    ------
    BadInputError
        If a gateway's URL is not https or names a private address, and the operator does not allow that.
    """
    for channel, gateway in _gateways(settings):
        check_url(gateway.url, OutgoingRules.of(settings), path=f"{PREFIX}{channel.upper()}_GATEWAY.url")


def _gateways(settings: Settings) -> Iterator[tuple[Channel, GatewaySettings]]:
    if settings.sms_gateway is not None:
        yield "sms", settings.sms_gateway
    if settings.wechat_gateway is not None:
        yield "wechat", settings.wechat_gateway
