"""What the commands print, and how they refuse."""

import datetime as dt
import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from agreements.models import Agreement, Deadline
from tests.factories import make_agreement

# ── Real processes: what a shell sees ─────────────────────────────────────────

processes = pytest.mark.processes


@pytest.fixture
def run(manage: Callable[..., Any], example_register: dict[str, str]) -> Callable[..., Any]:
    """Run a command on the example's register."""

    def command(*arguments: str, **env: str) -> Any:
        return manage(*arguments, env=example_register | env)

    return command


@processes
def test_show_agreement_prints_json_and_nothing_else(run: Callable[..., Any]) -> None:
    done = run("show_agreement", "PARS-ICE", "--on", "2018-06-15", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["reference"], said["on"], said["status"]) == (
        "PARS-ICE",
        "2018-06-15",
        "in_force",
    )


REFUSED = {
    "an unknown reference": (
        ["show_agreement", "PARS-ICF"],
        "no agreement PARS-ICF; did you mean PARS-ICE?",
    ),
    "a day that there is not": (
        ["show_agreement", "PARS-ICE", "--on", "2018-02-30"],
        "argument --on: '2018-02-30' is no day: write it as 2018-06-15",
    ),
    "a moment without an offset": (
        ["show_agreement", "PARS-ICE", "--known", "2018-06-15T12:00:00"],
        "argument --known: '2018-06-15T12:00:00' has no offset: write 2018-06-15T12:00:00-04:00",
    ),
    "knowledge from before the record": (
        ["show_agreement", "PARS-ICE", "--known", "2000-01-01"],
        "the register did not know PARS-ICE at that moment yet",
    ),
    "a negative number of days": (
        ["list_deadlines", "--within", "-1"],
        "--within counts days ahead: give 0 or more",
    ),
    "a negative number of days in the other spelling": (
        ["list_deadlines", "--within=-1"],
        "--within counts days ahead: give 0 or more",
    ),
    "an unknown option": (
        ["rebuild_deadlines", "--chekc"],
        "unrecognized arguments: --chekc",
    ),
    "no reference": (
        ["show_agreement"],
        "the following arguments are required: reference",
    ),
    "another example": (["load_example", "boston"], "argument name: invalid choice"),
    "another format": (
        ["list_deadlines", "--format", "xml"],
        "argument --format: invalid choice",
    ),
}


