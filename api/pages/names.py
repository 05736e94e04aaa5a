"""What people call the codes of the service: states, kinds, reasons; English here, translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dispatch.translations.catalogue import N_

NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {
        "install": N_("Broadband installation"),
        "move": N_("Broadband move"),
        "repair": N_("Repair"),
        "speed_remedy": N_("Speed improvement"),
        "follow_up": N_("Follow-up visit"),
    },
    "state": {
        "received": N_("Received"),
        "qualified": N_("Checked"),
        "booked": N_("Booked"),
        "planned": N_("Planned"),
        "dispatched": N_("Dispatched"),
        "accepted": N_("Accepted"),
        "contacted": N_("Contacted"),
        "agreed": N_("Time agreed"),
        "en_route": N_("On the way"),
        "on_site": N_("On site"),
        "done": N_("Done"),
        "closed": N_("Closed"),
        "surveyed": N_("Rated"),
        "held": N_("On hold"),
        "no_access": N_("No access"),
        "withdrawal_requested": N_("Withdrawal requested"),
        "withdrawal_verified": N_("Withdrawal confirmed"),
        "withdrawn": N_("Withdrawn"),
        "rejected": N_("Outside the promise"),
        "waiting_for_parent": N_("Part of an outage"),
    },
    "headline": {
        "received": N_("We have received your order"),
        "qualified": N_("We have received your order"),
        "booked": N_("Your booking is noted"),
        "planned": N_("Your visit is planned"),
        "dispatched": N_("A technician is being assigned"),
        "accepted": N_("Your technician will call you to agree a time"),
        "contacted": N_("The time of your visit is still to be agreed"),
        "agreed": N_("Your appointment is agreed"),
        "en_route": N_("Your technician is on the way"),
        "on_site": N_("Your technician is with you"),
        "done": N_("The work is done"),
        "closed": N_("The order is closed"),
        "surveyed": N_("The order is closed. Thank you for your rating"),
        "held": N_("Your order waits, as agreed with you"),
        "no_access": N_("We could not get in. Please choose a new time"),
        "withdrawal_requested": N_("The withdrawal is being confirmed"),
        "withdrawal_verified": N_("The withdrawal is confirmed"),
        "withdrawn": N_("The order is withdrawn"),
        "rejected": N_("Your address is not ready for our service promise yet. We will contact you"),
        "waiting_for_parent": N_("Your fault is part of an outage. We are working on it"),
    },
    "step": {
        "received": N_("Order received"),
        "accepted": N_("Technician has accepted"),
        "agreed": N_("Time agreed"),
        "on_the_way": N_("On the way"),
        "on_site": N_("At your door"),
        "done": N_("Work done"),
        "closed": N_("Order closed"),
    },
    "author": {
        "customer": N_("You"),
        "technician": N_("Technician"),
        "dispatcher": N_("Service centre"),
    },
}
"""Names by kind of code and code; a code without a name is shown as it is."""
