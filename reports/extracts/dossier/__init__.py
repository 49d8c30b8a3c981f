"""The full dossier of one agreement: every fact, date, vote, source and change that is recorded."""

from django.utils import timezone
from django.utils.translation import gettext as _t

from agreements.facts import Facts
from agreements.public import public_facts
from reports.briefs.editions import view_for, withheld
from reports.extracts.dossier import history, papers, renewal, sharing
from reports.extracts.parts import Report
from reports.extracts.records import Request, report


def build(request: Request, facts: Facts) -> Report:
    """Return everything that an edition may show of an agreement, as of the day."""
    view = view_for(facts, request.on, request.edition)
    shown = facts if request.is_internal else public_facts(facts, timezone.now())
    then = shown.on(request.on)
    tables = [
        sharing.facts(view),
        *([sharing.hidden(withheld(facts, request.on))] if request.is_internal else []),
        sharing.parties(view),
        sharing.terms(view),
        sharing.elements(view),
        sharing.access(then),
        sharing.deadlines(view),
        *([sharing.payments(then)] if request.is_internal else []),
        renewal.decisions(view),
        renewal.votes(view),
        renewal.notices(view),
        renewal.concerns(view),
        renewal.incidents(view),
        renewal.obligations(view),
        papers.timeline(view),
        papers.evidence(view),
        papers.conflicts(view),
        papers.documents(view),
        papers.guides(view),
        papers.sources(view),
        papers.citations(then, view, is_internal=request.is_internal),
        history.whole(facts) if request.is_internal else history.public(facts),
    ]
    title = _t("Dossier: %(name)s") % {"name": view.title}
    sentence = f"{view.sentence} {view.access_sentence}"
    path = f"{view.url}dossier/"
    return report(request, "dossier", title, sentence, tables, path=path, subject=view.slug)
