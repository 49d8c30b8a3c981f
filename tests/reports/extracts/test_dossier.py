"""The dossier holds all that is recorded of an agreement, and says what of it is whose words."""

import datetime as dt
from dataclasses import fields
from typing import Any

import pytest
from django.utils import timezone

from agreements.loading import load
from agreements.models import (
    Document,
    Guide,
    Incident,
    Obligation,
    Participation,
    Payment,
    Proposal,
    SharedElement,
)
from agreements.public import views
from civil.clock import end_of_day
from civil.partial import PartialDate
from reports.briefs.editions import view_for
from reports.extracts import dossier
from reports.extracts.parts import Report
from reports.extracts.records import Request
from sources.models import Citation
from tests.factories import (
    facts_of,
    make_agreement,
    make_citation,
    make_element,
    make_file,
    make_party,
    make_person,
    make_source,
    save,
    writing,
)
from tests.reports.extracts.test_extracts import ON, built, in_form, rows_of

pytestmark = pytest.mark.pdf


def test_dossier_holds_every_term_element_vote_source_and_change(pars: Any) -> None:
    report = built("dossier")
    assert [row[0] for row in rows_of(report, "terms")] == ["1", "2", "3"]
    assert len(rows_of(report, "elements")) == 10
    assert len(rows_of(report, "votes")) == 3
    assert len(rows_of(report, "sources")) == 16
    assert rows_of(report, "history")
    assert report.file_stem == "pars-ice-dossier-2018-06-15-en"


def test_dossier_says_of_each_fact_that_it_is_not_recorded(pars: Any) -> None:
    save(pars, retention="", legal_basis="Code")
    found = dict(rows_of(dossier.build(Request(ON), facts_of(pars)), "facts"))
    assert found["Legal basis"] == "Code"
    assert found["Retention and destruction"] is None


def test_dossier_holds_access_citations_documents_and_incidents(pars: Any) -> None:
    with writing():
        Incident.objects.create(
            agreement=pars,
            kind=Incident.Kind.BREACH,
            standing=Incident.Standing.ALLEGED,
            title="zqincident",
            occurred_on=PartialDate.parse("2018-03"),
        )
        Payment.objects.create(
            agreement=pars,
            term=pars.term_set.get(number=3),
            amount="987",
            currency="USD",
            due_on=PartialDate.parse("2018-01-31"),
        )
    citation = Citation.objects.filter(target_model="agreements.Term", field="ends_on").first()
    save(citation, quotation="until zqaugust", locator="p. 3")
    report = dossier.build(Request(ON), facts_of(pars))
    assert rows_of(report, "incidents")[0][:3] == ["zqincident", "Breach, alleged", "2018-03"]
    assert rows_of(report, "access")[0][0] == "On"
    cited = rows_of(report, "citations")
    assert len(cited) > 100
    assert {row[2] for row in cited} == {int(row[0]) for row in rows_of(report, "sources")}
    assert ["p. 3", "until zqaugust"] in [row[3:] for row in cited]
    assert "987" not in str(report.tables)
    assert "987" in str(dossier.build(Request(ON, "internal"), facts_of(pars)).tables)


def test_internal_dossier_tells_who_changed_what_from_the_beginning(db: None) -> None:
    draft = make_agreement(reference="DRAFT-1", title="First")
    save(draft, title="Second")
    facts = facts_of(draft)
    assert rows_of(dossier.build(Request(ON), facts), "history") == []
    changes = rows_of(dossier.build(Request(ON, "internal"), facts), "history")
    by, reason, field, before, after = changes[0][1:]
    assert (by, reason) == ("records@example.test", "A test writes")
    assert (field, before, after) == ("DRAFT-1: Name", "First", "Second")
    (entered,) = [row for row in changes if row[3] == "DRAFT-1"]
    assert entered[4] is None
    assert "Name: First" in entered[5]


def test_internal_dossier_tells_what_each_citation_was_for(pars: Any) -> None:
    rows = rows_of(dossier.build(Request(ON, "internal"), facts_of(pars)), "history")
    cited = [row for row in rows if row[3].startswith("Citation: ")]
    assert len(cited) > 100
    assert "Target" not in str(cited)
    assert "another record" not in str(cited)
    assert any("Term 1" in row[3] and "Source: " in row[5] for row in cited)


def test_dossier_as_known_says_so_in_head_address_and_name(pars: Any) -> None:
    known = end_of_day(dt.date(2010, 6, 30))
    facts = load(pars.pk, known)
    assert facts is not None
    report = dossier.build(Request(dt.date(2010, 7, 1), known=known), facts)
    assert report.as_of == "As of July 1, 2010 · as known on June 30, 2010"
    assert report.address.endswith("?on=2010-07-01&known=2010-06-30")
    assert report.file_stem == "pars-ice-dossier-2010-07-01-known-2010-06-30-en"


