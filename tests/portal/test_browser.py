"""The pages in a real browser: by keyboard, without JavaScript, narrow, dark, and by the rules."""

import datetime as dt
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: no page is opened"),
]

JUNE_15 = dt.date(2018, 6, 15)
PARS = "/agreements/pars-ice/"
PAGES = [
    "/",
    "/agreements/",
    "/agreements/?q=police&status=unknown",
    "/agreements/?within=31",
    PARS,
    f"{PARS}?on=2018-09-01",
    f"{PARS}?on=2015-03-01",
    f"{PARS}?on=2010-06-30&known=2010-06-30",
    "/agreements/pars-septa/",
    "/parties/ice/",
    "/parties/city-of-philadelphia/",
    "/systems/pars/",
    f"{PARS}brief/",
    f"{PARS}brief/?on=2015-03-01",
    f"{PARS}dossier/",
    "/briefs/",
    "/reports/",
    "/reports/deadlines/",
    "/reports/recipients/",
    "/es/reports/completeness/",
    "/about/",
    "/nowhere/",
    "/?on=never",
    "/es/",
    f"/es{PARS}",
]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}


# ── A register that is served, and a browser ──────────────────────────────────


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database without a transaction around each test: the served pages must see it."""
    with django_db_blocker.unblock():
        assert "test_pactwatch" in str(connection.settings_dict["NAME"])
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def site(db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example as of June 15, 2018, served for the whole module; its address."""
    from django.conf import settings
    from django.test import override_settings

    root = str(tmp_path_factory.mktemp("static"))
    was, settings.PACTWATCH_TODAY = settings.PACTWATCH_TODAY, JUNE_15
    # Playwright runs a loop in this thread; Django would take our own queries for its.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with override_settings(
            STATIC_ROOT=root, ALLOWED_HOSTS=["localhost"], PACTWATCH_EXAMPLE=True
        ):
            call_command("load_example", "pars", stdout=StringIO())
            server = LiveServer("localhost")
            try:
                yield server.url
            finally:
                server.stop()
    finally:
        settings.PACTWATCH_TODAY = was
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def chromium(site: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


Opened = Callable[..., Any]


@pytest.fixture
def opened(chromium: Browser, site: str) -> Opened:
    """A tab that notes what goes wrong; leaving it checks that nothing did."""

    @contextmanager
    def tab(**options: Any) -> Iterator[Page]:
        context: BrowserContext = chromium.new_context(
            **({"base_url": site, "viewport": WIDE, "locale": "en-US"} | options)
        )
        context.set_default_timeout(60_000)  # a busy machine is no fault of a page
        page = context.new_page()
        trouble: list[str] = []
        asked: set[str] = set()

        def said(message: Any) -> None:
            missing = "status of 40" in message.text  # a page that is meant to be refused
            if message.type in {"error", "warning"} and not missing:
                trouble.append(f"{message.type}: {message.text}")

        def failed(request: Any) -> None:
            if request.failure != "net::ERR_ABORTED":  # the next page was opened before it came
                trouble.append(f"failed: {request.url}, {request.failure}")

        page.on("console", said)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: asked.add(request.url))
        page.on("requestfailed", failed)
        try:
            yield page
        finally:
            context.close()
        hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
        assert hosts <= {urlsplit(site).netloc}, hosts
        assert trouble == []

    return tab


def status(page: Page) -> str:
    return " ".join(page.locator("p.status").inner_text().split())