@processes
@pytest.mark.parametrize("case", REFUSED)
def test_an_error_is_one_sentence_on_stderr_with_status_1(
    run: Callable[..., Any], case: str
) -> None:
    arguments, sentence = REFUSED[case]
    done = run(*arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@processes
def test_a_database_without_tables_is_told_in_a_sentence(
    manage: Callable[..., Any], tmp_path: Any
) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    done = manage("show_agreement", "PARS-ICE", env=env)
    assert done.returncode == 1
    assert "manage.py migrate" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@processes
def test_a_database_that_does_not_answer_is_told_in_a_sentence(manage: Callable[..., Any]) -> None:
    env = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    done = manage("list_deadlines", env=env)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "the database" in done.stderr


@processes
def test_the_register_is_shown_as_of_the_day_that_is_set(run: Callable[..., Any]) -> None:
    done = run("show_agreement", "PARS-ICE", "--format", "json", PACTWATCH_TODAY="2018-07-28")
    said = json.loads(done.stdout)
    assert (said["on"], said["status"]) == ("2018-07-28", "ending")
    listed = run("list_deadlines", "--format", "json", PACTWATCH_TODAY="2018-06-15")
    first = json.loads(listed.stdout)[0]
    assert (first["reference"], first["kind"], first["due_on"]) == (
        "PARS-ICE",
        "decide_by",
        "2018-07-02",
    )


@processes
def test_a_check_prints_the_difference_and_exits_1_until_it_is_mended(
    run: Callable[..., Any],
) -> None:
    assert run("rebuild_deadlines", "--check").returncode == 0
    moved = (
        "from agreements.models import Deadline\n"
        "Deadline.objects.filter(kind='expiry').update(due_on='2019-01-01')"
    )
    assert run("shell", "-c", moved).returncode == 0
    try:
        found = run("rebuild_deadlines", "--check")
        assert found.returncode == 1
        assert "PARS-ICE: deadline" in found.stdout
        assert "expiry due 2019-01-01" in found.stdout
        assert "expiry due 2018-08-31" in found.stdout
        assert len(found.stderr.strip().splitlines()) == 1
        assert "differ" in found.stderr
    finally:
        assert run("rebuild_deadlines").returncode == 0
    assert run("rebuild_deadlines", "--check").returncode == 0


@processes
def test_the_example_is_loaded_once(run: Callable[..., Any]) -> None:
    done = run("load_example", "pars")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("0 steps entered")


@processes
def test_a_register_that_is_no_example_takes_none(run: Callable[..., Any]) -> None:
    done = run("load_example", "pars", PACTWATCH_EXAMPLE="0")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "PACTWATCH_EXAMPLE=1" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


# ── JSON of show_agreement ────────────────────────────────────────────────────


def out_of(*arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def shown(*arguments: str) -> dict[str, Any]:
    return json.loads(out_of("show_agreement", *arguments, "--format", "json"))


KEYS = {
    "reference",
    "title",
    "on",
    "known",
    "status",
    "reasons",
    "in_force",
    "sentence",
    "access",
    "notice",
    "term",
    "deadlines",
    "shared_elements",
    "fees",
    "decisions",
    "votes",
    "concerns",
    "conflicts",
}


@pytest.mark.parametrize("day", ["2008-01-01", "2010-05-01", "2015-03-01", "2018-07-28"])
def test_json_has_the_keys_that_were_promised(pars: Any, day: str) -> None:
    said = shown("PARS-ICE", "--on", day)
    assert said.keys() >= KEYS
    assert (said["reference"], said["on"], said["known"]) == ("PARS-ICE", day, None)
    assert isinstance(said["in_force"], bool)
    assert all(isinstance(reason, str) and reason for reason in said["reasons"])
    assert said["reasons"]
    assert said["access"].keys() == {"state", "since", "confirmed_on"}
    assert said["notice"].keys() == {"rule", "given"}
    for given in said["notice"]["given"]:
        assert given.keys() >= {"sent_on", "by"}
    for deadline in said["deadlines"]:
        assert deadline.keys() == {"kind", "due_on", "explanation", "settled_on"}
        assert deadline["kind"] in Deadline.Kind.values
    for element in said["shared_elements"]:
        assert element.keys() >= {"element", "category", "added_on", "removed_on"}
    for fee in said["fees"]:
        assert fee.keys() >= {"amount", "currency", "per", "followed", "citations"}
        assert isinstance(fee["amount"], str)
        for citation in fee["citations"]:
            assert citation.keys() >= {"title", "publisher", "published_on", "address"}
    if said["term"] is not None:
        assert said["term"].keys() >= {"starts_on", "ends_on", "end_kind"}


def test_dates_are_iso_and_partial_dates_edtf(pars: Any) -> None:
    said = shown("PARS-ICE", "--on", "2010-05-01")
    assert said["term"]["starts_on"] == "2008"
    removed = {e["element"]: e["removed_on"] for e in said["shared_elements"]}
    assert removed["Names of victims"] is None  # the amendment is not yet a fact
    assert shown("PARS-ICE", "--on", "2018-06-15")["access"]["confirmed_on"] == "2013-09"


def test_a_settled_deadline_says_when_and_only_once_it_is(pars: Any) -> None:
    def settled(day: str) -> dict[str, Any]:
        found = shown("PARS-ICE", "--on", day)["deadlines"]
        return {(d["kind"], d["due_on"]): d["settled_on"] for d in found}

    assert settled("2018-07-25")["decide_by", "2018-07-02"] is None
    assert settled("2018-07-28")["decide_by", "2018-07-02"] == "2018-07-26"


def test_json_of_an_agreement_of_which_next_to_nothing_is_recorded(db: None) -> None:
    make_agreement(reference="BARE")
    said = shown("BARE", "--on", "2018-06-15")
    assert said["status"] == "draft"
    assert said["term"] is None
    empty = ("deadlines", "shared_elements", "fees", "decisions", "votes", "concerns", "conflicts")
    assert [said[name] for name in empty] == [[]] * len(empty)
    assert said["access"] == {"state": "not_recorded", "since": None, "confirmed_on": None}
    assert said["notice"] == {"rule": None, "given": []}


def test_no_element_is_shared_under_a_draft(db: None) -> None:
    from tests.factories import make_element

    make_agreement(
        reference="DRAFT",
        terms=[{"starts_on": "2018-01-01", "ends_on": "2018-12-31", "is_proposed": True}],
        shared_elements=[{"element": make_element()}],
    )
    said = shown("DRAFT", "--on", "2018-06-15")
    assert (said["status"], said["shared_elements"]) == ("draft", [])


def test_an_element_is_shared_from_the_first_term_to_the_day_before_its_removal(db: None) -> None:
    from tests.factories import make_element

    make_agreement(
        reference="LEDGER",
        terms=[{"starts_on": "2018-01-01", "ends_on": "2018-12-31"}],
        shared_elements=[
            {"element": make_element("From the start")},
            {"element": make_element("Added"), "added_on": "2018-03"},
            {"element": make_element("Removed"), "removed_on": "2018-06-01"},
        ],
    )

    def names(day: str) -> set[str]:
        return {e["element"] for e in shown("LEDGER", "--on", day)["shared_elements"]}

    assert names("2017-12-31") == set()
    assert names("2018-01-01") == {"From the start", "Removed"}
    assert names("2018-03-30") == {"From the start", "Removed"}
    assert names("2018-03-31") == {"From the start", "Removed", "Added"}
    assert names("2018-05-31") == {"From the start", "Removed", "Added"}
    assert names("2018-06-01") == {"From the start", "Added"}
    assert names("2019-01-01") == set()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_can_be_asked_about(pars: Any, day: str) -> None:
    assert shown("PARS-ICE", "--on", day)["on"] == day
    assert shown("PARS-ICE", "--on", day, "--known", "9999-12-31")["reference"] == "PARS-ICE"
    assert json.loads(out_of("list_deadlines", "--on", day, "--format", "json")) is not None


def test_a_reference_is_found_whatever_its_case(pars: Any) -> None:
    assert shown("pars-ice", "--on", "2018-06-15")["reference"] == "PARS-ICE"


def test_an_internal_note_is_in_no_output(pars: Any) -> None:
    from tests.factories import save

    save(pars, internal_note="canary-1")
    decision = pars.decision_set.first()
    save(decision, internal_note="canary-2", withheld_ground="RTKL § 708")
    for output in ("json", "table"):
        assert "canary" not in out_of(
            "show_agreement", "PARS-ICE", "--on", "2018-08-01", "--format", output
        )


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("PARS-ICF", "no agreement PARS-ICF; did you mean PARS-ICE"),
        ("ICE", "no agreement ICE"),
        ("zzz", "no agreement zzz"),
        ("", "no agreement"),
        ("%", "no agreement %"),
    ],
)
def test_an_unknown_reference_is_refused_with_the_nearest(
    pars: Any, reference: str, message: str
) -> None:
    with pytest.raises(CommandError) as raised:
        shown(reference)
    assert str(raised.value).startswith(message)