def test_internal_dossier_alone_shows_what_is_withheld(pars: Any) -> None:
    save(pars, internal_note="zqcanary")
    public = dossier.build(Request(ON), facts_of(pars))
    internal = dossier.build(Request(ON, "internal"), facts_of(pars))
    assert internal.address.endswith("/desk/agreements/pars-ice/dossier/?on=2018-06-15")
    assert b"zqcanary" not in in_form(public, "csv")
    assert "zqcanary" in str(rows_of(internal, "withheld"))
    for form in ("pdf", "html", "csv"):
        assert b"zqcanary" not in in_form(public, form)


# Nothing that is recorded is left out

DERIVED = {
    views.AgreementView: {
        # codes and signs of what stands there in words
        *("kind", "status", "status_label", "tone", "in_force", "is_over", "reasons", "label"),
        *("access_state", "access_alarm", "system_slug", "votes_needed", "begins_on"),
        *("on", "known"),  # in its head
        # told in full from the facts: of all terms, of all parties, of every access
        *("term", "notices", "decisions", "votes", "access_since", "access_confirmed_on"),
        *("providers", "recipients", "deciders", "stewards"),
        "purpose",  # one of `facts`
    },
    views.TermView: {"renewal_kind", "decided", "is_current", "gap_after"},
    views.ElementView: {
        *("category", "is_sensitive", "earliest_on", "from_on", "until_on", "has_conflict")
    },
    views.DecisionView: {"outcome", "counts_from"},
    views.VoteView: {"value", "intention"},
    views.IncidentView: {"standing"},
    views.DocumentView: {"pk"},
    views.ConflictView: {"is_settled", "record", "field"},
    views.ClaimView: {"value", "named"},
    views.DeadlineView: {"kind", "is_end_decided", "is_unknown", "left", "tone"},
    views.ConcernView: set(),
    views.EntryView: set(),
    views.ObligationView: set(),
    views.GuideView: set(),
    views.SourceView: set(),
}
"""What a view holds for pages and programs that says nothing more than what the dossier tells."""


def recorded_in_full(pars: Any) -> Any:
    """Return the view of the example with one of each part that it lacks."""
    with writing():
        Incident.objects.create(agreement=pars, kind="breach", standing="alleged", title="Breach")
        Obligation.objects.create(agreement=pars, kind="audit")
        Guide.objects.create(agreement=pars, title="Guide", address="https://example.org/")
        Document.objects.create(agreement=pars, title="Text", **make_file())
    return view_for(facts_of(pars), ON)


def test_dossier_prints_every_field_of_every_view(pars: Any, monkeypatch: Any) -> None:
    view = recorded_in_full(pars)
    read: dict[type, set[str]] = {kind: set() for kind in DERIVED}

    def watch(kind: type) -> None:
        def get(self: Any, name: str) -> Any:
            read[kind].add(name)
            return object.__getattribute__(self, name)

        monkeypatch.setattr(kind, "__getattribute__", get)

    facts = facts_of(pars)
    monkeypatch.setattr(dossier, "view_for", lambda *_: view)
    for kind in DERIVED:
        watch(kind)
    dossier.build(Request(ON), facts)
    left_out = {
        kind.__name__: sorted({f.name for f in fields(kind)} - read[kind] - derived)
        for kind, derived in DERIVED.items()
    }
    assert {name: names for name, names in left_out.items() if names} == {}


P = PartialDate.parse


def whole_agreement() -> Any:
    """An agreement with what no view holds."""
    source = make_element("Plate", category="Vehicle")
    agreement = make_agreement(
        reference="FULL", published_at=timezone.now(), short_title="Full one",
        decide_days=90, review_interval_months=18, legal_hold=True,
        recipients=[
            {"party": "stays", "signed_on": P("2016-02-01"), "signer_office": "Sheriff"},
            {"party": "left", "acceded_on": P("2016-05"), "withdrew_on": P("2018-03-31")},
        ],
        terms=[
            {"starts_on": P("2016-01-01"), "ends_on": P("2017-12-31"),
             "renewal_kind": "by_decision"},
            {"starts_on": P("2018-01-01"), "ends_on": P("2018-12-31"), "renewal_kind": "automatic",
             "notice_length": 60, "notice_counted_from": "end", "notice_effective": "receipt",
             "provides_holdover": True},
        ],
        decisions=[{"outcome": "renew", "decided_on": P("2017-11-01"),
                    "takes_effect_on": P("2018-01-01")}],
        notices=[{"purpose": "non_renewal", "method": "by letter", "sent_on": P("2017-05-01")}],
        concerns=[{"title": "Concern", "answer_due_on": dt.date(2018, 7, 7)}],
        amendments=[{"title": "First amendment", "dated_on": P("2017-03-01")}],
        events=[{"kind": "petition", "title": "Petition", "occurred_on": P("2018-02-01"),
                 "count": 12345}],
        evidence=[{"kind": "statistic", "statement": "Half", "reported_on": P("2018-04")}],
    )  # fmt: skip
    with writing():
        SharedElement.objects.create(
            agreement=agreement, element=source, added_by=agreement.amendment_set.get(),
            added_on=P("2017-03-01"),
        )  # fmt: skip
        Participation.objects.create(
            agreement=agreement, role="signatory", party=make_party("mayor", name="The Mayor")
        )
    return agreement


