"""The close-out: what has to be done once an agreement is to end, and that it was done.

Source of the rules: DOMAIN.md, rule 6. Every function that a page calls opens its own change,
refuses without permission (``PermissionDenied``) and says what is wrong (``ValidationError``).
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _t

from agreements.models import Access, Agreement, Decision, NoticeGiven, Obligation
from agreements.periods import next_day
from agreements.permissions import Can, require
from agreements.renewals import over_from
from civil.clock import today
from civil.display import show_date
from revisions import change


def enter(model: Any, **values: Any) -> Any:
    """Save a new record, checked as a form would, inside an open change."""
    record = model(**values)
    record.full_clean()
    record.save()
    return record


CLOSE_OUT = (
    Obligation.Kind.ACCESS_OFF,
    Obligation.Kind.DATA_DESTROYED,
    Obligation.Kind.PARTNER_TOLD,
)
"""What has to be done once an agreement is to end."""


def open_close_out(decision: Decision, since: dt.date) -> list[Obligation]:
    """Open the close-out that follows a decision to end, inside an open change.

    Access may be on all through the last day, so it has to be off, and confirmed so, on the day
    after. What already stands, by notice too, is left alone.
    """
    opened = Obligation.objects.filter(
        Q(decision=decision) | Q(notice__term=decision.term), agreement=decision.agreement_id
    )
    standing = set(opened.values_list("kind", flat=True))
    kinds = [kind for kind in CLOSE_OUT if kind not in standing]
    return _open(decision.agreement_id, kinds, since, over_from(decision), decision=decision)


def open_after_notice(notice: NoticeGiven, since: dt.date) -> list[Obligation]:
    """Open the close-out that follows notice which ends an agreement, inside an open change."""
    last = notice.term.last_day
    over = next_day(last) if last else None
    return _open(notice.agreement_id, CLOSE_OUT, since, over, notice=notice)


def _open(
    agreement_id: int,
    kinds: Iterable[str],
    since: dt.date,
    over: dt.date | None,
    **why: Decision | NoticeGiven,
) -> list[Obligation]:
    due_on = max(over, since) if over is not None else None
    return [
        Obligation.objects.create(
            agreement_id=agreement_id,
            kind=kind,
            arises_on=since,
            due_on=due_on if kind == Obligation.Kind.ACCESS_OFF else None,
            **why,
        )
        for kind in kinds
    ]


def open_suspension(decision: Decision, since: dt.date) -> Obligation:
    """Open the duty to stop access by the first day of a suspension, inside an open change."""
    effective = decision.takes_effect_on.last if decision.takes_effect_on else since
    return Obligation.objects.create(
        agreement_id=decision.agreement_id,
        kind=Obligation.Kind.ACCESS_OFF,
        description="Access suspended and confirmed",
        decision=decision,
        arises_on=since,
        due_on=max(effective, since),
    )


def fulfill(obligation: Obligation, *, by: Any, done_on: dt.date, evidence: str) -> Obligation:
    """Record that a duty was done, with the evidence.

    Confirming that access is off also enters the state of access: off since that day, or
    suspended where the duty follows from a suspension.
    """
    require(by, Can.EDIT)
    _refuse_without(evidence, done_on)
    with change(by=by, reason=f"Done: {obligation}"):
        list(Agreement.objects.select_for_update().filter(pk=obligation.agreement_id))
        obligation = Obligation.objects.get(pk=obligation.pk)
        if obligation.done_on:
            raise ValidationError(
                _t("This was recorded as done before. Reload the page to see by whom and when.")
            )
        obligation.done_on, obligation.evidence = done_on, evidence.strip()
        obligation.save()
        if obligation.kind == Obligation.Kind.ACCESS_OFF:
            suspends = (
                obligation.decision is not None
                and obligation.decision.outcome == Decision.Outcome.SUSPEND
            )
            enter(
                Access,
                agreement_id=obligation.agreement_id,
                obligation=obligation,
                state=Access.State.SUSPENDED if suspends else Access.State.OFF,
                since=done_on,
                confirmed_on=done_on,
                evidence=evidence.strip(),
            )
    return obligation


def record_access(
    agreement: Agreement, *, by: Any, state: str, confirmed_on: dt.date, evidence: str
) -> Access:
    """Record whether data flows, as confirmed on a day, with the evidence."""
    require(by, Can.EDIT)
    _refuse_without(evidence, confirmed_on)
    with change(by=by, reason=f"Access confirmed: {state}"):
        return enter(
            Access,
            agreement=agreement,
            state=state,
            confirmed_on=confirmed_on,
            evidence=evidence.strip(),
        )


def _refuse_without(evidence: str, day: dt.date) -> None:
    if not evidence.strip():
        raise ValidationError(
            _t("Say what shows it: a letter, a log, a certificate, and where it is kept.")
        )
    if day > today():
        raise ValidationError(
            _t("%(day)s is still to come. Record what was done on or before today.")
            % {"day": show_date(day)}
        )
