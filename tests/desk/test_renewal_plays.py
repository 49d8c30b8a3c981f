"""Two renewals played in a real browser, modelled on 2018: one that ends, one that changes.

The votes are the plays' own, cast by test voters whose office says so: no source reports the votes
of 2018.
"""

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from agreements.models import Agreement, Deadline, Mandate, SharedElement, Term
from agreements.upkeep import rebuild
from desk.views.renewals import ACTIONS
from parties.models import Party
from revisions.models import Change
from tests.factories import make_person, save, writing

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: no page is opened"),
]

JUNE_15 = dt.date(2018, 6, 15)
PARS = "/agreements/pars-ice/"
VOTERS = {
    "city-of-philadelphia": "Test voter for the City",
    "district-attorney": "Test voter for the District Attorney",
    "first-judicial-district": "Test voter for the courts",
}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(autouse=True)
def static_root() -> None:
    """The served register has an empty place of its own."""


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database without a transaction around each test: the served pages must see it."""
    with django_db_blocker.unblock():
        assert "test_pactwatch" in str(connection.settings_dict["NAME"])
        yield


@pytest.fixture(scope="module")
def served(db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from django.test import override_settings

    root = str(tmp_path_factory.mktemp("static"))
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop in this thread
    try:
        with override_settings(
            STATIC_ROOT=root, ALLOWED_HOSTS=["localhost"], PACTWATCH_EXAMPLE=True
        ):
            server = LiveServer("localhost")
            try:
                yield server.url
            finally:
                server.stop()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def chromium(served: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def sent(page: Page, button: Locator) -> None:
    """Send a form, see its preview where it has one, and confirm; the answer has loaded."""
    with page.expect_navigation():
        button.click()
    confirm = page.locator("button[name=confirmed]")
    if confirm.count():
        with page.expect_navigation():
            confirm.click()


class Play:
    """The stage: a register, the people, the day, and a browser for each of them."""

    def __init__(self, chromium: Browser, served: str, settings: Any) -> None:
        self.chromium, self.served, self.settings = chromium, served, settings
        self.trouble: list[str] = []
        self.agreement = Agreement.objects.get(reference="PARS-ICE")
        self.term = Term.objects.get(agreement=self.agreement, number=3)
        self.renewal = f"/desk/renewals/{self.term.pk}/"
        self.people = {
            "editor": make_person("play-editor@example.org", name="Editor", role="editor"),
            "officer": make_person(
                "play-officer@example.org", name="Officer", role="records_officer"
            ),
        }
        with writing(self.people["editor"], "Test voters are given their mandates"):
            for slug, office in VOTERS.items():
                self.people[slug] = make_person(f"{slug}@example.org", name=office)
                Mandate.objects.create(
                    user=self.people[slug],
                    party=Party.objects.get(slug=slug),
                    office=office,
                    from_on=dt.date(2018, 1, 1),
                )

    def day(self, text: str) -> None:
        """The day comes, and with it the daily step."""
        self.settings.PACTWATCH_TODAY = dt.date.fromisoformat(text)
        call_command("begin_renewals", stdout=StringIO())

    @contextmanager
    def as_(self, who: str = "", **options: Any) -> Iterator[Page]:
        """A tab of somebody; of the public for nobody. What goes wrong in it is noted."""
        context = self.chromium.new_context(
            **(
                {
                    "base_url": self.served,
                    "viewport": {"width": 1280, "height": 900},
                    "locale": "en-US",
                    "java_script_enabled": False,
                }
                | options
            )
        )
        context.set_default_timeout(60_000)
        if who:
            person, session = self.people[who], SessionStore()
            session[SESSION_KEY] = str(person.pk)
            session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
            session[HASH_SESSION_KEY] = person.get_session_auth_hash()
            session.create()
            context.add_cookies(
                [{"name": "sessionid", "value": str(session.session_key), "url": self.served}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        try:
            yield page
        finally:
            context.close()
        assert self.trouble == []

    def act(self, who: str, name: str, button: str, **fields: Any) -> str:
        """Fill in the form of an action, send it, and say what the page answers."""
        with self.as_(who) as page:
            page.goto(f"{self.renewal}{name}/")
            for field, value in fields.items():
                control = page.locator(f"[name={field}]").first
                if control.get_attribute("type") in {"radio", "checkbox"}:
                    page.locator(f"[name={field}][value='{value}']").check()
                elif control.evaluate("e => e.tagName") == "SELECT":
                    control.select_option(label=value)
                else:
                    control.fill(value)
            sent(page, page.get_by_role("button", name=button))
            return " ".join(page.locator("main").inner_text().split())

    def reads(self, who: str = "editor", path: str = "") -> str:
        with self.as_(who) as page:
            page.goto(path or self.renewal)
            return " ".join(page.locator("main").inner_text().split())

    def public(self) -> tuple[str, str]:
        """The public page's status sentence, and all that it says."""
        with self.as_() as page:
            page.goto(PARS)
            sentence = " ".join(page.locator("p.status").inner_text().split())
            return sentence, " ".join(page.locator("main").inner_text().split())

    def open_kinds(self, audience: str = "staff") -> dict[str, str]:
        """The deadlines of the agreement that stand open today for an audience, by kind."""
        seen_by = {"agreement": self.agreement, "audience__in": ["all", audience]}
        rows = Deadline.objects.open().filter(**seen_by)
        return {row.kind: row.due_on.isoformat() for row in rows}

    def desk(self, heading: str, who: str = "editor") -> str:
        """What stands on a desk, of everybody's work, under a heading; empty if nothing."""
        with self.as_(who) as page:
            page.goto("/desk/?all=1")
            found = page.locator("main section").filter(
                has=page.get_by_role("heading", name=heading, exact=True)
            )
            return " ".join(found.inner_text().split()) if found.count() else ""

    def history(self, who: str) -> str:
        """The whole history of the record as somebody sees it; nobody is the public."""
        staff = f"/desk/history/agreements.Agreement/{self.agreement.pk}/"
        with self.as_(who) as page:
            page.goto(staff if who else PARS)
            found = page.locator("main" if who else "#history").text_content() or ""
            return " ".join(found.split())

    def check(self) -> None:
        """What is stored is what a rebuild would store."""
        assert rebuild([self.agreement.pk], timezone.now(), check_only=True) == []