def test_the_nearest_is_named_where_references_are_in_lower_case(db: None) -> None:
    make_agreement(reference="ferry-police")
    with pytest.raises(CommandError, match="did you mean ferry-police"):
        shown("ferry-polise")


# ── Sentences ─────────────────────────────────────────────────────────────────


def test_an_agreement_that_renewed_by_itself_is_not_in_force_until_a_day_gone_by(db: None) -> None:
    make_agreement(
        reference="AUTO",
        terms=[{"starts_on": "2017-01-01", "ends_on": "2017-12-31", "renewal_kind": "automatic"}],
    )
    said = shown("AUTO", "--on", "2018-06-15")
    assert said["status"] == "in_force"
    assert "until December 31, 2017" not in said["sentence"]


def test_a_suspended_agreement_without_a_recorded_end_says_so(db: None) -> None:
    make_agreement(
        reference="OPEN",
        terms=[{"starts_on": "2017-01-01"}],
        decisions=[{"outcome": "suspend", "decided_on": "2018-01-01"}],
    )
    sentence = shown("OPEN", "--on", "2018-06-15")["sentence"]
    assert "Suspended" in sentence
    assert "End: not recorded" in sentence


def test_sentences_are_in_the_language_of_the_reader(pars: Any) -> None:
    with translation.override("es"):
        said = shown("PARS-ICE", "--on", "2018-06-15")
    assert "31 de agosto de 2018" in said["sentence"]