# ── What a visitor does ───────────────────────────────────────────────────────


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_visitor_follows_the_first_page_to_the_record_and_reads_where_it_stands(
    opened: Opened, javascript: bool
) -> None:
    with opened(java_script_enabled=javascript) as page:
        page.goto("/")
        assert "August 31, 2018" in page.locator("main .lede").inner_text()
        page.locator(f"main a[href='{PARS}']").first.click()
        page.wait_for_url(f"**{PARS}")
        assert "In force until August 31, 2018." in status(page)
        assert "Notice clause: not recorded." in status(page)
        assert page.locator("h1").inner_text().startswith("Access of U.S. Immigration")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_visitor_chooses_another_day(opened: Opened, javascript: bool) -> None:
    with opened(java_script_enabled=javascript) as page:
        page.goto(PARS)
        page.locator(".day-picker summary").click()
        page.locator("#on").fill("2018-09-01")
        page.locator(".day-picker button").click()
        page.wait_for_url("**on=2018-09-01**")
        assert "Ended August 31, 2018, not renewed." in status(page)
        assert "September 1, 2018" in page.locator(".banner").inner_text()
        with page.expect_navigation():
            page.locator(".nav a").first.click()
        assert "on=2018-09-01" in page.url
        page.get_by_role("link", name="Back to June 15, 2018").click()
        page.wait_for_url(lambda url: "on=" not in url)
        page.goto(PARS)
        page.locator(".day-picker summary").click()
        page.locator("#on").fill("2010-06-30")
        page.locator("#known").fill("2010-06-30")
        page.locator(".day-picker button").click()
        page.wait_for_url("**known=2010-06-30**")
        assert "In force until July 1, 2010." in status(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_visitor_searches_filters_and_removes_a_filter(opened: Opened, javascript: bool) -> None:
    with opened(java_script_enabled=javascript) as page:
        page.goto("/")
        page.locator("#search").fill("temple")
        page.locator("#search").press("Enter")
        page.wait_for_url("**/agreements/?q=temple")
        assert page.locator("tbody tr").count() == 1
        page.locator(".chip").click()
        page.wait_for_url("**/agreements/?")
        assert page.locator("tbody tr").count() == 5
        page.get_by_label("Status").select_option("in_force")
        page.get_by_role("button", name="Show agreements").click()
        page.wait_for_url("**status=in_force**")
        assert page.locator("tbody th a").all_inner_texts() == [
            "Access of U.S. Immigration and Customs Enforcement to arrest records in PARS"
        ]


def test_a_visitor_opens_a_change_and_goes_to_what_was_known_then(opened: Opened) -> None:
    with opened() as page:
        page.goto(PARS)
        change = page.locator(".history details", has_text="End corrected")
        assert not change.locator("table").is_visible()
        change.locator("summary").click()
        assert "July 1, 2010" in change.locator("del").all_inner_texts()
        change.locator("a").click()
        page.wait_for_url("**known=2010-07-01")
        assert page.get_by_text("As the register knew it on").is_visible()


def test_a_visitor_reads_spanish_and_comes_back(opened: Opened) -> None:
    with opened(locale="es-ES") as page:
        page.goto(f"{PARS}?on=2018-07-28")
        assert "In force until" in status(page)  # the address decides, not the browser
        page.get_by_role("link", name="Español").click()
        page.wait_for_url("**/es/agreements/pars-ice/?on=2018-07-28")
        assert "31 de agosto de 2018" in status(page)
        page.locator("main a[href^='/es/parties/']").first.click()
        page.wait_for_url("**/es/parties/**")
        page.get_by_role("link", name="English").click()
        page.wait_for_url(lambda url: "/es/" not in url)


def test_a_mark_of_a_source_leads_to_it(opened: Opened) -> None:
    with opened() as page:
        page.goto(PARS)
        page.locator("#terms sup a").first.click()
        target = page.locator(".sources li:target")
        assert target.count() == 1
        assert target.is_visible()


# ── By keyboard ───────────────────────────────────────────────────────────────

FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  return {what: e.tagName + ' ' + (e.id || e.getAttribute('href') || e.name || e.innerText),
          place: [...document.querySelectorAll('*')].indexOf(e),
          seen: box.width > 0 && box.height > 0, outlined};
}"""
REACHABLE = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled)
  .map(e => [...document.querySelectorAll('*')].indexOf(e))"""


def test_the_first_tab_skips_to_the_content(opened: Opened) -> None:
    with opened() as page:
        page.goto(PARS)
        page.keyboard.press("Tab")
        skip = page.locator("a.skip")
        assert page.evaluate("document.activeElement.className") == "skip"
        box = skip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("path", ["/", "/agreements/", PARS, "/systems/pars/"])
def test_every_action_is_reached_by_tab_and_shows_that_it_is(opened: Opened, path: str) -> None:
    with opened() as page:
        page.goto(path)
        reachable = set(page.evaluate(REACHABLE))
        reached, unseen = [], []
        for _ in range(3 * len(reachable)):  # a date has three parts to tab through
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            if focus is None:
                break
            reached.append(focus["place"])
            if not (focus["seen"] and focus["outlined"]):
                unseen.append(focus["what"])
        assert reachable <= set(reached)
        assert unseen == []
        order = list(dict.fromkeys(reached))
        assert order == sorted(order), "the order of tabs is not that of the page"


