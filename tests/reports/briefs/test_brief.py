import datetime as dt
import hashlib
import logging
import os
import re
import subprocess
import sys
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext as _t
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.platypus import Spacer

from agreements.models import Agreement, Decision
from agreements.public import AgreementView, agreement_view
from reports.briefs import content, layout
from reports.briefs.accessible import clean, is_link
from reports.briefs.editions import Withheld
from reports.briefs.fitting import Attempt, largest
from reports.briefs.parts import Brief, Section, Text, compose, numbers, shortened, strong
from reports.briefs.setting import Rows, Type, type_of
from reports.briefs.tagging import TaggedCanvas
from tests.factories import facts_of, make_agreement, save
from tests.reports.briefs.samples import (
    PUBLISHED,
    claim,
    concern,
    deadline,
    decision,
    element,
    empty,
    entry,
    huge,
    incident,
    partial,
    party,
    running,
    said_in,
    source,
    term,
)
from tests.reports.structure import Node, artifacts, read
from tests.reports.vera import failed_rules

pytestmark = pytest.mark.pdf

DAYS = ("2010-05-01", "2015-03-01", "2018-06-15", "2018-07-28", "2018-09-01")
PAPERS = {"letter": LETTER, "a4": A4}
LANGUAGES = {"en": "en-US", "es": "es-US"}
LONG_WORD = "x" * 5_000
NASTY = [
    "<Parks> and <agency@x.gov>",
    "a < b & c, &amp; stays &amp; and &#65; too",
    '<b>never closed, <img src="/etc/passwd"/>, <a href="javascript:alert(1)">x</a>',
    "</para> <para> <br/> <super>1</super>",
    r"back\slash (brackets) ) ( \) \101 % # / [ ] { }",
    "%s %(day)s %(n)d {0} {name} $HOME",
    "“quotes” – — … ✓ € ñ Ł ő ș Æ",
    "اتفاقية تبادل البيانات",
]


def pages_of(data: bytes) -> int:
    return len(pypdf.PdfReader(BytesIO(data)).pages)


def flat(text: object) -> str:
    return " ".join(clean(text).split())


# What the tree of a brief has to say, from its content


def said(text: Text) -> str:
    """A text as a reader is told it: its phrases, addresses that are no links, its marks."""
    found = []
    for phrase in text:
        found.append(phrase.text)
        if phrase.url and not is_link(phrase.url):
            found.append(f" ({phrase.url})")
        if phrase.refs:
            found.append("\xa0" + numbers(phrase.refs, ",\xa0"))
    return flat("".join(found))


def told(part: Section, mark: str = "bullet") -> list[tuple[str, str]]:
    """The blocks of a section, without its title."""
    found = [("P", said(text)) for text in part.lead]
    if part.rows:
        found += [("P", flat(head)) for head in part.heads]
        found += [("P", part.bars_head)] if part.bars else []
        for place, (first, *others) in enumerate(part.rows):
            found += [("TH", said(first)), *(("TD", said(cell)) for cell in others)]
            if part.bars:
                found.append(("Figure", "") if place < len(part.bars) else ("TD", ""))
    for number, item in enumerate(part.items, 1):
        labels = {"bullet": ["•"], "number": [f"{number}."], "run-in": [str(number)], "none": []}
        found += [("Lbl", label) for label in labels[mark]]
        found.append(("LBody", said(item)))
    return found + [("P", said(text)) for text in part.closing]