# ── list_deadlines ────────────────────────────────────────────────────────────


def listed(*arguments: str) -> list[dict[str, Any]]:
    return json.loads(out_of("list_deadlines", *arguments, "--format", "json"))


def test_deadlines_are_listed_by_day_with_where_each_comes_from(pars: Any) -> None:
    found = listed("--on", "2018-06-15")
    assert [(d["reference"], d["kind"], d["due_on"]) for d in found] == [
        ("PARS-ICE", "decide_by", "2018-07-02"),
        ("PARS-ICE", "expiry", "2018-08-31"),
    ]
    assert found[0].keys() == {"reference", "kind", "due_on", "explanation", "settled_on"}
    assert found[0]["explanation"] == "60 days before the term's last day, August 31, 2018"


def test_deadlines_within_some_days_and_those_overdue(pars: Any) -> None:
    assert [d["kind"] for d in listed("--on", "2018-06-15", "--within", "17")] == ["decide_by"]
    assert listed("--on", "2018-06-15", "--within", "16") == []
    overdue = listed("--on", "2018-07-10", "--within", "0")
    assert [(d["kind"], d["due_on"]) for d in overdue] == [("decide_by", "2018-07-02")]
    assert listed("--on", "2018-06-15", "--within", "99999999999") == listed("--on", "2018-06-15")


def test_an_empty_list_says_so(pars: Any) -> None:
    assert out_of("list_deadlines", "--on", "1990-06-15").strip() == (
        "Nothing is due from 1990-06-15 within 366 days."
    )
    assert listed("--on", "1990-06-15") == []


def test_a_table_has_heads_and_no_trailing_spaces(pars: Any) -> None:
    lines = out_of("list_deadlines", "--on", "2018-06-15").splitlines()
    assert lines[0].split() == ["Due", "Agreement", "What", "In", "Why"]
    assert len(lines) == 3
    assert all(line == line.rstrip() for line in lines)


def test_listing_takes_the_same_number_of_queries_however_many_there_are(
    pars: Any, assert_constant_queries: Callable[..., int]
) -> None:
    assert_constant_queries(
        lambda: listed("--on", "2018-06-15"),
        lambda: [
            make_agreement(terms=[{"starts_on": "2018-01-01", "ends_on": f"2018-09-{day:02}"}])
            for day in range(1, 9)
        ],
        most=2,
    )


def test_showing_takes_the_same_number_of_queries_however_long_its_history(
    pars: Any, assert_constant_queries: Callable[..., int]
) -> None:
    from tests.factories import make_citation, make_source, save, writing

    def grow() -> None:
        with writing():
            for number in range(5):
                source = make_source(f"more-{number}")
                make_citation(pars, "kind", source=source, value="contract")
                for event in pars.event_set.all()[:5]:
                    make_citation(event, source=source)
        save(pars, purpose="Grown")

    assert_constant_queries(lambda: shown("PARS-ICE", "--on", "2018-08-01"), grow, most=6)


def test_a_day_is_read_as_iso_and_nothing_else(db: None) -> None:
    for text in ("15.6.2018", "June 15", "2018-13-01", "2018-6-5", "", "today", "2018-06-15T00"):
        with pytest.raises(CommandError, match="is no day"):
            call_command("list_deadlines", f"--on={text}", stdout=StringIO())


def test_known_of_a_day_is_the_end_of_that_city_day(pars: Any) -> None:
    said = shown("PARS-ICE", "--on", "2010-06-30", "--known", "2010-06-30")
    known = dt.datetime.fromisoformat(said["known"])
    assert known == dt.datetime(2010, 7, 1, 3, 59, 59, 999999, tzinfo=dt.UTC)
    early = shown("PARS-ICE", "--on", "2010-06-30", "--known", "2010-07-01T11:59:59-04:00")
    late = shown("PARS-ICE", "--on", "2010-06-30", "--known", "2010-07-01T12:00:00-04:00")
    assert (early["term"]["ends_on"], late["term"]["ends_on"]) == ("2010-07-01", "2010-08-31")


def test_rebuilding_counts_agreements(pars: Any) -> None:
    count = Agreement.objects.count()
    assert (
        out_of("rebuild_deadlines", "--check") == f"Agreements: {count}; rows that differed: 0.\n"
    )
