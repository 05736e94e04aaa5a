"""The channels that the settings name, ready to be used."""

from __future__ import annotations

from dispatch.domain.records.message import Channel
from dispatch.messaging.http_gateway import HttpGateway
from dispatch.messaging.smtp import SmtpChannel
from dispatch.page_settings import PageSettings
from dispatch.ports import Clock
from dispatch.usecases.messages.delivery import MessageChannel


def channels_of(settings: PageSettings, *, clock: Clock) -> dict[Channel, MessageChannel]:
    """Return the channels that are set up."""
    channels: dict[Channel, MessageChannel] = {}
    if settings.sms_gateway is not None:
        channels["sms"] = HttpGateway(settings.sms_gateway, clock=clock)
    if settings.wechat_gateway is not None:
        channels["wechat"] = HttpGateway(settings.wechat_gateway, clock=clock)
    if settings.smtp is not None:
        channels["email"] = SmtpChannel(settings.smtp)
    return channels