def chapters(blocks: list[tuple[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The blocks by the headings above them."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for role, text in blocks:
        if role in {"H1", "H2"}:
            found.append((text, []))
        else:
            found[-1][1].append((role, text))
    return found


def front_told(brief: Brief, most: int = 10_000) -> list[tuple[str, list[tuple[str, str]]]]:
    question = brief.question
    badges = " ".join(badge.text for badge in brief.badges)
    opening = [
        ("P", said(brief.parties)),
        ("P", said(question.text)),
        *(("P", f"{label}: {said(text)}") for label, text in question.answers),
        ("P", flat(f"{badges} {said(brief.status)}")),
    ]
    for fact in brief.key_facts:
        opening += [("P", fact.label), ("P", said(fact.value))]
        opening += [("P", said(fact.note))] if fact.note else []
    title = shortened(said(brief.title), 200)
    parts = (brief.shared, brief.money, brief.concerns, brief.options, brief.council)
    cut = [part if part is brief.options else part.cut(most, 10**6) for part in parts]
    return [(title, opening), *((part.title, told(part)) for part in cut)]


def back_told(brief: Brief, sources: str = "number") -> dict[str, list[tuple[str, str]]]:
    parts = (brief.terms, brief.changes, brief.incidents, brief.conflicts, brief.withheld)
    parts += (brief.evidence, brief.answered)
    found = {part.title: told(part) for part in parts if part is not None}
    found[brief.events.title] = told(brief.events, "none")
    found[brief.sources.title] = told(brief.sources, sources)
    return found


def assert_tells(data: bytes, brief: Brief, paper: str) -> None:
    """The tree of the file says what the content says, section by section, in order."""
    tree = read(data)
    found = chapters(tree.blocks())
    front = front_told(brief)
    (title, opening), *sections = found[: len(front)]
    is_drawn = bool(tree.all("Figure")[1:])
    if is_drawn:
        assert opening.pop()[0] == "Figure"
    else:
        assert opening.pop() == ("P", brief.timeline.description)
    assert [(title, opening), *sections] == front
    back = dict(found[len(front) :])
    numbered = ("Lbl", "1.") in back[brief.sources.title] or not brief.sources.items
    expected = back_told(brief, "number" if numbered else "run-in")
    stamp = back.pop(brief.stamp.title)
    assert back == expected
    titles = [title for title, _ in found[len(front) :]]
    first = [part.title for part in (brief.terms, brief.changes, brief.conflicts) if part]
    assert titles[: len(first)] == first
    assert titles[-2:] == [brief.sources.title, brief.stamp.title]
    assert stamp[0][1].startswith(said(brief.stamp.lead[0]))
    name = {"letter": _t("Letter"), "a4": _t("A4")}[paper]
    code = f"{_t('Code:')} {brief.code}." if brief.code else _t("Not issued: it bears no code.")
    assert stamp[0][1].endswith(f"{_t('Paper:')} {name}. {code}")
    address = brief.address.partition("://")[2]
    plain_code = brief.code.replace("-", "")
    assert stamp[1] == ("P", address.replace(f"{plain_code}/", "") if plain_code else address)
    assert stamp[2] == ("Figure", "")


# The example, on five days, in two languages, on two papers


def view_of(agreement: Any, day: str, language: str = "en", known: Any = None) -> AgreementView:
    facts = facts_of(agreement) if known is None else known
    with translation.override(language):
        return agreement_view(facts, dt.date.fromisoformat(day))


Printed = dict[tuple[str, str, str], tuple[AgreementView, bytes]]


@pytest.fixture(scope="module")
def printed(example: None, django_db_blocker: Any) -> Printed:
    """The brief of PARS–ICE in every combination, with its view."""
    found: Printed = {}
    with django_db_blocker.unblock():
        agreement = Agreement.objects.get(reference="PARS-ICE")
        for day in DAYS:
            for language in LANGUAGES:
                view = view_of(agreement, day, language)
                for paper in PAPERS:
                    data = layout.pdf(view, language=language, paper=paper)
                    found[day, language, paper] = view, data
    return found


def test_brief_of_the_example_is_two_pages_on_every_day(printed: Printed) -> None:
    assert {key: pages_of(data) for key, (_, data) in printed.items()} == dict.fromkeys(printed, 2)


def test_brief_of_the_example_is_what_it_says(printed: Printed) -> None:
    for (day, language, paper), (view, data) in printed.items():
        assert len(data) <= 90_000
        with pikepdf.open(BytesIO(data)) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert pdf.Root.Lang == LANGUAGES[language]
            sizes = [[float(x) for x in page.MediaBox][2:] for page in pdf.pages]
            assert sizes == [pytest.approx(PAPERS[paper], abs=0.01)] * 2
            assert "PARS–ICE" in str(pdf.docinfo["/Title"])
            assert str(pdf.docinfo["/Subject"]) == view.title
            assert day in str(pdf.docinfo["/CreationDate"]) or "/CreationDate" in pdf.docinfo
            fonts = [
                font
                for page in pdf.pages
                for font in page.resources.Font.values()  # every one a TrueType subset
            ]
            assert fonts
            assert all("/FontFile2" in font.FontDescriptor for font in fonts)
            assert pdf.check_pdf_syntax() == []


def test_brief_tells_its_content_in_order(printed: Printed) -> None:
    for (_day, language, paper), (view, data) in printed.items():
        with translation.override(language):
            assert_tells(data, content.brief(view, language=language), paper)


def test_page_one_holds_the_whole_of_page_one(printed: Printed) -> None:
    for (_day, language, _paper), (view, data) in printed.items():
        with translation.override(language):
            brief = content.brief(view, language=language)
        tree = read(data)
        pages = {flat(h.text): h.pages for h in tree.all("H1", "H2")}
        for part in (brief.shared, brief.money, brief.concerns, brief.options, brief.council):
            assert pages[part.title] == {0}
        assert pages[brief.terms.title] == {1}
        assert all(len(table.pages) == 1 for table in tree.all("Table", "L"))


def test_head_and_foot_say_which_brief_it_is(printed: Printed) -> None:
    _, data = printed["2018-06-15", "en", "letter"]
    first, second = artifacts(data, 0).splitlines(), artifacts(data, 1).splitlines()
    assert first[:2] == ["Council brief · public edition", "As of June 15, 2018 · known now"]
    assert second[0] == "PARS–ICE · Council brief · public edition"
    assert "Pactwatch · PARS-ICE · page 1 of 2" in first
    assert any(line.endswith("/agreements/pars-ice/?on=2018-06-15") for line in second)
    spanish = artifacts(printed["2018-06-15", "es", "a4"][1], 0)
    assert "15 de junio de 2018" in spanish
    assert "/es/agreements/pars-ice/" in spanish


def test_marks_lead_to_the_numbered_sources(printed: Printed) -> None:
    view, data = printed["2018-06-15", "en", "letter"]
    text = read(data).text
    assert "Disputed" in text
    fees = view.term.fees if view.term else ()
    for fee in fees:
        assert f"{fee.shown}\xa0{fee.refs[0]}".replace("\xa0", " ") in text.replace("\xa0", " ")
    marks = [n.text for n in read(data).all("Reference")]
    named = {int(n) for mark in marks for n in re.findall(r"\d+", mark)}
    assert named <= {s.number for s in view.sources}


def test_sources_that_can_be_reached_are_links(printed: Printed) -> None:
    view, data = printed["2018-06-15", "en", "letter"]
    links = [url for link in read(data).all("Link") for url in link.links]
    assert {s.address for s in view.sources if s.address} <= set(links)
    assert any(url.endswith("/agreements/pars-ice/?on=2018-06-15") for url in links)
    assert all(is_link(url) for url in links)


# Other records


def test_other_briefs_hold_what_their_content_says() -> None:
    for view in (empty(), running()):
        data = layout.pdf(view, language="en", paper="letter")
        assert pages_of(data) == 2
        with translation.override("en"):
            assert_tells(data, content.brief(view, language="en"), "letter")


def test_empty_record_says_that_nothing_is_recorded() -> None:
    text = flat(read(layout.pdf(empty(), language="en")).text)
    for sentence in (
        "Gives: Water Department. Gets: River Authority. System: not recorded.",
        "Which elements are shared is not recorded.",
        "License fee: not recorded.",
        "What was received: not recorded.",
        "No resolution of Council is recorded. Last session: not recorded.",
        "No term is recorded.",
        "Nothing dated is recorded.",
        "No source is recorded.",
    ):
        assert sentence in text


def test_huge_record_is_cut_on_page_one_and_whole_behind() -> None:
    view = huge()
    data = layout.pdf(view, language="en", paper="letter")
    tree = read(data)
    headings = tree.all("H1", "H2")
    front = [h for h in headings if h.pages == {0}]
    assert [flat(h.text) for h in front[-2:]] == ["Options", "What Council can do"]
    assert all(h.pages != {0} for h in headings[len(front) :])
    text = flat(tree.text)
    assert "more, in full behind this page" in text
    assert pages_of(data) > 2
    for name in (*(e.name for e in view.elements), *(s.title for s in view.sources)):
        assert name in text
    for one in view.timeline:
        assert one.text in text
    for asked in view.concerns:
        assert flat(asked.text) in text
    first = pypdf.PdfReader(BytesIO(data)).pages[0].extract_text()
    assert "What Council can do" in first
    assert "To decide: whether to renew" in first


@pytest.mark.parametrize("word", ["because of the old agreement ", "W"])
def test_a_long_purpose_leaves_page_one_whole_and_stands_in_full_behind(word: str) -> None:
    purpose = (word * (6_000 // len(word))).strip()
    title = "Agreement " * 40
    data = layout.pdf(replace(running(), purpose=purpose, title=title.strip()), language="en")
    tree = read(data)
    first = [flat(h.text) for h in tree.all("H1", "H2") if h.pages == {0}]
    assert first[-2:] == ["Options", "What Council can do"]
    assert "Page one in full" not in first
    assert purpose in flat(tree.text)
    assert title.strip() in flat(tree.text)


def test_incidents_are_told_with_their_standing_and_who_was_told() -> None:
    found = incident(notify="Ombudsman", notified_on=partial("2018-03-09"))
    due = incident(title="Second", notify="Ombudsman", notify_due_on=dt.date(2018, 7, 1))
    part = english(running(incidents=(found, due))).incidents
    assert part is not None
    assert [[said(cell) for cell in row] for row in part.rows] == [
        ["Breach, confirmed. Found. A list was lost. Reported", "March 3, 2018",
         "Ombudsman, March 9, 2018"],
        ["Breach, confirmed. Second. A list was lost. Reported", "March 3, 2018",
         "To be told by July 1, 2018: Ombudsman"],
    ]  # fmt: skip
    tree = read(layout.pdf(running(incidents=(found,)), language="en"))
    assert "A list was lost" in flat(tree.text)
    assert english(running()).incidents is None


def test_what_the_type_lacks_is_said_so() -> None:
    for text in ("اتفاق", "הסכם", "合意"):
        tree = read(layout.pdf(running(purpose=text), language="en"))
        assert "■ stands for a character that this type lacks" in flat(tree.text)
    assert "stands for a character" not in flat(read(layout.pdf(running(), language="en")).text)


def test_cut_list_says_how_many_it_leaves_out() -> None:
    rows = tuple(((strong(str(n)),), (strong("b"),)) for n in range(5))
    part = Section("T", heads=("A", "B"), rows=rows, items=tuple(row[0] for row in rows))
    assert part.cut(5, 10) == part
    cut = part.cut(2, 10)
    assert [said(row[0]) for row in cut.rows] == ["0", "1", "and 3 more, in full behind this page"]
    assert [len(row) for row in cut.rows] == [2, 2, 2]
    assert [said(item) for item in cut.items] == ["0", "1", "and 3 more, in full behind this page"]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("text", NASTY)
def test_every_value_appears_as_it_is(text: str, paper: str) -> None:
    view = said_in(lambda n: f"{text} no. {n}")
    told_text = flat(read(layout.pdf(view, language="en", paper=paper)).text).casefold()
    values: list[str] = []
    said_in(lambda n: values.append(f"{text} no. {n}") or values[-1])
    lost = {value for value in values if flat(value).casefold() not in told_text}
    officer = {view.term.votes[0].office, view.term.fees[1].why} if view.term else set()
    assert lost <= officer  # who voted, and why a claim is not followed, stand on the page


def test_texts_of_any_length_are_printed() -> None:
    view = said_in(lambda n: f"{LONG_WORD}{n}")
    data = layout.pdf(view, language="en")
    text = read(data).text
    for value in (view.purpose, view.concerns[0].text, view.decisions[0].rationale):
        assert value in text
    assert pages_of(data) > 2
    spaced = said_in(lambda n: "word " * 300 + str(n))
    assert flat(spaced.purpose) in flat(read(layout.pdf(spaced, language="en")).text)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//x.org", "x y"]
)
def test_addresses_that_lead_elsewhere_are_text(address: str) -> None:
    view = running(sources=(source(1, address=address, archive_address=address),))
    tree = read(layout.pdf(view, language="en"))
    assert [url for link in tree.all("Link") for url in link.links if address in url] == []
    assert f"Source 1 ({address})" in flat(tree.text)


def test_text_of_the_record_is_marked_in_a_brief_of_another_language() -> None:
    view = running(elements=(element("Address", data_subjects="people"),))
    spanish, english = (read(layout.pdf(view, language=code)) for code in ("es", "en"))
    assert {s.text for s in spanish.all("Span") if s.lang == "en-US"} >= {
        "Address", "people", view.title, "River Authority",
    }  # fmt: skip
    assert [s for s in english.all("Span") if s.lang] == []


def test_words_of_the_brief_are_in_its_own_language(printed: Printed) -> None:
    _, data = printed["2018-09-01", "es", "letter"]
    foreign = {span.text for span in read(data).all("Span") if span.lang}
    assert "Contacts short of a conviction can lead to deportation" in foreign
    assert not {text for text in foreign if re.match(r"Aviso|Decisión|Período|No renov", text)}


def test_changed_reportlab_still_gives_the_brief_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(TaggedCanvas, "_objects")
    with caplog.at_level(logging.ERROR):
        data = layout.pdf(running(), language="en")
    assert "printed untagged" in caplog.text
    text = pypdf.PdfReader(BytesIO(data)).pages[0].extract_text()
    assert "To decide: whether to renew" in text
    assert pages_of(data) == 2


# The standards


def test_veraPDF_finds_nothing(printed: Printed, tmp_path: Path) -> None:  # noqa: N802
    files = {"-".join(key): data for key, (_, data) in printed.items()}
    for view in (empty(), huge(60, 30, 20)):
        files[f"{len(view.elements)}-elements"] = layout.pdf(view, language="en")
    for number, view in enumerate((running(), said_in(NASTY_WORD))):
        files[f"spanish-{number}"] = layout.pdf(view, language="es", paper="a4")
    before = content.Previous(dt.date(2018, 3, 1), running(title="Before"), "ABCD")
    hidden = (Withheld("Internal note", "secret", ("a",)), Withheld("Review", "opened", ("b",)))
    for language in ("en", "es"):
        with translation.override(language):
            part = content.brief(
                running(incidents=(incident(),)),
                language=language,
                previous=before,
                withheld=hidden,
            )
            part = replace(part, code="ABCD-EFGH", address="https://register.example.org/briefs/x/")
            moment = dt.datetime(2018, 6, 15, tzinfo=dt.UTC)
            made = layout.write(part, paper="letter", created_at=moment)
        files[f"internal-issued-with-changes-{language}"] = made.data
    checks = []
    for name, data in files.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(data)
        checks += [(profile, path) for profile in ("ua1", "2a")]
    assert failed_rules(checks) == {check: {} for check in checks}


def NASTY_WORD(n: int) -> str:  # noqa: N802
    return f"{NASTY[n % len(NASTY)]} no. {n}"


# The same bytes


PAIRS = (("en", "a4"), ("es", "letter"), ("en", "letter"))


def digests() -> str:
    """Digests of some briefs, for processes to compare."""
    views = (running(), huge(15, 10, 8), said_in(NASTY_WORD))
    made = [
        layout.pdf(view, language=language, paper=paper)
        for view, (language, paper) in zip(views, PAIRS, strict=True)
    ]
    return " ".join(hashlib.sha256(data).hexdigest() for data in made)


@pytest.mark.processes
def test_three_processes_write_the_same_bytes() -> None:
    code = (
        "import django; django.setup()\n"
        "from tests.reports.briefs.test_brief import digests\n"
        "print(digests())"
    )
    printed = {
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", code],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "PYTHONHASHSEED": seed,
                "TZ": zone,
            },
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(layout.__file__).parents[2],
        ).stdout.strip()
        for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("4242", "America/New_York"))
    }
    assert printed == {digests()}


def test_file_bears_the_day_that_is_shown_and_no_clock() -> None:
    known = dt.datetime(2018, 7, 2, 12, 30, tzinfo=dt.UTC)
    for view, made in ((running(), "20180616035959"), (running(known=known), "20180702123000")):
        with pikepdf.open(BytesIO(layout.pdf(view, language="en"))) as pdf:
            assert str(pdf.docinfo["/CreationDate"]) == f"D:{made}Z"


# What is not public


def test_no_internal_field_is_in_text_or_metadata(pars: Any) -> None:
    decided = Decision.objects.filter(agreement=pars).latest("pk")
    save(pars, internal_note="canary-agreement")
    save(decided, internal_note="canary-decision", withheld_ground="canary-ground")
    for day in DAYS:
        data = layout.pdf(view_of(pars, day), language="en")
        with pikepdf.open(BytesIO(data)) as pdf:
            everything = pdf.Root.Metadata.read_bytes() + repr(dict(pdf.docinfo)).encode()
            for page in pdf.pages:
                everything += page.Contents.read_bytes()
        assert b"canary" not in everything
        assert "canary" not in read(data).text
        assert "@example.org" not in read(data).text


# What it says


def question_of(view: AgreementView) -> str:
    with translation.override("en"):
        return said(content.brief(view, language="en").question.text)


AUTOMATIC = term(renewal_kind="automatic")
CASES = [
    (running(), "To decide: whether to renew Water–River when its term ends on August 31, 2018."),
    (
        running(term=AUTOMATIC),
        (
            "To decide: whether to give notice. Without it Water–River renews by itself after "
            "August 31, 2018."
        ),
    ),
    (
        running(status="holdover"),
        (
            "To decide: whether to renew or to end Water–River. Its term ended on August 31, "
            "2018; by its text it goes on until that is decided."
        ),
    ),
    (
        running(decisions=(decision(),)),
        "Decided June 1, 2018: do not renew. Water–River ends on August 31, 2018.",
    ),
    (
        running(decisions=(decision(decided_on=None, announced_on=partial("2018-06-02")),)),
        "Decided: do not renew, announced June 2, 2018. Water–River ends on August 31, 2018.",
    ),
    (
        running(decisions=(decision(decided_on=None),)),
        "Decided: do not renew; the day is not recorded. Water–River ends on August 31, 2018.",
    ),
    (
        running(decisions=(decision("renew"),)),
        (
            "Decided June 1, 2018: renew. To do: have the next term of Water–River signed. Its "
            "term ends on August 31, 2018."
        ),
    ),
    (
        running(decisions=(decision("suspend"),)),
        "To decide: whether to renew Water–River when its term ends on August 31, 2018.",
    ),
    (
        running(is_over=True, in_force=False, status="not_renewed"),
        "Nothing is left to decide: Water–River has ended.",
    ),
    (
        running(status="upcoming"),
        "Nothing is to be decided yet: Water–River has not begun.",
    ),
    (
        running(status="upcoming", begins_on=partial("2018")),
        (
            "Nothing is to be decided yet: the day on which Water–River begins is not recorded, "
            "and may have passed."
        ),
    ),
    (
        running(status="draft"),
        "Nothing is to be decided yet: no term of Water–River is in force.",
    ),
    (
        running(status="renewing", term=AUTOMATIC),
        (
            "It is too late to give notice in time: Water–River renews by itself after August 31, "
            "2018."
        ),
    ),
    (running(status="ending"), "Water–River ends on August 31, 2018."),
    (
        running(decisions=(decision("terminate", takes_effect_on=partial("2018-07-01")),)),
        "Decided June 1, 2018: terminate. Water–River ends on June 30, 2018.",
    ),
    (
        running(term=replace(AUTOMATIC, ends_on=partial("2017-08-31"))),
        ("Water–River renewed by itself after August 31, 2017; its next term is not recorded yet."),
    ),
    (
        running(decisions=(decision("renew"),), term=term(ends_on=partial("2017-08-31"))),
        (
            "Decided June 1, 2018: renew. To do: have the next term of Water–River signed. Its "
            "term ended on August 31, 2017."
        ),
    ),
    (
        running(term=term(ends_on=partial("2018-08"))),
        "To decide: whether to renew Water–River when its term ends in August 2018.",
    ),
    (
        running(term=term(ends_on=None, end_kind="none")),
        "No renewal is to be decided: by its terms Water–River has no end.",
    ),
    (
        running(term=term(ends_on=None, end_kind="not_recorded")),
        "When a renewal of Water–River is to be decided is not known: its end is not recorded.",
    ),
    (
        running(term=term(renewal_kind="none")),
        (
            "No renewal is to be decided: Water–River ends on August 31, 2018 and is not to be "
            "renewed."
        ),
    ),
    (
        empty(),
        (
            "What is to be decided on Water–River, and by when, is not known: no recorded term "
            "covers June 15, 2018."
        ),
    ),
]


@pytest.mark.parametrize(("view", "sentence"), CASES, ids=lambda value: str(value)[:40])
def test_question_says_what_is_to_be_decided(view: AgreementView, sentence: str) -> None:
    assert question_of(view) == sentence
    assert pages_of(layout.pdf(view, language="en")) == 2


def english(view: AgreementView) -> Brief:
    with translation.override("en"):
        return content.brief(view, language="en")


def test_question_says_by_when_and_by_whom() -> None:
    answers = {label: said(text) for label, text in english(running()).question.answers}
    assert answers == {
        "By when": "July 2, 2018: some days left. A rule says so.",
        "By whom": "City, Prosecutor, Courts; 2 of the 3 deciding parties must be for renewing.",
    }
    ended, duty = deadline("expiry", "2018-06-01"), deadline("obligation", "2018-06-02", "Cut off")
    late = running(deadlines=(ended, duty), is_over=True)
    assert english(late).question.answers[0][0] == "Cut off, overdue"


@pytest.mark.parametrize(
    ("needed", "of", "for_it", "against"),
    [(2, 3, "2 of 3", "2 of 3"), (3, 3, "3 of 3", "1 of 3"), (1, 3, "1 of 3", "3 of 3")],
)
def test_options_follow_from_the_rule_and_the_term(
    needed: int, of: int, for_it: str, against: str
) -> None:
    view = running(votes_needed=needed, deciders=tuple(party(f"P{n}") for n in range(of)))
    rows = [[said(cell) for cell in row] for row in english(view).options.rows]
    assert rows == [
        ["Renew", f"{for_it} deciding parties for it",
         "A next term from September 1, 2018, once it is signed"],
        ["Renew with changes", "The same, and an amendment", "The same, as the amendment says"],
        ["Do not renew", f"{against} not for renewing, or notice",
         "Ends August 31, 2018; access to be off on September 1, 2018"],
        ["No decision", "Nothing", "Lapses: ends August 31, 2018 with nothing decided"],
    ]  # fmt: skip


def test_options_invent_no_rule_and_no_day() -> None:
    vague = term(ends_on=partial("2018-08"))
    view = running(term=vague, terms=(vague,), votes_needed=None, rule="")
    rows = [[said(cell) for cell in row] for row in english(view).options.rows]
    assert rows[0][1:] == [
        "Not recorded", "A next term from the day after its end, once it is signed",
    ]  # fmt: skip
    far = term(ends_on=partial("9999-12-31"))
    assert "the day after its end" in said(english(running(term=far)).options.rows[0][2])
    assert english(empty()).options.rows == ()
    automatic = english(running(term=AUTOMATIC)).options.rows
    assert [said(row[1]) for row in automatic] == [
        "Nothing: it renews by itself",
        "The same, and an amendment",
        "Notice in time by an authorized officer",
    ]


def test_options_are_those_that_are_left_on_the_day() -> None:
    late = english(running(status="renewing", term=AUTOMATIC)).options.rows
    assert [said(cell) for cell in late[2]] == [
        "Do not renew", "Notice, which would be late", "What late notice would do is not recorded",
    ]  # fmt: skip
    held = english(running(status="holdover")).options.rows
    assert [said(row[2]) for row in held] == [
        "A next term, once it is signed",
        "The same, as the amendment says",
        "Ends when that is decided; access to be off on the day after",
        "Goes on, by its text, until that is decided",
    ]
    assert not any("2018" in said(cell) for row in held for cell in row)
    for view, why in (
        (running(term=term(renewal_kind="none")), "None: by its terms it ends"),
        (running(term=term(ends_on=None, end_kind="none")), "None falls due"),
        (running(status="upcoming", term=None, terms=()), "None before its first term begins."),
    ):
        assert said(english(view).options.lead[0]).startswith(why)


@pytest.mark.parametrize(
    ("view", "is_undecided"),
    [
        (running(), True),
        (running(term=AUTOMATIC), True),
        (running(status="renewing", term=AUTOMATIC), False),
        (running(term=term(renewal_kind="none")), False),
        (running(term=term(ends_on=None, end_kind="none")), False),
        (running(decisions=(decision(),)), False),
    ],
)
def test_badge_says_undecided_only_where_something_is_to_be_decided(
    view: AgreementView, *, is_undecided: bool
) -> None:
    assert ("Undecided" in [badge.text for badge in english(view).badges]) == is_undecided


def test_before_its_first_term_the_brief_says_when_it_begins() -> None:
    view = empty(status="upcoming", begins_on=partial("2018-09-01"))
    brief = english(view)
    assert (brief.key_facts[0].label, said(brief.key_facts[0].value)) == (
        "Begins", "September 1, 2018"
    )  # fmt: skip
    assert said(brief.key_facts[3].value) == "None yet"
    assert said(brief.shared.lead[0]).startswith("Nothing is shared under it before")
    assert said(brief.terms.lead[0]) == "No term has begun."
    gap = english(empty(terms=(term(number=1),)))
    assert (gap.key_facts[0].label, said(gap.key_facts[0].note)) == (
        "Ends", "no term covers this day"
    )  # fmt: skip


def test_a_timeline_that_is_cut_says_so() -> None:
    assert english(running()).timeline_caption.startswith("To scale. ")
    old = term(starts_on=partial("1850-05-05"), ends_on=None, end_kind="none")
    brief = english(running(term=old, terms=(old,)))
    assert brief.timeline_caption.startswith("To scale; what lies outside these years")
    assert "Term: from May 5, 1850, no end by its terms." in brief.timeline.description


def test_key_facts_say_disputed_with_marks() -> None:
    def facts(*fees: Any) -> dict[str, tuple[str, str]]:
        brief = english(running(term=term(fees=fees)))
        return {fact.label: (said(fact.value), said(fact.note)) for fact in brief.key_facts}

    one, other = claim("$5,600 a year", 3), claim("$5,500 a year", 1)
    followed = claim("$5,600 a year", 3, followed=True)
    assert facts(one, other)["License fee"] == ("Disputed", "2 values 1, 3")
    assert facts(followed, other)["License fee"] == ("$5,600 a year", "disputed 1, 3")
    assert facts(followed)["License fee"] == ("$5,600 a year 3", "")
    assert facts()["License fee"] == ("Not recorded", "")
    assert facts()["Needed to renew"] == ("2 of 3", "deciding parties")


def test_money_says_what_was_received() -> None:
    def closing(*deadlines: Any) -> str:
        return said(english(running(deadlines=deadlines)).money.closing[0])

    due = deadline("payment", "2018-05-01")
    assert closing() == "What was received: not recorded."
    assert closing(due, replace(due, settled_on=dt.date(2018, 5, 2))) == (
        "Of 2 payments due on a recorded day, 1 received."
    )


def test_council_part_lists_resolutions_and_the_last_session() -> None:
    view = running(
        timeline=(
            entry("Session", "2018-06-14", "council_session"),
            entry("Resolution 2: hearings.", "2017-01-01", "resolution"),
            entry("Resolution 1, 17–0: end it.", "2016-01-01", "resolution", detail="advisory"),
            entry("Session", "2015-06-14", "council_session"),
        )
    )
    part = english(view).council
    assert said(part.lead[0]) == (
        "2 resolutions recorded. Last session before July 2, 2018: June 14, 2018."
    )
    assert [said(item) for item in part.items] == [
        "Resolution 2: hearings (effect not recorded)",
        "Resolution 1, 17–0: end it (advisory)",
    ]


def test_entries_that_differ_behind_their_last_colon_are_one() -> None:
    counts = [
        entry(f"Petition to the Mayor: {n} signatures.", "2011", "petition", refs=(2,))
        for n in (500, 100, 50)
    ]
    view = running(timeline=(*counts, entry("Protest.", "2010", "protest")))
    assert [said(item) for item in english(view).events.items] == [
        "2011 Petition to the Mayor: 500 signatures; 100 signatures; 50 signatures 2",
        "2010 Protest",
    ]


def test_notes_that_many_sources_share_are_said_once() -> None:
    notes = ["read", "own", "", "read", "read", "read"]
    view = running(sources=tuple(source(n, note=note) for n, note in enumerate(notes, 1)))
    part = english(view).sources
    assert said(part.closing[0]) == "1, 4–6: read."
    assert said(part.items[1]) == "Source 2. The Paper, January 2018. Own."


def test_unanswered_concerns_stand_on_page_one_and_answered_behind() -> None:
    view = running(
        concerns=(
            concern("Open", never_answered=True, raised_by="A", raised_on=partial("2011")),
            concern("Due", answer_due_on=dt.date(2018, 7, 1)),
            concern("Closed", is_answered=True, answer="Yes.", answered_on=partial("2012")),
        )
    )
    brief = english(view)
    assert [said(item) for item in brief.concerns.items] == [
        "Open. A, 2011. Never answered, a source says.",
        "Due. Not recorded, Not recorded. Answer due July 1, 2018.",
    ]
    assert said(brief.concerns.closing[0]) == "1 answered, see “Answered concerns.”"
    assert said(brief.answered.items[0]).endswith("Yes. Answered 2012.")


def test_stamp_says_what_the_brief_was_made_from() -> None:
    known = dt.datetime(2018, 7, 3, 3, 59, 59, 999999, tzinfo=dt.UTC)  # the end of July 2
    stamps = [said(english(view).stamp.lead[0]) for view in (running(), running(known=known))]
    assert stamps[0] == (
        "Record: WATER-RIVER. Day: June 15, 2018. Knowledge: all that the register knows now. "
        "Edition: public. Language: English. Previous brief: none issued"
    )
    assert "Knowledge: what the register knew at the end of July 2, 2018." in stamps[1]
    brief = english(running(known=known))
    assert brief.as_of == "As of June 15, 2018 · as known on July 2, 2018"
    assert brief.address.endswith("/agreements/water-river/?on=2018-06-15&known=2018-07-02")
    unpublished = english(running(published_at=None))
    assert unpublished.edition == "Council brief · record not published"
    assert PUBLISHED


def test_no_word_of_a_table_head_is_cut() -> None:
    part = Section("T", heads=("A", "Sensibilidad", "B"), rows=(((strong("x"),),) * 3,))
    table = Rows(part, type_of(9, 12, 11), (9, 0.5, 0.5))
    table.wrapOn(None, 200, 100)
    assert sum(table.widths) == pytest.approx(200)
    heads = [cell.flowables[0] for cell in table.header.cells]
    assert [len(head.lines) for head in heads] == [1, 1, 1]
    assert heads[1].text.text == "Sensibilidad"


def test_a_text_with_names_is_filled_in_and_keeps_its_phrases() -> None:
    text = compose("On %(day)s: %(what)s, 100% sure", day="Monday", what=strong("%(day)s", (3,)))
    assert said(text) == "On Monday: %(day)s 3, 100% sure"
    assert [phrase.tone for phrase in text] == ["", "", "", "strong", ""]
    assert numbers((4, 5, 8, 9, 10, 20)) == "4, 5, 8–10, 20"
    assert shortened("one two three", 8) == "one two…"
    assert shortened("x" * 9, 5) == "xxxx…"
    assert shortened("short", 5) == "short"


# The command


def write(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("write_brief", *arguments, stdout=out, **options)
    return out.getvalue()


def test_write_brief_writes_what_the_page_serves(pars: Any, tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    for language, paper in (("en", "letter"), ("es", "a4")):
        out = write("pars-ice", "--on", "2018-06-15", "--language", language, "--paper", paper,
                    "--output", str(path))  # fmt: skip
        view = view_of(pars, "2018-06-15", language)
        assert path.read_bytes() == layout.pdf(view, language=language, paper=paper)
        assert out == f"{path}: brief on PARS-ICE as of 2018-06-15\n"
    assert [file.name for file in tmp_path.iterdir()] == ["brief.pdf"]
    assert path.stat().st_mode & 0o600 == 0o600


def test_write_brief_knows_what_was_known(pars: Any, tmp_path: Path) -> None:
    ends = {}
    for known in ("2010-06-30", "2010-07-02"):
        path = tmp_path / f"{known}.pdf"
        write("PARS-ICE", "--on", "2010-06-30", "--known", known, "--output", str(path))
        ends[known] = flat(read(path.read_bytes()).text)
    assert "when its term ends on July 1, 2010." in ends["2010-06-30"]
    assert "when its term ends on August 31, 2010." in ends["2010-07-02"]


def test_write_brief_prints_to_stdout(pars: Any, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write("PARS-ICE", "--on", "2018-06-15", "--output", "-")
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == layout.pdf(view_of(pars, "2018-06-15"), language="en")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["PARS-ICF"], "no agreement PARS-ICF; did you mean PARS-ICE?"),
        (["PARS-ICE", "--known", "2001-01-01"], "did not know PARS-ICE at that moment yet"),
        (["PARS-ICE", "--on", "June"], "'June' is no day: write it as 2018-06-15"),
        (["PARS-ICE", "--language", "fr"], "invalid choice: 'fr'"),
        (["PARS-ICE", "--paper", "a5"], "invalid choice: 'a5'"),
    ],
)
def test_write_brief_says_what_is_wrong(
    pars: Any, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence.replace("?", r"\?")):
        write(*arguments, "--output", str(tmp_path / "brief.pdf"))
    assert list(tmp_path.iterdir()) == []


def test_write_brief_says_why_a_file_cannot_be_written(pars: Any, tmp_path: Path) -> None:
    on = ("PARS-ICE", "--on", "2018-06-15", "--output")
    missing = tmp_path / "none" / "brief.pdf"
    with pytest.raises(CommandError, match=f"there is no directory {missing.parent}; make it"):
        write(*on, str(missing))
    with pytest.raises(CommandError, match="it is a directory; name a file in it"):
        write(*on, str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_write_brief_leaves_the_old_file_when_it_fails(
    pars: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(b"old")

    def refuse(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(CommandError, match="No space left on device"):
        write("PARS-ICE", "--on", "2018-06-15", "--output", str(path))
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["brief.pdf"]


def test_write_brief_follows_links_and_leaves_devices_what_they_are(
    pars: Any, tmp_path: Path
) -> None:
    target, link = tmp_path / "real.pdf", tmp_path / "link.pdf"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write("PARS-ICE", "--on", "2018-06-15", "--output", str(link))
    assert link.is_symlink()
    assert target.read_bytes().startswith(b"%PDF")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["/bin/cat", str(pipe)], stdout=subprocess.PIPE) as reader:  # noqa: S603
        write("PARS-ICE", "--on", "2018-06-15", "--output", str(pipe))
        read_back = reader.communicate(timeout=30)[0]
    assert read_back == target.read_bytes()
    assert pipe.is_fifo()


def test_a_record_with_name_kind_and_parties_only_has_a_brief(db: None, tmp_path: Path) -> None:
    agreement = make_agreement(recipients=["river-authority"], published_at=PUBLISHED)
    path = tmp_path / "brief.pdf"
    write(agreement.reference, "--on", "2018-06-15", "--output", str(path))
    tree = read(path.read_bytes())
    assert isinstance(tree, Node)
    assert agreement.title in tree.text
    assert pages_of(path.read_bytes()) == 2


KINDS = [type_of(size, size * 1.25, 11) for size in (10, 9.5, 9, 8.6, 8.3, 8)]


@given(st.floats(1000, 9000), st.floats(0, 0.4), st.integers(0, len(KINDS) - 1))
def test_largest_type_that_fits_is_found_wherever_one_begins(
    letters: float, fixed: float, first: int
) -> None:
    def attempt(kind: Type) -> Attempt:
        tried.append(kind)
        fill = fixed + letters * kind.surface / 500_000
        return Attempt([Spacer(kind.text.size, 1)] if fill <= 1 else None, fill, fixed)

    tried: list[Type] = []
    fits = [k.text.size for k in KINDS if fixed + letters * k.surface / 500_000 <= 1]
    story = largest(KINDS, attempt, first)
    assert (story[0].width if story else None) == (fits[0] if fits else None)
    assert len(tried) == len(set(tried)) <= len(KINDS)


def test_in_spanish_the_words_of_sources_are_marked_as_english(pars: Any) -> None:
    with translation.override("es"):
        view = agreement_view(facts_of(pars), dt.date(2018, 6, 15))
        brief = content.brief(view, language="es")
    shown = {p.text: p.lang for row in brief.conflicts.rows for cell in row[1:] for p in cell}
    assert shown["Judge Neifield"] == "en-US"
    assert shown["a two-year license, its first day not given"] == "en-US"
    assert {shown["licencia"], shown["2009"]} == {""}


def test_no_usual_word_of_a_narrow_column_is_cut() -> None:
    one = element("Date of birth", data_subjects="customers", added_on=partial("2017-09-01"))
    data = layout.pdf(running(elements=(one,)), language="en")
    text = pypdf.PdfReader(BytesIO(data)).pages[0].extract_text()
    assert "customers" in text
    assert "September" in text
    long = element("Immunosuppression status", data_subjects="", added_on=partial("2017-09-01"))
    data = layout.pdf(running(elements=(long,)), language="en")
    assert "Immunosuppression" in pypdf.PdfReader(BytesIO(data)).pages[0].extract_text()


def test_a_long_reference_leaves_the_footer_readable() -> None:
    reference = "DPH-UPENN-IMMUNIZATION-REGISTRY-LINKAGE-AND-RESEARCH-2018"
    view = running(reference=reference, url=f"/agreements/{reference.lower()}/")
    lines = artifacts(layout.pdf(view, language="es", paper="a4"), 1).split("\n")
    (left,) = (line for line in lines if reference in line)
    right = lines[lines.index(left) + 1]
    assert right.rstrip().endswith("…")
