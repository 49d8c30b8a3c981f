"""The lines of the public list as the register knew its records at an earlier moment."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import CharField, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from agreements.loading import hidden_now, load_many
from agreements.models import Agreement
from agreements.public.build import agreement_view
from agreements.public.rows import AgreementRow
from agreements.public.views import AgreementView, PartyView
from agreements.querysets import AgreementQuerySet
from revisions.known import rows_known


def published_then(known: dt.datetime) -> AgreementQuerySet:
    """Return the agreements that are public now and were so, as was known at a moment.

    ``title_then`` is the name that they had.
    """
    then = rows_known(Agreement, known).filter(id=OuterRef("pk"), published_at__lte=known)
    title = Subquery(then.values("title")[:1], output_field=CharField())
    return (
        Agreement.objects.published()
        .filter(Exists(then))
        .annotate(title_then=Coalesce(title, Value("")))
    )


def rows_then(
    agreements: Iterable[Agreement], on: dt.date, known: dt.datetime
) -> list[AgreementRow]:
    """Return the lines of a list, in its order, as of a day as known at a moment.

    Each is made of the record's public view, so that it shows what its page shows.
    """
    found = list(agreements)
    facts = load_many([a.pk for a in found], known)
    now = timezone.now()
    hidden = hidden_now(facts, now)
    public = {pk: kept.published(now, hidden) for pk, kept in facts.items()}
    return [_row(a, agreement_view(public[a.pk], on)) for a in found if a.pk in public]


def _row(agreement: Agreement, view: AgreementView) -> AgreementRow:
    ahead = [d for d in view.open_deadlines if d.due_on >= view.on]
    return AgreementRow(
        id=agreement.pk,
        reference=view.reference,
        title=view.title,
        url=view.url,
        gives=_names(view.providers),
        gets=_names(view.recipients),
        status=view.status,
        status_label=view.status_label,
        tone=view.tone,
        next=min(ahead, key=lambda d: d.due_on, default=None),
        fee=next((f.shown for f in view.term.fees), "") if view.term else "",
    )


def _names(parties: Iterable[PartyView]) -> tuple[str, ...]:
    return tuple(p.short_name or p.name for p in parties)
