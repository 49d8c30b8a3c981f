"""The full dossier of one agreement: every fact, date, vote, source and change that is recorded."""

from django.utils.translation import gettext as _t

from agreements.facts import Facts
from agreements.public.references import References
from reports.briefs.editions import view_for, withheld
from reports.extracts.dossier import history, papers, renewal, sharing
from reports.extracts.parts import Report
from reports.extracts.records import Request, facts_then, report


def build(request: Request, facts: Facts) -> Report:
    """Return everything that an edition may show of an agreement, as of the day."""
    view = view_for(facts, request.on, request.edition)
    then = facts_then(facts, request)
    references = References(then)
    tables = [
        sharing.facts(then, view, is_internal=request.is_internal),
        *([sharing.hidden(withheld(facts, request.on))] if request.is_internal else []),
        sharing.parties(then, references),
        sharing.terms(then, view),
        *([renewal.proposals(then, request.on)] if request.is_internal else []),
        sharing.elements(then, view),
        sharing.access(then),
        sharing.deadlines(view),
        *([sharing.payments(then)] if request.is_internal else []),
        renewal.decisions(view),
        renewal.votes(view),
        renewal.notices(then, references),
        renewal.concerns(view),
        renewal.incidents(view),
        renewal.obligations(view),
        papers.timeline(then, view),
        papers.evidence(then, view),
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
