"""The words of every message, and the letter that a message becomes in somebody's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.domain.records.message import Message, Template
from dispatch.translations.catalogue import N_, Language, translations
from dispatch.translations.moments import moments_in


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Subject (of mails) and text of a template, in English, with placeholders such as `%(start)s`."""

    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as it is read.

    Attributes
    ----------
    values
        What the placeholders came to, for gateways that know the words and want the values only.
    """

    subject: str
    text: str
    values: Mapping[str, str]


WORDINGS: Final[Mapping[Template, Wording]] = {
    "received": Wording(
        subject=N_("We have received your order"),
        text=N_("We have received your order %(order)s. Follow it here: %(link)s"),
    ),
    "out_of_scope": Wording(
        subject=N_("About your order"),
        text=N_(
            "We have received your order %(order)s. Your address is not ready for our service promise yet, so we "
            "cannot promise a date. We will contact you. Follow it here: %(link)s"
        ),
    ),
    "accepted": Wording(
        subject=N_("Your technician"),
        text=N_(
            "Technician %(technician)s (badge %(badge)s) has taken on your order %(order)s and will call you to agree "
            "a time. Follow it here: %(link)s"
        ),
    ),
    "not_reached": Wording(
        subject=N_("We could not reach you"),
        text=N_(
            "We tried to call you about your order %(order)s and could not reach you. Please choose a time or write "
            "to us here: %(link)s"
        ),
    ),
    "agreed": Wording(
        subject=N_("Your appointment"),
        text=N_("Your technician comes on %(start)s, at most one hour earlier or later. Details: %(link)s"),
    ),
    "changed_time": Wording(
        subject=N_("Your appointment has changed"),
        text=N_("The new time for your order %(order)s is %(start)s. Details, or another time: %(link)s"),
    ),
    "on_the_way": Wording(
        subject=N_("Your technician is on the way"),
        text=N_("Technician %(technician)s (badge %(badge)s) is on the way to you. Details: %(link)s"),
    ),
    "delayed": Wording(
        subject=N_("Your technician will be late"),
        text=N_("We are sorry: your technician is expected at %(start)s. Details, or another time: %(link)s"),
    ),
    "broken_off": Wording(
        subject=N_("Somebody else comes to you"),
        text=N_(
            "We are sorry: your technician cannot go on with your order %(order)s. We send somebody else as soon as "
            "possible and tell you when. Details, or another time: %(link)s"
        ),
    ),
    "on_hold": Wording(
        subject=N_("Your order waits"),
        text=N_("Your order %(order)s waits as agreed with you. Choose a time whenever you like: %(link)s"),
    ),
    "no_access": Wording(
        subject=N_("We could not get in"),
        text=N_("Our technician was at your door and could not get in. Please choose a new time: %(link)s"),
    ),
    "done": Wording(
        subject=N_("Your order is done"),
        text=N_("The work for your order %(order)s is done. Details, or tell us what is wrong: %(link)s"),
    ),
    "survey": Wording(
        subject=N_("How was it?"),
        text=N_("How satisfied are you with our visit for order %(order)s? Rate it here: %(link)s"),
    ),
    "withdrawal_requested": Wording(
        subject=N_("Withdrawal of your order"),
        text=N_("The withdrawal of your order %(order)s was requested. We will call you to confirm it. %(link)s"),
    ),
    "withdrawn": Wording(
        subject=N_("Your order is withdrawn"),
        text=N_("Your order %(order)s has been withdrawn. %(link)s"),
    ),
    "reopened": Wording(
        subject=N_("We are working on your order again"),
        text=N_("Your order %(order)s is open again. We will agree a time with you. Details: %(link)s"),
    ),
    "note": Wording(
        subject=N_("A message about your order"),
        text=N_("There is a new message about your order %(order)s. Read and answer it here: %(link)s"),
    ),
    "new_order": Wording(
        subject=N_("An order for you"),
        text=N_("Order %(order)s is waiting for you to accept it. %(link)s"),
    ),
}


def letter_of(message: Message, *, link: str, language: Language, zone: ZoneInfo) -> Letter:
    """Return a message in the words of a language.

    Parameters
    ----------
    link
        Address of the page about its order.
    zone
        Moments are written in its local time.

    Raises
    ------
    KeyError
        If the message lacks a value that its text asks for.
    """
    texts, moments = translations(language), moments_in(language, zone)
    values = {"link": link, **message.words} | ({"order": message.order} if message.order else {})
    values |= {name: moments.moment(moment) for name, moment in message.moments.items()}
    wording = WORDINGS[message.template]
    return Letter(
        subject=texts.gettext(wording.subject), text=texts.gettext(wording.text) % values, values=dict(values)
    )