@pytest.fixture
def play(chromium: Browser, served: str, settings: Any) -> Iterator[Play]:
    """PARS as of June 15, 2018; flushed afterwards."""
    settings.PACTWATCH_TODAY = JUNE_15
    settings.PACTWATCH_EXAMPLE = True
    call_command("load_example", "pars", until=JUNE_15, stdout=StringIO())
    yield Play(chromium, served, settings)
    call_command("flush", interactive=False, verbosity=0)


def decision_is_taken(play: Play) -> None:
    """Take the proposed decision, kept from the public until it is announced."""
    later = f"{timezone.now() + dt.timedelta(days=30):%Y-%m-%d} 09:00"
    before = play.open_kinds("public")
    refused = play.act("officer", "settle", "Take the decision", embargoed_until="2018-07-27 09:00")
    assert "An embargo ends later than now" in refused
    said = play.act("officer", "settle", "Take the decision", embargoed_until=later)
    assert "Decided: do not renew." in said
    assert "do not renew" in play.desk("Embargoes about to end")
    assert "decision: do not renew" not in play.public()[1].lower()
    assert "Trust in police" not in play.public()[1]
    assert play.open_kinds("public") == before
    assert "Decided: " not in play.history("")
    assert "Decided: " in play.history("editor")


def test_a_renewal_that_ends(play: Play) -> None:
    # June 15: the register opens the review, at the agreement's lead
    play.day("2018-06-15")
    said = play.reads()
    assert "In force until August 31, 2018." in said
    assert "Opened June 15, 2018, due July 2, 2018." in said
    assert "Renewing can still meet the rule: 0 for, 3 of 3 needed." in said
    assert play.open_kinds() == {
        "decide_by": "2018-07-02",
        "review": "2018-07-02",
        "expiry": "2018-08-31",
    }
    assert Change.objects.latest("id").by.email == "register@pactwatch.invalid"
    assert "July 2, 2018" in play.desk("Coming up")
    assert "Access: on, last confirmed September 2013." in play.public()[0]
    assert play.desk("Votes to cast", "district-attorney").count("ends on August 31, 2018") == 1
    play.act("editor", "considerations", "Save", considerations="The chilling effect on reporting")
    said = play.act(
        "editor",
        "concern",
        "Record the concern",
        title="Use against people never convicted",
        put_to="U.S. Immigration and Customs Enforcement",
        answer_due_on="2018-06-30",
    )
    assert "Unanswered" in said
    assert "Use against people never convicted" in play.history("editor")

    # July 11: a test vote; renewing can no longer meet the rule, and the answer is overdue
    play.day("2018-07-11")
    said = play.act("district-attorney", "vote", "Cast the vote", value="no")
    assert "Renewing can no longer meet the rule: 3 of 3 must be for it" in said
    assert "Test voter for the District Attorney" in said
    assert "Answer overdue" in said
    assert play.open_kinds()["answer"] == "2018-06-30"
    assert "Answer due" in play.desk("Overdue")
    assert play.desk("Votes to cast", "district-attorney") == ""
    assert "No decision" in play.public()[0]

    # July 26: notice is given
    play.day("2018-07-26")
    said = play.act(
        "editor",
        "notice",
        "Record the notice",
        given_by="City of Philadelphia",
        office="City Solicitor",
        method="e-mailed letter",
        given_to="U.S. Immigration and Customs Enforcement",
        sent_on="2018-07-26",
    )
    assert "In force until August 31, 2018, not to be renewed." in said
    assert "Notice given July 26, 2018." in play.public()[0]
    assert set(play.open_kinds()) == {"review", "expiry", "answer", "obligation"}
    assert "e-mailed letter" in play.history("")

    # July 27: proposed by one, settled by another, announced
    play.day("2018-07-27")
    play.act(
        "editor",
        "proposal",
        "Save the proposal",
        outcome="do_not_renew",
        rationale="Trust in police",
        internal_note="SECRET: tell the vendor first",
        withheld_ground="RTKL § 708",
    )
    assert "SECRET" not in play.public()[1]
    assert "do not renew" in play.desk("Proposals to settle", "officer").lower()
    assert play.desk("Proposals to settle") == "", "nobody settles alone what they proposed alone"
    decision_is_taken(play)
    play.act(
        "officer",
        "announcement",
        "Record the announcement",
        announced_on="2018-07-27",
        rationale="Trust in police",
    )
    sentence, whole = play.public()
    assert "In force until August 31, 2018, not to be renewed." in sentence
    assert "Trust in police" in whole
    assert "decision: do not renew" in whole.lower()
    assert "SECRET" not in whole
    assert play.desk("Embargoes about to end") == ""
    assert "Decision announced" in play.history("")
    assert play.open_kinds("public") == play.open_kinds()
    assert play.open_kinds() == {
        "expiry": "2018-08-31",
        "answer": "2018-06-30",
        "obligation": "2018-09-01",
    }
    play.check()

    # August 31: the last day, in force all day
    play.day("2018-08-31")
    assert "In force until August 31, 2018, not to be renewed." in play.public()[0]
    assert "expiry" in play.open_kinds()
    assert "access is to be off" in play.desk("Coming up")
    assert "Access: on" in play.public()[0]

    # September 1: over; the close-out stays open, since access is not confirmed off
    play.day("2018-09-01")
    sentence, _ = play.public()
    assert sentence == "Ended August 31, 2018, not renewed. Access not confirmed off."
    said = play.reads()
    assert said.count("Record as done") == 3
    assert "expiry" not in play.open_kinds()
    assert play.open_kinds()["obligation"] == "2018-09-01"

    # closed with evidence
    for name in ("Access cut off", "Data destroyed", "Partner told"):
        with play.as_("editor") as page:
            page.goto(play.renewal)
            page.get_by_role("row", name=name).get_by_role("link").click()
            page.locator("[name=done_on]").fill("2018-09-01")
            page.locator("[name=evidence]").fill(f"Letter on file: {name}")
            sent(page, page.get_by_role("button", name="Record as done"))
            assert page.url.endswith(play.renewal)
    sentence, _ = play.public()
    assert sentence == (
        "Ended August 31, 2018, not renewed. Access off, confirmed September 1, 2018."
    )
    assert set(play.open_kinds()) == {"answer"}
    assert "Letter on file: Access cut off" in play.history("")
    assert "PARS-ICE" not in play.desk("Coming up")
    assert "Record as done" not in play.reads()
    play.check()


