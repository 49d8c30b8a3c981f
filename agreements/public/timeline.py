"""The timeline of a record: everything dated, latest first."""

from django.utils.translation import gettext as _t

from agreements.facts import Facts
from agreements.models import Amendment, Decision, Event, NoticeGiven
from agreements.public.references import References
from agreements.public.views import EntryView


def timeline(then: Facts, references: References) -> tuple[EntryView, ...]:
    """Return events, amendments, decisions and notice, latest first, the undated at the end.

    A date that is partly known stands at its last possible day.
    """
    entries = [_event(e, references) for e in then.events]
    entries += [_amendment(a, references) for a in then.amendments]
    entries += [_notice(n, references) for n in then.notices]
    entries += [_decision(d, references) for d in then.standing_decisions()]
    dated = [(e.when.last, e.when.first, e) for e in entries if e.when]
    dated.sort(key=lambda d: d[:2], reverse=True)
    return (*(e for *_, e in dated), *(e for e in entries if not e.when))


def given_by(notice: NoticeGiven) -> str:
    """Say who gave notice: the office and the party, as far as they are recorded."""
    party = notice.given_by.name if notice.given_by else ""
    return ", ".join(name for name in (notice.office, party) if name)


def _event(event: Event, references: References) -> EntryView:
    return EntryView(
        kind=event.kind,
        label=event.get_kind_display(),
        when=event.occurred_on,
        until=event.ended_on,
        text=event.title,
        detail=event.get_effect_display(),
        refs=references.of(event),
    )


def _amendment(amendment: Amendment, references: References) -> EntryView:
    return EntryView(
        kind="amendment",
        label=str(amendment._meta.verbose_name),
        when=amendment.dated_on,
        until=None,
        text=amendment.title,
        detail=amendment.rationale,
        refs=references.of(amendment),
    )


def _notice(notice: NoticeGiven, references: References) -> EntryView:
    return EntryView(
        kind="notice",
        label=str(notice._meta.verbose_name),
        when=notice.sent_on or notice.received_on,
        until=None,
        text=str(notice),
        detail=given_by(notice),
        refs=references.of(notice),
    )


def _decision(decision: Decision, references: References) -> EntryView:
    return EntryView(
        kind="decision",
        label=str(decision._meta.verbose_name),
        when=decision.decided_on or decision.announced_on,
        until=None,
        text=decision.get_outcome_display()
        if decision.decided_on or not decision.announced_on
        else _t("%(what)s (announced)") % {"what": decision.get_outcome_display()},
        detail=decision.rationale,
        refs=references.of(decision),
    )