def test_the_day_is_chosen_by_keyboard_alone(opened: Opened) -> None:
    with opened() as page:
        page.goto(PARS)
        page.locator(".day-picker summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "on"
        page.keyboard.type("09012018")
        page.keyboard.press("Enter")
        page.wait_for_url("**on=2018-09-01**")
        assert "not renewed" in status(page)


def test_a_change_is_opened_by_keyboard(opened: Opened) -> None:
    with opened() as page:
        page.goto(PARS)
        summary = page.locator(".history summary").first
        summary.focus()
        page.keyboard.press("Space")
        assert page.locator(".history details").first.get_attribute("open") is not None


# ── Rules, widths, colors, headers ────────────────────────────────────────────

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = ["color-contrast", "link-in-text-block"]
LOOKS: list[tuple[str, dict[str, int], Literal["light", "dark"], list[str]]] = [
    ("light", WIDE, "light", WCAG),
    ("dark", WIDE, "dark", COLORS),  # nothing but the colors is another
    ("320 px", PHONE, "light", WCAG),
]


OPEN_SOME = "[...document.querySelectorAll('details')].slice(0, 4).forEach(d => d.open = true)"


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(opened: Opened, path: str) -> None:
    axe, found = Axe(), {}
    with opened() as page:
        page.goto(path)
        # what is folded away is read too: the picker, and the first changes of the history
        page.evaluate(OPEN_SOME)
        for look, viewport, scheme, rules in LOOKS:
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme)
            for violation in axe.run(page, options={"runOnly": rules}).response["violations"]:
                first = violation["nodes"][0]["html"][:160]
                found[look, violation["id"]] = f"{len(violation['nodes'])} times, first {first}"
    assert found == {}


WIDER = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    && getComputedStyle(e).position !== 'absolute' && !e.closest('.scroll, svg'))
  .map(e => e.tagName + '.' + e.className).slice(0, 5)"""


@pytest.mark.parametrize("width", [320, 768])
def test_no_page_is_wider_than_the_window(opened: Opened, width: int) -> None:
    found = {}
    with opened(viewport={"width": width, "height": 640}) as page:
        for path in PAGES:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            whole = page.evaluate("document.documentElement.scrollWidth")
            if whole > width:
                found[path] = (whole, page.evaluate(WIDER))
    assert found == {}


def test_text_may_be_twice_as_large(opened: Opened) -> None:
    """WCAG 1.4.4: at 200 % nothing is cut off; a window of 640 px at that size is one of 320."""
    found = {}
    with opened(viewport={"width": 1280, "height": 900}) as page:
        for path in PAGES:
            page.goto(path)
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            whole = page.evaluate("document.documentElement.scrollWidth")
            if whole > 1280:
                found[path] = (whole, page.evaluate(WIDER))
    assert found == {}


TARGETS = """() => [...document.querySelectorAll(
  'a[href], button, input:not([type=hidden]), select, summary')]
  .filter(e => e.checkVisibility() && !e.closest('p, li, sup, dd, td, th, .skip, .crumbs'))
  .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
  .filter(([_, r]) => r.width && (r.width < 24 || r.height < 24)).map(([h]) => h)"""


def test_what_is_touched_is_large_enough(opened: Opened) -> None:
    """WCAG 2.5.8: 24 by 24 pixels, words in a sentence aside."""
    found = {}
    with opened(viewport=PHONE, has_touch=True) as page:
        for path in PAGES:
            page.goto(path)
            small = page.evaluate(TARGETS)
            if small:
                found[path] = small[:3]
    assert found == {}


def test_dark_is_dark_and_light_is_light(opened: Opened) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        with opened(color_scheme=scheme) as page:
            page.goto("/")
            color = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            if color == "rgba(0, 0, 0, 0)":
                color = page.evaluate("getComputedStyle(document.body).backgroundColor")
            shades[scheme] = sum(map(int, re.findall(r"\d+", color)[:3])) / 3
    assert shades["light"] > 200
    assert shades["dark"] < 60


def test_on_paper_the_record_is_there_and_the_frame_is_not(opened: Opened) -> None:
    with opened() as page:
        page.goto(PARS)
        page.emulate_media(media="print")
        assert page.locator("p.status").is_visible()
        assert page.locator("#terms table").is_visible()
        for frame in (".skip", ".nav", ".search", ".banner-links", ".toc"):
            assert not page.locator(frame).is_visible()


def test_every_page_obeys_its_own_policy_and_asks_nobody_else(opened: Opened) -> None:
    """The tab itself fails where the console speaks or another host is asked."""
    with opened() as page:
        for path in PAGES:
            response = page.goto(path, wait_until="networkidle")
            assert response is not None
            policy = response.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe-inline" not in policy
            assert page.evaluate("document.styleSheets.length") >= 1
            assert page.locator("link[rel=icon]").count() == 1


@pytest.fixture(scope="module")
def session_of_admin(site: str) -> str:
    """The key of a session in which the example's administrator is signed in."""
    admin = get_user_model().objects.get(email="admin@example.org")
    session = SessionStore()
    session[SESSION_KEY] = str(admin.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = admin.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key


def test_the_admin_obeys_the_policy_too(opened: Opened, site: str, session_of_admin: str) -> None:
    with opened() as page:
        cookie = {"name": "sessionid", "value": session_of_admin, "url": site}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        for path in (
            "/admin/",
            "/admin/agreements/agreement/",
            "/admin/agreements/agreement/add/",
            "/admin/agreements/term/add/",
            "/admin/agreements/deadline/",
        ):
            page.goto(path)
            assert page.locator("#content").is_visible()
            assert "login" not in page.url
