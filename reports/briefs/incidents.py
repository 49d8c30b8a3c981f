"""The incidents of a brief: alleged and confirmed misuse and breaches, on page two."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _t

from agreements.public import AgreementView
from agreements.public.views import IncidentView
from civil.display import show_date, show_partial
from reports.briefs.parts import Phrase, Section, Text, compose, joined, missing, soft, strong
from reports.briefs.record import Said


def incidents(view: AgreementView, said: Said) -> Section | None:
    """Return alleged and confirmed misuse and breaches, or None where none is recorded."""
    if not view.incidents:
        return None
    return Section(
        _t("Incidents"),
        heads=(_t("What"), _t("When"), _t("Who was told")),
        rows=tuple(_incident(incident, said) for incident in view.incidents),
        summary=_t("Incidents with their standing, when they occurred and who was told"),
    )


def _incident(incident: IncidentView, said: Said) -> tuple[Text, ...]:
    what: list[Text] = [
        (strong(f"{capfirst(incident.label)}, {incident.standing_label.lower()}"),),
        (said(incident.title.rstrip("."), incident.refs),),
        *((said(text.rstrip(".")),) for text in (incident.text, incident.outcome) if text),
    ]
    party = said(incident.notify) if incident.notify else missing()
    told: Text = (soft(_t("not recorded")),)
    if incident.notified_on:
        day = show_partial(incident.notified_on)
        told = compose(_t("%(party)s, %(day)s"), party=party, day=day)
    elif incident.notify_due_on:
        day = show_date(incident.notify_due_on)
        told = compose(_t("To be told by %(day)s: %(party)s"), party=party, day=day)
    when = Phrase(show_partial(incident.occurred_on)) if incident.occurred_on else missing()
    return joined(what, ". "), (when,), told
