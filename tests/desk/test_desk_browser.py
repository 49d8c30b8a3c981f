"""The desk in a real browser: by keyboard, without JavaScript, narrow, dark, by axe."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pytest_django.live_server_helper import LiveServer

from agreements.models import Agreement
from desk.kinds import OF_AGREEMENT, SECTIONS, SHARED
from tests.factories import make_person, save, writing

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: no page is opened"),
]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


@pytest.fixture
def chromium() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright runs a loop in this thread
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            yield browser
            browser.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def record(committed_example: None, june_2018: Any, settings: Any) -> Agreement:
    settings.ALLOWED_HOSTS = ["localhost"]
    found = Agreement.objects.get(reference="PARS-ICE")
    with writing(reason="A note for the browser"):
        save(found, frequency="Each day, at night")
    return found


@pytest.fixture
def site(record: Agreement, static_root: Any) -> Iterator[str]:
    """The address of the served register."""
    server = LiveServer("localhost")
    try:
        yield server.url
    finally:
        server.stop()


def signed_in(browser: Browser, url: str, **options: Any) -> BrowserContext:
    client = Client()
    client.force_login(make_person("officer-2@example.org", name="Two", role="records_officer"))
    context = browser.new_context(base_url=url, **options)
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])
    context.set_default_timeout(60_000)
    return context


def memory(record: Agreement) -> list[str]:
    """The list, and the pages of the history."""
    of = f"/desk/history/agreements.Agreement/{record.pk}/"
    first = Agreement.history.filter(id=record.pk).order_by("history_id")[1]
    return [
        "/desk/agreements/",
        "/desk/agreements/?status=unknown&column=title&column=fee",
        f"/desk/agreements/change/?id={record.pk}",
        "/desk/views/save/?status=unknown",
        "/desk/history/?kind=~",
        of,
        f"{of}compare/?first=2018-06-01&second=2018-08-31",
        f"{of}restore/{first.history_id}/",
    ]


def forms(record: Agreement) -> list[str]:
    """The record itself, and every form by which it and what it shares is entered."""
    of = f"/desk/agreements/{record.slug}/"
    source = f"/desk/sources/agreements.Term/{record.term_set.get(number=3).pk}/"
    return [
        "/desk/",
        "/desk/?all=1",
        "/desk/agreements/new/",
        of,
        *(f"{of}edit/{section}/" for section in SECTIONS),
        *(f"{of}{kind}/new/" for kind in OF_AGREEMENT),
        *(f"/desk/records/{kind}/" for kind in SHARED),
        *(f"/desk/records/{kind}/new/" for kind in SHARED),
        source,
        f"{source}ends_on/",
        f"{source}license_fee/",
    ]


def work(record: Agreement) -> list[str]:
    """Renewals, publication, briefs, alerts, people, and one's own account."""
    somebody = make_person("somebody@example.org", name="Somebody", role="editor")
    renewal = f"/desk/renewals/{record.term_set.get(number=3).pk}/"
    actions = ("considerations", "concern", "notice", "recorded-vote", "proposal", "access")
    return [
        "/desk/renewals/",
        renewal,
        *(f"{renewal}{name}/" for name in actions),
        f"/desk/agreements/{record.slug}/publication/",
        "/desk/publication/",
        "/desk/briefs/",
        "/desk/reports/",
        "/desk/reports/deadlines/",
        f"/desk/agreements/{record.slug}/brief/",
        f"/desk/agreements/{record.slug}/dossier/",
        "/desk/alerts/",
        "/desk/alerts/preview/",
        "/desk/alerts/suppressed/",
        "/desk/alerts/wishes/",
        "/desk/alerts/watches/new/",
        "/desk/alerts/rules/new/",
        "/desk/alerts/webhooks/new/",
        "/desk/people/",
        "/desk/people/invite/",
        f"/desk/people/{somebody.pk}/",
        f"/desk/people/{somebody.pk}/change/",
        f"/desk/people/{somebody.pk}/disable/",
        "/accounts/second-factor/",
        "/accounts/second-factor/webauthn/",
        "/accounts/sessions/",
        "/accounts/password/reset/",
    ]