def test_dossier_tells_who_signed_who_left_and_what_each_term_says_of_its_end(db: None) -> None:
    agreement = whole_agreement()
    report = dossier.build(Request(ON), facts_of(agreement))
    parties = {row[0]: row[1:] for row in rows_of(report, "parties")}
    assert parties["Stays"] == (
        ["recipient", None, dt.date(2016, 2, 1), "Sheriff", None, None, None]
    )
    assert parties["Left"][4:6] == ["2016-05", dt.date(2018, 3, 31)]
    assert parties["The Mayor"][0] == "signatory"
    first, second = rows_of(report, "terms")
    assert first[4:6] == ["by decision", None]
    assert second[4] == "by itself; goes on past its end until renewed or ended"
    assert second[5] == "60 days; counted from: the last day; effective on: receipt"
    assert rows_of(report, "decisions")[0][4] == dt.date(2018, 1, 1)
    assert rows_of(report, "notices")[0][:2] == [1, "Non-renewal"], "also on an earlier term"
    assert rows_of(report, "concerns")[0][4] == dt.date(2018, 7, 7)
    assert rows_of(report, "elements")[0][6] == "First amendment"
    assert 12345 in [row[4] for row in rows_of(report, "timeline")]
    assert rows_of(report, "evidence")[0][3] == "2018-04"
    facts = dict(rows_of(report, "facts"))
    assert facts["Months between reviews"] == "18"
    assert "Under legal hold" not in facts
    internal = dict(rows_of(dossier.build(Request(ON, "internal"), facts_of(agreement)), "facts"))
    assert internal["Under legal hold"] == "Yes"


def test_a_hidden_amendment_is_not_named_by_what_it_added(db: None) -> None:
    agreement = whole_agreement()
    save(agreement.amendment_set.get(), is_internal=True, withheld_ground="Law")
    public = dossier.build(Request(ON), facts_of(agreement))
    assert rows_of(public, "elements")[0][6] is None
    assert "First amendment" not in str(public.tables)
    internal = dossier.build(Request(ON, "internal"), facts_of(agreement))
    assert rows_of(internal, "elements")[0][6] == "First amendment"


def test_internal_dossier_alone_tells_proposals_as_of_the_day(db: None) -> None:
    agreement, person = whole_agreement(), make_person("editor@example.org", role="editor")
    proposal = Proposal(
        term=agreement.term_set.get(number=2), outcome="renew", proposed_on=dt.date(2018, 6, 1),
        proposed_by=person, worded_by=person, ends_on=dt.date(2019, 12, 31), license_fee="500",
        currency="USD", rationale="zqproposal", withdrawn_on=dt.date(2018, 6, 20),
    )  # fmt: skip
    save(proposal)
    assert "zqproposal" not in str(dossier.build(Request(ON), facts_of(agreement)).tables)

    def told(on: dt.date) -> list[list[Any]]:
        return rows_of(dossier.build(Request(on, "internal"), facts_of(agreement)), "proposals")

    assert told(dt.date(2018, 5, 31)) == []
    (row,) = told(ON)
    assert row[:5] == [2, "Renew", dt.date(2018, 6, 1), str(person), "pending"]
    assert "December 31, 2019" in row[5]
    assert "$500" in row[5]
    assert row[6] == "zqproposal"
    assert told(dt.date(2018, 6, 20))[0][4] == "withdrawn June 20, 2018"
    then = load(agreement.pk, timezone.now())
    save(proposal, rationale="Changed since")
    assert then is not None
    assert rows_of(dossier.build(Request(ON, "internal"), then), "proposals") == [row]


# Whose words


def languages(report: Report, key: str, column: str) -> list[list[tuple[str, str]]]:
    """The phrases of a column, each with the language that it is marked as."""
    table = next(t for t in report.tables if t.key == key)
    place = [c.key for c in table.columns].index(column)
    return [[(p.text, p.lang) for p in row[place].text] for row in table.rows]


def test_spanish_dossier_marks_the_records_words_as_english_and_no_other(pars: Any) -> None:
    report = built("dossier", "es")
    cited = languages(report, "citations", "cited_for")
    assert [("Evento: ", "")] in [phrases[:1] for phrases in cited]
    for phrases in cited:
        assert not any(lang and text.startswith("Evento") for text, lang in phrases)
    assert any(phrases[1:] and phrases[1][1] == "en-US" for phrases in cited)
    changed = languages(report, "history", "field")
    assert any(row[0] == ("Evento: ", "") and row[1][1] == "en-US" for row in changed)
    shown = dict(phrase for row in languages(report, "conflicts", "value") for phrase in row)
    assert {lang for text, lang in shown.items() if " de " in text} == {""}, "days are in Spanish"


def test_a_text_on_which_sources_disagree_is_marked_as_english(pars: Any) -> None:
    save(pars, legal_basis="The code")
    for key, value in (("one", "The code"), ("two", "An order")):
        make_citation(pars, "legal_basis", value=value, source=make_source(key))
    report = built("dossier", "es")
    shown = dict(phrase for row in languages(report, "conflicts", "value") for phrase in row)
    assert shown["The code"] == shown["An order"] == "en-US"
