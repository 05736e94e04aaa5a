"""Messages by mail."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import parseaddr

from dispatch.channel_settings import SmtpSettings
from dispatch.usecases.messages.delivery import DeliveryError, Envelope, RefusedDeliveryError


class SmtpChannel:
    """Sends letters through a mail server, over a connection each; a `MessageChannel`.

    The Message-ID is made of the message's id, so that a mailbox can tell a second copy.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    def deliver(self, envelope: Envelope) -> str | None:
        """Send a letter; mail gives no receipt."""
        mail = self._mail(envelope)
        try:
            with self._connection() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code = max(code for code, _ in error.recipients.values())
            raise _failure(code, "the address") from error
        except smtplib.SMTPResponseException as error:
            if isinstance(error, smtplib.SMTPAuthenticationError):
                msg = f"the mail server refused the user and password with {error.smtp_code}"
                raise DeliveryError(msg) from error
            raise _failure(error.smtp_code, "the mail") from error
        except (OSError, smtplib.SMTPException) as error:
            msg = f"the mail server cannot be used: {type(error).__name__}"
            raise DeliveryError(msg) from error
        return None

    def _mail(self, envelope: Envelope) -> EmailMessage:
        mail = EmailMessage()
        try:
            mail["From"] = self._settings.sender
            mail["To"] = envelope.to
            mail["Subject"] = envelope.letter.subject
        except ValueError as error:
            msg = "the address cannot stand in a mail"
            raise RefusedDeliveryError(msg) from error
        domain = parseaddr(self._settings.sender)[1].partition("@")[2] or "localhost"
        mail["Message-ID"] = f"<{envelope.id}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(envelope.letter.text)
        return mail

    def _connection(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout_s, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_s)
        try:
            if settings.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.user is not None and settings.password is not None:
                server.login(settings.user, settings.password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server


def _failure(code: int, what: str) -> DeliveryError:
    """Return the error of a mail server's answer: 5xx is for good, all else may pass."""
    msg = f"the mail server refused {what} with {code}"
    return RefusedDeliveryError(msg) if 500 <= code < 600 else DeliveryError(msg)
