import datetime as dt
import hashlib
import json
import os
import select
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone, translation

from agreements.models import Agreement, Decision
from reports.alerts import jobs
from reports.briefs import content, issue, layout
from reports.briefs.batch import Plan, issue_due, run
from reports.briefs.check import changed_since, is_redacted
from reports.briefs.editions import INTERNAL, withheld
from reports.briefs.issue import Wish
from reports.models import Brief
from tests.factories import facts_of, make_agreement, make_person, save, writing
from tests.reports.briefs.samples import running
from tests.reports.structure import read

JUNE, JULY = dt.date(2018, 6, 15), dt.date(2018, 7, 28)
ISSUED = dt.datetime(2018, 1, 1, tzinfo=dt.UTC)
NOTE = "zqcanary counsel advises caution"


@pytest.fixture
def officer(db: None) -> Any:
    return make_person("officer@example.gov", name="Officer", role="records_officer")


def text_of(brief: Brief) -> str:
    return " ".join(read(issue.file_of(brief)).text.split())


# The code


def test_code_is_160_bits_of_a_keyed_digest_of_the_content(settings: Any) -> None:
    part = content.brief(running(), language="en")
    code = issue.code_of(part, "letter")
    assert len(code) == 32  # 5 bits each
    assert set(code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert issue.code_of(part, "letter") == code
    others = {
        issue.code_of(part, "a4"),
        issue.code_of(content.brief(running(title="x"), language="en"), "letter"),
    }
    settings.SECRET_KEY = "another key of this register, long enough to be one"
    others.add(issue.code_of(part, "letter"))
    assert len(others | {code}) == 4


def test_code_is_read_however_it_was_typed() -> None:
    assert issue.read_code(" oil1-abcd efgh ") == "0111ABCDEFGH"
    assert issue.grouped("0123456789ABCDEF") == "0123-4567-89AB-CDEF"


# Issuing


def test_issued_brief_is_kept_with_file_checksum_who_and_when(pars: Any, officer: Any) -> None:
    brief = issue.issue(pars.pk, Wish(JUNE), by=officer)
    data = issue.file_of(brief)
    assert brief.sha256 == hashlib.sha256(data).hexdigest()
    assert (brief.issued_by, brief.released_by) == (officer, officer)
    assert brief.file_name == "pars-ice-brief-2018-06-15-en.pdf"
    assert brief.is_tagged
    text = text_of(brief)
    assert f"Code: {brief.shown_code}" in text
    assert "Not issued" not in text
    links = [link for node in read(data).all("Link") for link in node.links]
    assert any(link.endswith(f"/briefs/{brief.code}/") for link in links)


def test_issuing_the_same_content_again_gives_the_same_brief(pars: Any, officer: Any) -> None:
    first = issue.issue(pars.pk, Wish(JUNE), by=officer)
    again = issue.issue(pars.pk, Wish(JUNE), by=None)
    assert (again.pk, Brief.objects.count()) == (first.pk, 1)
    wishes = [
        Wish(JUNE, language="es"),
        Wish(JUNE, paper="a4"),
        Wish(JUNE, edition=INTERNAL),
        Wish(JULY),
    ]
    codes = {issue.issue(pars.pk, wish, by=officer).code for wish in wishes}
    assert len(codes | {first.code}) == 5


def test_next_brief_says_what_changed_since_the_last(pars: Any, officer: Any) -> None:
    first = issue.issue(pars.pk, Wish(JUNE), by=officer)
    with translation.override("en"):
        facts = facts_of(pars)
        part = issue.compose(facts, Wish(JULY), issue.previous_of(facts, Wish(JULY)))
    assert part.changes is not None
    assert first.shown_code in part.changes.lead[0][0].text
    told = ["".join(p.text for p in item) for item in part.changes.items]
    assert "Status: Ending (before: In force)" in told
    assert "Term 3: decision: Do not renew, July 27, 2018 (new)" in told
    assert "Deadline: Decide by: July 2, 2018 (no longer)" in told
    assert any(item.startswith("Timeline: 7 new entries") for item in told)
    assert any(item.startswith("Notice given: non-renewal: City Solicitor") for item in told)
    brief = issue.issue(pars.pk, Wish(JULY), by=officer)
    assert brief.previous_id == first.pk
    assert "Previous brief: June 15, 2018" in text_of(brief)


def test_of_two_briefs_of_one_day_the_second_says_what_changed(pars: Any, officer: Any) -> None:
    first = issue.issue(pars.pk, Wish(JUNE), by=officer)
    save(pars, title="Another name")
    second = issue.issue(pars.pk, Wish(JUNE), by=officer)
    assert second.previous_id == first.pk
    assert "Name: Another name (before:" in text_of(second)
    again = issue.issue(pars.pk, Wish(JUNE), by=officer)
    spanish = issue.issue(pars.pk, Wish(JUNE, language="es"), by=officer)
    assert again == second
    assert spanish.previous_id == first.pk
    third = issue.issue(pars.pk, Wish(JULY), by=officer)
    assert third.previous_id == spanish.pk


def test_brief_that_waits_is_nobodys_previous(pars: Any) -> None:
    issue.issue(pars.pk, Wish(JUNE), by=None, is_released=False)
    assert issue.previous_of(facts_of(pars), Wish(JULY)) is None
    internal = issue.issue(pars.pk, Wish(JUNE, edition=INTERNAL), by=None)
    assert issue.previous_of(facts_of(pars), Wish(JULY)) is None
    assert issue.previous_of(facts_of(pars), Wish(JULY, edition=INTERNAL)) == internal


def test_a_damaged_file_is_refused(pars: Any, officer: Any) -> None:
    brief = issue.issue(pars.pk, Wish(JUNE), by=officer)
    data = bytearray(brief.data)
    data[1000] ^= 1
    Brief.objects.filter(pk=brief.pk).update(data=bytes(data))
    with pytest.raises(issue.DamagedFileError):
        issue.file_of(Brief.objects.get(pk=brief.pk))


# Editions


def test_internal_edition_names_what_it_withholds_and_the_public_one_does_not_show_it(
    pars: Any, officer: Any
) -> None:
    save(pars, internal_note=NOTE)
    decision = Decision.objects.filter(outcome="do_not_renew").get()
    save(
        decision, internal_note="zqcanary on the decision", withheld_ground="65 P.S. 67.708(b)(10)"
    )
    internal = text_of(issue.issue(pars.pk, Wish(JULY, edition=INTERNAL), by=officer))
    assert "Withheld from the public" in internal
    assert NOTE in internal
    assert "zqcanary on the decision" in internal
    public = issue.issue(pars.pk, Wish(JULY), by=officer)
    assert "zqcanary" not in text_of(public)
    assert b"zqcanary" not in issue.file_of(public)
    assert "Withheld" not in text_of(public)


def test_nothing_withheld_is_said_so(db: None, officer: Any) -> None:
    agreement = make_agreement(recipients=["river"])
    assert withheld(facts_of(agreement), JUNE) == ()
    brief = issue.issue(agreement.pk, Wish(JUNE, edition=INTERNAL), by=officer)
    assert "Nothing: the public edition shows the same facts." in text_of(brief)


# Whether it is still current


def test_brief_stays_current_while_nothing_changes_and_days_pass(pars: Any, officer: Any) -> None:
    brief = issue.issue(pars.pk, Wish(JUNE), by=officer)
    assert changed_since(brief, JUNE) == ()
    assert changed_since(brief, dt.date(2018, 7, 1)) == ()
    assert changed_since(brief, dt.date(2010, 1, 1)) == ()


def test_brief_says_what_changed_by_the_day_and_by_what_was_learned(
    pars: Any, officer: Any
) -> None:
    brief = issue.issue(pars.pk, Wish(JUNE), by=officer)
    by_day = {d.label: (d.before, d.after) for d in changed_since(brief, JULY) or ()}
    assert by_day["Status"] == ("In force", "Ending")
    save(pars, title="Another name")
    (learned,) = changed_since(brief, JUNE) or ()
    assert (learned.label, learned.after) == ("Name", "Another name")


def test_what_is_internal_changes_nothing_for_a_public_brief(pars: Any, officer: Any) -> None:
    public = issue.issue(pars.pk, Wish(JUNE), by=officer)
    internal = issue.issue(pars.pk, Wish(JUNE, edition=INTERNAL), by=officer)
    save(pars, internal_note=NOTE)
    assert changed_since(public, JUNE) == ()
    (found,) = changed_since(internal, JUNE) or ()
    assert found.after == NOTE


def test_internal_brief_tells_what_changed_of_what_only_staff_read(db: None, officer: Any) -> None:
    agreement = make_agreement(
        recipients=["river"],
        published_at=ISSUED,
        terms=[{"starts_on": "2016-01-01", "ends_on": "2018-12-31"}],
        payments=[{"amount": 100, "due_on": "2018-01"}, {"amount": 200, "due_on": "2018-06"}],
        reviews=[{"considerations": "first"}, {"considerations": "second"}],
    )
    wish = Wish(JUNE, edition=INTERNAL)
    brief = issue.issue(agreement.pk, wish, by=officer)
    assert changed_since(brief, JUNE) == ()
    save(agreement.payment_set.earliest("pk"), amount=999, received_on="2018-06-01")
    save(agreement.review_set.earliest("pk"), considerations="other thoughts")
    found = {(d.label, d.before, d.after) for d in changed_since(brief, JUNE) or ()}
    assert ("Review", "first", "other thoughts") in found
    assert ("Payment", "$100, due January 2018; received: not recorded",
            "$999, due January 2018; received: June 1, 2018") in found  # fmt: skip
    later = issue.issue(agreement.pk, Wish(JULY, edition=INTERNAL), by=officer)
    assert "Review: other thoughts (before: first)" in text_of(later)


def test_what_was_redacted_since_is_offered_no_longer(
    db: None, officer: Any, client: Client
) -> None:
    agreement = make_agreement(
        recipients=["river"],
        published_at=ISSUED,
        terms=[{"starts_on": "2016-01-01", "ends_on": "2018-12-31"}],
        concerns=[{"title": "zqcanary", "raised_on": "2018-02-01"}],
    )
    brief = issue.issue(agreement.pk, Wish(JUNE), by=officer)
    internal = issue.issue(agreement.pk, Wish(JUNE, edition=INTERNAL), by=officer)
    page, file = f"/briefs/{brief.code}/", f"/briefs/{brief.code}/{brief.file_name}"
    assert "zqcanary" in text_of(brief)
    assert not is_redacted(brief)
    assert client.get(file).status_code == 200
    save(agreement.concern_set.get(), is_internal=True, withheld_ground="privacy")
    assert is_redacted(brief)
    assert not is_redacted(internal)
    said = client.get(page).content.decode()
    assert "Partly withheld" in said
    assert "zqcanary" not in said
    assert file not in said
    gone = client.get(file)
    assert (gone.status_code, b"zqcanary" in gone.content) == (410, False)
    client.force_login(make_person("reader@example.gov", role="editor"))
    assert client.get(file).status_code == 200


def test_what_was_hidden_and_then_deleted_stays_hidden(db: None, officer: Any) -> None:
    agreement = make_agreement(
        recipients=["river"],
        published_at=ISSUED,
        terms=[{"starts_on": "2016-01-01", "ends_on": "2018-12-31"}],
        concerns=[{"title": "zqcanary", "raised_on": "2018-02-01"}],
    )
    brief = issue.issue(agreement.pk, Wish(JUNE), by=officer)
    save(agreement.concern_set.get(), is_internal=True, withheld_ground="privacy")
    with writing():
        agreement.concern_set.get().delete()
    assert is_redacted(brief)
    assert "zqcanary" not in str(changed_since(brief, JUNE))
    assert "zqcanary" not in text_of(issue.issue(agreement.pk, Wish(JUNE), by=officer))


def test_a_brief_that_tells_what_is_withheld_of_the_one_before_goes_too(
    db: None, officer: Any
) -> None:
    agreement = make_agreement(
        recipients=["river"],
        published_at=ISSUED,
        terms=[{"starts_on": "2016-01-01", "ends_on": "2018-12-31"}],
        events=[{"kind": "protest", "title": "zqcanary", "occurred_on": "2018-02-07"}],
    )
    first = issue.issue(agreement.pk, Wish(JUNE), by=officer)
    event = agreement.event_set.get()
    save(event, occurred_on="2019-01-01")
    second = issue.issue(agreement.pk, Wish(JUNE), by=officer)
    assert "Zqcanary" in text_of(second)
    save(event, is_internal=True, withheld_ground="privacy")
    assert is_redacted(first)
    assert is_redacted(second)


# Automatic issue


def test_scheduler_issues_briefs_where_the_register_is_set_up_to(pars: Any, settings: Any) -> None:
    (job,) = (j for j in jobs.registered() if j.name == "briefs")
    job.run(JUNE)
    assert not Brief.objects.exists()
    settings.PACTWATCH_BRIEF_DAYS = 30
    job.run(JUNE)
    assert Brief.objects.waiting().count() == 2


@pytest.mark.parametrize(("role", "is_released"), [("records_officer", True), ("editor", False)])
def test_a_batch_is_released_by_whoever_may(
    pars: Any, tmp_path: Path, role: str, *, is_released: bool
) -> None:
    make_person("batch@example.gov", role=role)
    out = StringIO()
    words = ["PARS-ICE", "--on", "2018-06-15", "--output", str(tmp_path / "out")]
    call_command("issue_briefs", *words, by="batch@example.gov", stdout=out, stderr=StringIO())
    brief = Brief.objects.get()
    assert (brief.released_at is not None) == is_released
    assert ("wait on the desk for release" in out.getvalue()) != is_released
    assert (tmp_path / "out" / brief.file_name).exists()


def test_a_batch_as_known_then_leaves_out_what_was_not_known(pars: Any, tmp_path: Path) -> None:
    words = ["--on", "2010-06-30", "--known", "2010-06-30", "--output", str(tmp_path / "out")]
    call_command("issue_briefs", *words, stdout=StringIO(), stderr=StringIO())
    assert [b.agreement.reference for b in Brief.objects.all()] == ["PARS-ICE"]
    with pytest.raises(CommandError, match="did not know PARS-ICE"):
        call_command(
            "issue_briefs", "PARS-ICE", "--known", "2007-01-01", "--output", str(tmp_path / "x")
        )


def test_briefs_near_a_decision_are_issued_once_and_wait(pars: Any) -> None:
    assert issue_due(dt.date(2018, 5, 1), 30) == []
    made = issue_due(JUNE, 30)
    assert sorted(b.language for b in made) == ["en", "es"]
    assert all(b.released_at is None and b.issued_by is None for b in made)
    assert issue_due(JUNE + dt.timedelta(days=1), 30) == []
    assert Brief.objects.waiting().count() == 2


def test_release_is_done_once(pars: Any, officer: Any) -> None:
    brief = issue.issue(pars.pk, Wish(JUNE), by=None, is_released=False)
    assert issue.release(brief, by=officer)
    assert not issue.release(brief, by=officer)
    assert Brief.objects.get().released_by == officer


# Batches


def test_batch_writes_every_brief_and_counts(pars: Any, tmp_path: Path) -> None:
    ids = list(Agreement.objects.published().values_list("pk", flat=True))
    counted: list[tuple[int, int]] = []
    done = run(
        Plan(Wish(JUNE), ids, tmp_path / "out"), jobs=1, progress=lambda *n: counted.append(n)
    )
    assert (done.issued, done.kept) == (len(ids), 0)
    assert counted[-1] == (len(ids), len(ids))
    for brief in Brief.objects.all():
        assert (tmp_path / "out" / brief.file_name).read_bytes() == issue.file_of(brief)
    again = run(Plan(Wish(JUNE), ids, tmp_path / "out"), jobs=1)
    assert (again.issued, again.kept) == (0, len(ids))


def test_batch_into_a_zip_is_the_same_each_time(pars: Any, tmp_path: Path) -> None:
    ids = list(Agreement.objects.published().values_list("pk", flat=True))
    digests = set()
    for name in ("a.zip", "b.zip"):
        run(Plan(Wish(JUNE), ids, tmp_path / name), jobs=1)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
        with zipfile.ZipFile(tmp_path / name) as archive:
            assert archive.testzip() is None
            assert len(archive.namelist()) == len(ids)
    assert len(digests) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "b.zip"]