def test_a_renewal_with_changes_that_is_executed_late(play: Play) -> None:
    save(play.term, provides_holdover=True)
    play.day("2018-06-15")
    dropped = SharedElement.objects.get(agreement=play.agreement, element__name="Charges")
    said = play.act(
        "editor",
        "proposal",
        "Save the proposal",
        outcome="renew_with_changes",
        ends_on="2019-08-31",
        license_fee="6000",
        currency="USD",
        fee_per_months="12",
        drops=str(dropped.pk),
        rationale="Fewer fields",
    )
    assert "Proposed: renew with changes" in said
    assert "$6,000 a year" in said
    assert "No longer shared: Charges" in said
    assert "6,000" not in play.public()[1]
    assert "6,000" not in play.history("")
    assert "renew with changes" in play.desk("Proposals to settle", "officer")
    for slug in VOTERS:
        said = play.act(slug, "vote", "Cast the vote", value="yes")
    assert "Renewing meets the rule: 3 for, 3 of 3 needed." in said

    # decided; the next term is proposed, and is to be signed before it would begin
    said = play.act("officer", "settle", "Take the decision")
    assert "Term 4 is proposed and waits for its execution." in said
    assert play.open_kinds() == {"signature": "2018-08-31", "expiry": "2018-08-31"}
    assert "Signature due" in play.desk("Coming up")
    assert "proposed, not executed" in play.public()[1]
    assert "In force until August 31, 2018." in play.public()[0]

    # September 1: held over, the signature overdue
    play.day("2018-09-01")
    assert play.public()[0].startswith("Held over since August 31, 2018, until renewed or ended.")
    assert play.open_kinds() == {"signature": "2018-08-31", "expiry": "2018-08-31"}
    assert "Signature due" in play.desk("Overdue")
    assert "Access: on" in play.public()[0]
    dropped.refresh_from_db()
    assert dropped.removed_on is None

    # September 20: executed late
    play.day("2018-09-20")
    play.act("editor", "execution", "Record the execution", executed_on="2018-09-20")
    sentence, whole = play.public()
    assert sentence.startswith("In force until August 31, 2019.")
    assert "$6,000 a year" in whole
    assert "Access: on" in sentence
    assert "September 20, 2018" in play.history("")
    assert play.desk("Overdue") == ""
    assert play.open_kinds() == {"decide_by": "2019-07-02", "expiry": "2019-08-31"}
    dropped.refresh_from_db()
    assert str(dropped.removed_on) == "2018-09-20"
    with play.as_() as page:
        page.goto(f"{PARS}?on=2018-09-19")
        assert "Held over" in page.locator("p.status").inner_text()
    assert "Term 4 follows term 3" in play.act(
        "editor", "proposal", "Save the proposal", outcome="do_not_renew"
    )
    play.check()