@pytest.mark.parametrize("pages", [memory, forms, work])
@pytest.mark.parametrize(
    ("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone, dark"]
)
def test_pages_keep_the_rules_and_fit(
    site: str, record: Agreement, chromium: Browser, size: Any, scheme: Any, pages: Any
) -> None:
    context = signed_in(chromium, site, viewport=size, color_scheme=scheme)
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    for url in pages(record):
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
        page.evaluate("document.querySelectorAll('main details').forEach((d) => d.open = true)")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{url}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], url
    assert trouble == []
    context.close()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_what_follows_is_shown_by_the_rules(
    site: str, record: Agreement, chromium: Browser, size: Any
) -> None:
    context = signed_in(chromium, site, viewport=size)
    page = context.new_page()

    def looked_at(text: str) -> None:
        assert text in page.locator("main").inner_text()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    page.goto(f"/desk/agreements/{record.slug}/edit/purpose/")
    page.locator("[name=purpose]").fill("To look up arrests " * 30)
    page.locator("[name=reason]").fill("The text says so")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    looked_at("What follows when you save")
    page.locator("button[name=confirmed]").click()
    page.wait_for_url("**/pars-ice/**")
    page.goto(f"/desk/renewals/{record.term_set.get(number=3).pk}/notice/")
    page.locator("[name=given_by]").select_option(label="City of Philadelphia")
    page.locator("[name=sent_on]").fill("June 14, 2018")
    with page.expect_navigation():
        page.get_by_role("button", name="Record the notice").click()
    looked_at("What follows when you save")
    context.close()


def test_keys(site: str, record: Agreement, chromium: Browser) -> None:
    context = signed_in(chromium, site, viewport=WIDE)
    page = context.new_page()
    page.goto("/desk/agreements/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("tbody tr").first.locator("input").is_checked()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("x")  # chosen, then not
    assert page.locator("tbody input:checked").count() == 1
    page.keyboard.press("?")
    dialog = page.locator("#keys")
    assert dialog.is_visible()
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.keyboard.press("/")
    page.keyboard.type("j?/x")  # while one types they are letters
    assert page.locator("#search").input_value() == "j?/x"
    assert not dialog.is_visible()
    page.locator("#keys-open").click()
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    assert not dialog.is_visible()
    context.close()


def test_without_javascript_a_revision_is_restored_and_many_are_changed(
    site: str, record: Agreement, chromium: Browser
) -> None:
    context = signed_in(chromium, site, viewport=WIDE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/desk/history/agreements.Agreement/{record.pk}/")
    assert page.locator("#keys-open").is_hidden()
    page.locator("summary", has_text="A note for the browser").click()
    page.locator(".memory > li").nth(1)
    before = page.locator("a", has_text="Restore the record as of this line").first
    page.goto(str(before.get_attribute("href")))
    page.get_by_label("Reason").fill("It was a slip")
    with page.expect_navigation():
        page.locator("main button").click()
    assert "It was a slip" in page.locator(".memory > li").first.inner_text()
    page.goto("/desk/agreements/")
    for box in page.locator("tbody input").all():
        box.check()
    with page.expect_navigation():
        page.get_by_role("button", name="Change the chosen ones").click()
    page.locator("#id_change_deputy").check()
    page.get_by_label("Deputy", exact=True).select_option(label="Two")
    page.get_by_label("Reason").fill("Two stands in")
    with page.expect_navigation():
        page.get_by_role("button", name="Show what will change").click()
    assert "Nothing has been saved yet" in page.locator("main").inner_text()
    with page.expect_navigation():
        page.get_by_role("button", name="Save for all").click()
    assert "agreements were changed" in page.locator("main").inner_text()
    context.close()


def test_a_security_key_is_added_and_signs_in(
    site: str, record: Agreement, chromium: Browser
) -> None:
    word = "a long word for the tests only"
    officer = make_person("key@example.org", name="Key", role="records_officer")
    officer.set_password(word)
    officer.save()
    context = chromium.new_context(base_url=site)
    context.set_default_timeout(60_000)
    page = context.new_page()
    authenticator = context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )

    def sign_in() -> None:
        page.goto("/accounts/login/?next=/desk/")
        page.locator("input[name=login]").fill("key@example.org")
        page.locator("input[name=password]").fill(word)
        page.locator("main button").first.click()

    sign_in()
    page.wait_for_url("**/desk/")
    page.goto("/accounts/second-factor/webauthn/add/")
    page.locator("input[name=password]").fill(word)
    page.locator("main button").first.click()
    page.wait_for_url("**/webauthn/add/**")
    page.locator("input[name=name]").fill("The key on my desk")
    page.locator("main button").first.click()
    page.wait_for_url("**/recovery-codes/**")
    context.clear_cookies()
    sign_in()
    page.locator("#mfa_webauthn_authenticate").click()
    page.wait_for_url("**/desk/")
    assert "What needs me" in page.locator("h1").inner_text()
    context.close()