GROW = """
from tests.factories import make_agreement, writing
from django.utils import timezone
with writing():
    for n in range(40):
        make_agreement(reference=f"GROWN-{n:03}", published_at=timezone.now(), recipients=["river"],
                       terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}])
"""


@pytest.mark.processes
def test_killed_batch_goes_on_where_it_was_with_several_processes(
    example_register: dict[str, str], manage: Callable[..., Any], tmp_path: Path
) -> None:
    grown = manage("shell", "-c", GROW, env=example_register)
    assert grown.returncode == 0, grown.stderr
    words = ["issue_briefs", "--on", "2018-06-15", "--jobs", "2", "--output", str(tmp_path / "out")]
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "manage.py", *words],
        env=os.environ | example_register,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    folder = tmp_path / "out"
    assert process.stderr
    told = iter(process.stderr.readline, b"")
    assert any(line.startswith(b"12 of") for line in told), "it ended before it could be killed"
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    before = {p.name: p.read_bytes() for p in folder.glob("*.pdf")}
    assert 12 <= len(before) < 45
    rest = manage(*words, env=example_register)
    assert rest.returncode == 0, rest.stderr
    issued, kept, waiting = (int(w) for w in rest.stdout.split() if w.isdigit())
    assert waiting == 45
    assert issued + kept == 45
    assert kept >= len(before) - 1
    assert issued > 0
    after = {p.name: p.read_bytes() for p in folder.glob("*.pdf")}
    assert len(after) == 45
    assert {name: after[name] for name in before} == before
    assert list(folder.glob(".*")) == []
    assert "45 of 45" in rest.stderr