def _send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form.renewal-form button").click()


WIDER = "document.documentElement.scrollWidth"


def looked_at(page: Page, name: str) -> dict[Any, str]:
    """What the rules find in a page: light, dark, and 320 px wide; pictures where asked for."""
    found: dict[Any, str] = {}
    axe = Axe()
    for look, width, scheme in (
        ("light", 1280, "light"),
        ("dark", 1280, "dark"),
        ("phone", 320, "light"),
    ):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for violation in axe.run(page, options={"runOnly": WCAG}).response["violations"]:
            found[name, look, violation["id"]] = violation["nodes"][0]["html"][:160]
        if page.evaluate(WIDER) > width:
            found[name, look, "wider"] = str(page.evaluate(WIDER))
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{look}.png", full_page=True)
    return found


def test_no_page_breaks_a_rule_of_access(play: Play) -> None:
    play.day("2018-07-11")
    play.act("district-attorney", "vote", "Cast the vote", value="yes")
    play.act("editor", "concern", "Record the concern", title="Use", answer_due_on="2018-07-11")
    play.act(
        "editor",
        "proposal",
        "Save the proposal",
        outcome="renew_with_changes",
        ends_on="2019-08-31",
        license_fee="6000",
        currency="USD",
        fee_per_months="12",
        rationale="Fewer fields",
        internal_note="Ask",
    )
    play.day("2018-07-12")
    found: dict[Any, str] = {}
    opened: list[tuple[str, str, Callable[[Page], Any] | None]] = [
        ("list", "/desk/renewals/", None),
        ("renewal", play.renewal, None),
        *((a.name, f"{play.renewal}{a.name}/", None) for a in ACTIONS if a.name != "vote"),
        ("refused", f"{play.renewal}settle/", _send),
    ]
    with play.as_("editor", java_script_enabled=True) as page:
        for name, path, act in opened:
            page.goto(path)
            if act is not None:
                act(page)
            found |= looked_at(page, name)
    with play.as_("first-judicial-district", java_script_enabled=True) as page:
        page.goto(f"{play.renewal}vote/")
        found |= looked_at(page, "vote")
    assert found == {}


def test_a_vote_is_cast_by_keyboard_alone(play: Play) -> None:
    play.day("2018-06-15")
    with play.as_("city-of-philadelphia", java_script_enabled=True) as page:
        page.goto(f"{play.renewal}vote/")
        page.locator("[name=party]").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("button[name=confirmed]").wait_for()
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == "confirmed":
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{play.renewal}")
        assert "for renewing" in page.locator("main").inner_text()
