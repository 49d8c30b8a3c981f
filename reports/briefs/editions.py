"""The two editions of a brief: the public one, and the internal one with what it withholds named.

The public edition is made from the published facts alone, through the allow-list. The internal
edition is made from all facts; whatever is in it and not in the public one stands in a part of
its own, so that a reader knows what must not be passed on.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements import sentences
from agreements.claims import field_label
from agreements.facts import Facts
from agreements.loading import hidden_now
from agreements.public import AgreementView, agreement_view, public_facts
from civil.display import show_date, show_partial
from reports.briefs import changes
from reports.briefs.changes import Difference

PUBLIC, INTERNAL = "public", "internal"
EDITIONS = (PUBLIC, INTERNAL)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A fact that the public edition does not show; its key stays while its value changes."""

    label: str
    value: str
    key: changes.Key


def view_for(
    facts: Facts, on: dt.date, edition: str = PUBLIC, seen_at: dt.datetime | None = None
) -> AgreementView:
    """Build the view that an edition is made from, in the active language.

    ``seen_at`` is the moment at which the public looked, now by default. What is hidden now is
    hidden in what was seen then as well.
    """
    if edition == INTERNAL:
        return agreement_view(facts, on, "staff")
    now = timezone.now()
    if seen_at is None:
        return agreement_view(public_facts(facts, now), on)
    return agreement_view(facts.published(seen_at, hidden_now([facts.agreement.pk], now)), on)


def withheld(facts: Facts, on: dt.date) -> tuple[Withheld, ...]:
    """Return what the internal edition shows and the public one does not, as of a day."""
    hidden = changes.between(view_for(facts, on, PUBLIC), view_for(facts, on, INTERNAL))
    found = [
        Withheld(d.label, d.after or _t("shown to the public only"), (d.kind, d.label, str(place)))
        for place, d in _numbered(hidden)
    ]
    return (*_internal(facts.on(on)), *found)


def _numbered(found: Iterable[Difference]) -> Iterator[tuple[int, Difference]]:
    """Yield differences, those of the same label counted."""
    seen: Counter[str] = Counter()
    for difference in found:
        yield seen[difference.label], difference
        seen[difference.label] += 1


def differences(
    then: AgreementView,
    now: AgreementView,
    withheld_then: Iterable[Withheld] = (),
    withheld_now: Iterable[Withheld] = (),
) -> tuple[Difference, ...]:
    """Return what differs between two states of an edition, with what is internal in both."""
    found = changes.between(then, now)
    told = {d.label for d in found}
    before, after = (
        {w.key: changes.Told(w.label, w.value) for w in hidden}
        for hidden in (withheld_then, withheld_now)
    )
    return (*found, *(d for d in changes.between_lines(before, after) if d.label not in told))


def _internal(then: Facts) -> Iterator[Withheld]:
    """The recorded facts of fields that are on no allow-list."""
    agreement = then.agreement
    for name in ("responsible_officer", "deputy", "department_address", "internal_note"):
        if value := getattr(agreement, name):
            yield Withheld(capfirst(field_label(agreement, name)), str(value), ("field", name))
    if agreement.maximum_ends_on:
        label = capfirst(field_label(agreement, "maximum_ends_on"))
        key = ("field", "maximum_ends_on")
        yield Withheld(label, show_date(agreement.maximum_ends_on), key)
    for decision in then.standing_decisions():
        if decision.internal_note:
            label = _t("Internal note on the decision: %(what)s")
            label %= {"what": decision.get_outcome_display()}
            yield Withheld(label, decision.internal_note, ("note", str(decision.pk)))
    for review in then.reviews:
        yield Withheld(_t("Review"), _review(review), ("review", str(review.pk)))
    for payment in then.payments:
        yield Withheld(_t("Payment"), _payment(payment), ("payment", str(payment.pk)))


def _review(review: Any) -> str:
    parts = [
        _t("opened %(day)s") % {"day": show_partial(review.opened_on)} if review.opened_on else "",
        _t("completed %(day)s") % {"day": show_partial(review.completed_on)}
        if review.completed_on
        else "",
        _t("due %(day)s") % {"day": show_date(review.due_on)} if review.due_on else "",
        review.considerations,
    ]
    return ". ".join(part.rstrip(".") for part in parts if part) or _t("no day recorded")


def _payment(payment: Any) -> str:
    due = show_partial(payment.due_on) if payment.due_on else _t("day not recorded")
    received = show_partial(payment.received_on) if payment.received_on else _t("not recorded")
    words = {"amount": sentences.money(payment.amount, payment.currency), "due": due}
    return _t("%(amount)s, due %(due)s; received: %(received)s") % (words | {"received": received})