def test_a_zip_holds_the_briefs_of_its_plan_alone(pars: Any, tmp_path: Path) -> None:
    left = tmp_path / "out.zip.parts"
    left.mkdir()
    (left / "pars-ice-brief-2018-06-15-en-internal.pdf").write_bytes(b"%PDF of another plan")
    run(Plan(Wish(JUNE), [pars.pk], tmp_path / "out.zip"), jobs=1)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["pars-ice-brief-2018-06-15-en.pdf"]


def test_with_one_process_each_brief_is_kept_before_the_next_is_made(
    pars: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_before: list[int] = []
    make = issue.make

    def counted(pk: int, wish: Wish) -> Any:
        kept_before.append(Brief.objects.count())
        return make(pk, wish)

    monkeypatch.setattr(issue, "make", counted)
    others = [make_agreement(reference=f"B-{n}", published_at=timezone.now()).pk for n in range(2)]
    run(Plan(Wish(JUNE), [pars.pk, *others], tmp_path / "out"), jobs=1)
    assert kept_before == [0, 1, 2]


SAME = """
import datetime as dt, hashlib, json
from agreements.models import Agreement
from reports.briefs import issue
pk = Agreement.objects.get(reference="PARS-ICE").pk
found = []
for edition in ("public", "internal"):
    for language in ("en", "es"):
        made = issue.make(pk, issue.Wish(dt.date(2018, 6, 14), edition=edition, language=language))
        found.append([made.code, hashlib.sha256(made.printed.data).hexdigest()])
print("RESULT" + json.dumps(found))
"""


@pytest.mark.processes
def test_three_processes_give_the_same_codes_and_bytes(
    example_register: dict[str, str], manage: Callable[..., Any]
) -> None:
    results = []
    for seed in ("0", "1", "4242"):
        done = manage("shell", "-c", SAME, env=example_register | {"PYTHONHASHSEED": seed})
        assert done.returncode == 0, done.stderr
        results.append(json.loads(done.stdout.partition("RESULT")[2]))
    assert results[0] == results[1] == results[2]
    assert len({code for code, _ in results[0]}) == 4


# The command


def command(*words: str) -> str:
    out = StringIO()
    call_command("issue_briefs", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_issue_briefs_issues_those_that_are_named(pars: Any, officer: Any, tmp_path: Path) -> None:
    out = command(
        "pars-ice", "--on", "2018-06-15", "--by", officer.email, "--output", str(tmp_path)
    )
    assert out == f"{tmp_path}: 1 briefs issued, 0 issued before\n"
    assert [p.name for p in tmp_path.iterdir()] == ["pars-ice-brief-2018-06-15-en.pdf"]
    assert Brief.objects.get().issued_by == officer
    assert "wait on the desk" in command("--due", "--on", "2018-06-15")


def test_issue_briefs_says_what_is_wrong(pars: Any, tmp_path: Path) -> None:
    save(pars, published_at=None)
    reader = make_person("reader@example.gov", role="council_reader")
    for words, sentence in (
        ((), "say where the files go"),
        (("NOPE", "--output", str(tmp_path)), "no agreement NOPE"),
        (("PARS-ICE", "--output", str(tmp_path)), "PARS-ICE is not published"),
        (("--by", "nobody@example.org", "--output", str(tmp_path)), "no active person"),
        (("--by", reader.email, "--output", str(tmp_path)), "may not issue briefs"),
        (("--due", "--lead", "-5"), "--lead is a number of days"),
        (("--due", "PARS-ICE"), "leave out the references"),
    ):
        with pytest.raises(CommandError, match=sentence):
            command(*words)


def test_write_brief_writes_the_internal_edition(pars: Any, tmp_path: Path) -> None:
    save(pars, internal_note=NOTE)
    path = tmp_path / "brief.pdf"
    call_command(
        "write_brief", "PARS-ICE", on=JUNE, edition="internal", output=str(path), stdout=StringIO()
    )
    assert NOTE in " ".join(read(path.read_bytes()).text.split())


def test_fallback_is_noted_on_the_brief(
    pars: Any, officer: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from reports.briefs.tagging import TaggedCanvas

    monkeypatch.delattr(TaggedCanvas, "_structure")
    brief = issue.issue(pars.pk, Wish(JUNE), by=officer)
    assert not brief.is_tagged
    assert "Tagging failed" in caplog.text
    assert issue.file_of(brief).startswith(b"%PDF")


def test_limits_of_a_code_are_no_error(db: None) -> None:
    for text in ("", "\x00", "é" * 50, "I" * 60):
        assert isinstance(issue.read_code(text), str)
    assert layout.PAPERS == ("letter", "a4")


def test_brief_issued_under_embargo_is_no_longer_current_once_it_is_lifted(
    pars: Any, officer: Any
) -> None:
    """The public brief follows published facts: silence betrays nothing, lifting shows."""
    decision = Decision.objects.filter(outcome="do_not_renew").get()
    later = timezone.now() + dt.timedelta(days=3)
    save(decision, embargoed_until=later)
    public = issue.issue(pars.pk, Wish(JULY), by=officer)
    assert "Do not renew, announced" not in text_of(public)
    assert changed_since(public, JULY) == ()
    internal = text_of(issue.issue(pars.pk, Wish(JULY, edition=INTERNAL), by=officer))
    assert "Term 3: decision" in internal
    save(decision, embargoed_until=None)
    assert "Term 3: decision" in {d.label for d in changed_since(public, JULY) or ()}


def test_internal_brief_leads_to_its_payments_and_to_the_desk(db: None, officer: Any) -> None:
    agreement = make_agreement(
        recipients=["river"],
        terms=[{"starts_on": "2016-01-01", "ends_on": "2018-12-31"}],
        payments=[{"amount": 100, "due_on": "2018-01"}, {"amount": 200, "due_on": "2018-06-01"}],
    )
    part = issue.compose(facts_of(agreement), Wish(JUNE, edition=INTERNAL), None)
    closing = "".join(phrase.text for phrase in part.money.closing[0])
    assert closing == "2 payments recorded: see “Withheld from the public.”"
    assert part.address.endswith(f"/desk/agreements/{agreement.slug}/?on=2018-06-15")


POOL = """
import multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor
from reports.briefs import worker
if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=worker.set_up) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        sys.stdin.read()
"""


@pytest.mark.processes
def test_a_worker_ends_with_the_process_that_it_works_for(tmp_path: Path) -> None:
    (tmp_path / "pool.py").write_text(POOL)
    root = Path(__file__).resolve().parents[3]
    parent = subprocess.Popen(  # noqa: S603
        [sys.executable, str(tmp_path / "pool.py")],
        env=os.environ | {"PYTHONPATH": str(root), "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout
    assert parent.stdin
    worker = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    ended, _, _ = select.select([worker], [], [], 10)
    if not ended:
        signal.pidfd_send_signal(worker, signal.SIGKILL)
    os.close(worker)
    parent.stdin.close()
    parent.stdout.close()
    assert ended, "it went on without a parent"
