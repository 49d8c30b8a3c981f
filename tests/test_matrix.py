"""Who may open what: role × every address × method × state of the record, cell by cell.

The table names, by hand, whom each address is for; what a role may do stands in ``ALLOWED``. An
address of the URLconf without a row here fails.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from agreements.models import Agreement, Decision, Document, Event, Mandate, Term
from parties.models import Party
from revisions.models import Change
from tests.factories import make_agreement, make_file, make_party, make_person, writing

ROLES = (
    "nobody",
    "no role",
    "council reader",
    "voter",
    "editor",
    "records officer",
    "superuser",
    "disabled officer",
)
STATES = ("draft", "internal", "published", "embargoed", "withdrawn")
OTHER_METHODS = ("put", "patch", "delete", "options", "head")

ALLOWED = {
    "read": {"council reader", "voter", "editor", "records officer", "superuser"},
    "edit": {"editor", "records officer", "superuser"},
    "vote": {"voter"},
    "publish": {"records officer", "superuser"},
    "people": {"records officer", "superuser"},
    "signed in": set(ROLES) - {"nobody", "disabled officer"},
    "all": set(ROLES),
}


@dataclass(frozen=True)
class World:
    """The records that addresses name, and somebody of each role."""

    agreement: Agreement
    term: Term
    event: Event
    document: Document
    people: dict[str, Any]
    somebody: Any
    mandate: Mandate


Arguments = Callable[[World], list[Any]]


@dataclass(frozen=True)
class Row:
    """Whom an address is for; ``args`` name the record, ``of_record`` whether its state matters."""

    audience: str
    args: Arguments = lambda w: []
    of_record: bool = False
    may_refuse: bool = False  # what the page is about may be missing, such as a second factor


def slug(*more: Any) -> Arguments:
    return lambda w: [w.agreement.slug, *more]


def renewal(*more: Any) -> Arguments:
    return lambda w: [w.term.pk, *more]


def history(*more: Any) -> Arguments:
    return lambda w: ["agreements.Agreement", w.agreement.pk, *more]


def person(w: World) -> list[Any]:
    return [w.somebody.pk]


RENEWAL_ACTIONS = (
    "review considerations concern notice recorded-vote proposal withdraw settle "
    "recorded-decision announcement execution access"
)
DESK = {
    "overview": Row("read"),
    "publication-log": Row("read"),
    "agreement-create": Row("edit"),
    "agreement-detail": Row("read", slug(), of_record=True),
    "agreement-confirm": Row("edit", slug(), of_record=True),
    "publication": Row("publish", slug(), of_record=True),
    "publication-preview": Row("read", slug(), of_record=True),
    "agreement-publish": Row("publish", slug(), of_record=True),
    "agreement-withdraw": Row("publish", slug(), of_record=True),
    "agreement-update": Row("edit", slug("purpose"), of_record=True),
    "document-file": Row("read", lambda w: [w.agreement.slug, w.document.pk], of_record=True),
    "part-create": Row("edit", slug("events"), of_record=True),
    "part-update": Row("edit", lambda w: [w.agreement.slug, "events", w.event.pk], of_record=True),
    "part-delete": Row("edit", lambda w: [w.agreement.slug, "events", w.event.pk], of_record=True),
    "names": Row("read", lambda w: ["party"]),
    "record-sources": Row(
        "read", lambda w: ["agreements.Agreement", w.agreement.pk], of_record=True
    ),
    "citation-create": Row(
        "edit", lambda w: ["agreements.Agreement", w.agreement.pk, "purpose"], of_record=True
    ),
    "citation-follow": Row("edit", lambda w: [1]),
    "citation-delete": Row("edit", lambda w: [1]),
    "shared-list": Row("read", lambda w: ["parties"]),
    "shared-create": Row("edit", lambda w: ["parties"]),
    "shared-update": Row("edit", lambda w: ["parties", Party.objects.get(slug="city").pk]),
    "shared-delete": Row("edit", lambda w: ["parties", Party.objects.get(slug="city").pk]),
    "person-list": Row("people"),
    "person-create": Row("people"),
    "person-detail": Row("people", person),
    "person-update": Row("people", person),
    "person-invite": Row("people", person),
    "person-disable": Row("people", person),
    "person-enable": Row("people", person),
    "person-second-factor": Row("people", person),
    "mandate-create": Row("people", person),
    "mandate-end": Row("people", lambda w: [w.mandate.pk]),
    "internal-report-list": Row("read"),
    "internal-report-page": Row("read", lambda w: ["fees"]),
    "internal-report-file": Row("read", lambda w: ["fees", "csv"]),
    "internal-dossier": Row("read", slug(), of_record=True),
    "internal-dossier-file": Row("read", slug("csv"), of_record=True),
    "brief-list": Row("read"),
    "brief-issue": Row("edit"),
    "brief-release": Row("publish", lambda w: [1]),
    "brief-preview": Row("read", slug(), of_record=True),
    "internal-brief": Row("read", slug(), of_record=True),
    "agreement-list": Row("read"),
    "agreement-change-many": Row("edit"),
    "view-save": Row("read"),
    "view-delete": Row("read", lambda w: [1]),
    "history-list": Row("read"),
    "history-record": Row("read", history(), of_record=True),
    "history-compare": Row("read", history(), of_record=True),
    "history-restore": Row("publish", history(1), of_record=True),
    "alert-log": Row("read"),
    "alert-preview": Row("read"),
    "alert-suppressed": Row("read"),
    "alert-allow": Row("edit", lambda w: [1]),
    "wish-list": Row("read"),
    "watch-create": Row("read"),
    "watch-delete": Row("read", lambda w: [1]),
    "rule-create": Row("edit"),
    "rule-delete": Row("edit", lambda w: [1]),
    "webhook-create": Row("publish"),
    "webhook-switch": Row("publish", lambda w: [1]),
    "webhook-delete": Row("publish", lambda w: [1]),
    "alert-acknowledge": Row("read", lambda w: [1]),
    "alert-retry": Row("edit", lambda w: [1]),
    "alert-seen": Row("all", lambda w: ["none"]),  # the link of a mail: its token is the key
    "renewal-list": Row("read"),
    "renewal-detail": Row("read", renewal(), of_record=True),
    "renewal-vote": Row("vote", renewal(), of_record=True),
    "renewal-duty": Row("edit", renewal(1), of_record=True),
} | {f"renewal-{name}": Row("edit", renewal(), of_record=True) for name in RENEWAL_ACTIONS.split()}

ACCOUNT = {
    "account_login": Row("all"),
    "account_inactive": Row("all"),
    "account_logout": Row("all"),
    "account_reset_password": Row("all"),
    "account_reset_password_done": Row("all"),
    "account_reset_password_from_key_done": Row("all"),
    "account_reset_password_from_key": Row("all", lambda w: ["0", "none"]),
    "mfa_authenticate": Row("all"),
    "account_reauthenticate": Row("signed in", may_refuse=True),
    "account_change_password": Row("signed in"),
    "account_set_password": Row("signed in"),
    "mfa_index": Row("signed in"),
    "mfa_reauthenticate": Row("signed in", may_refuse=True),
    "mfa_activate_totp": Row("signed in"),
    "mfa_deactivate_totp": Row("signed in"),
    "mfa_view_recovery_codes": Row("signed in"),
    "mfa_generate_recovery_codes": Row("signed in"),
    "mfa_download_recovery_codes": Row("signed in"),
    "mfa_list_webauthn": Row("signed in"),
    "mfa_add_webauthn": Row("signed in"),
    "mfa_reauthenticate_webauthn": Row("signed in", may_refuse=True),
    "mfa_remove_webauthn": Row("signed in", lambda w: [1]),
    "mfa_edit_webauthn": Row("signed in", lambda w: [1]),
    "usersessions_list": Row("signed in"),
}

PORTAL = {
    "home": Row("all"),
    "about": Row("all"),
    "agreement-list": Row("all"),
    "agreement-detail": Row("all", slug(), of_record=True),
    "agreement-brief": Row("all", slug(), of_record=True),
    "brief-page": Row("all", slug(), of_record=True),
    "document-file": Row("all", lambda w: [w.agreement.slug, w.document.pk], of_record=True),
    "dossier": Row("all", slug(), of_record=True),
    "dossier-file": Row("all", slug("csv"), of_record=True),
    "report-list": Row("all"),
    "report-page": Row("all", lambda w: ["deadlines"]),
    "report-file": Row("all", lambda w: ["deadlines", "csv"]),
    "brief-find": Row("all"),
    "brief-check": Row("all", lambda w: ["none"]),
    "brief-file": Row("all", lambda w: ["none", "none.pdf"]),
    "health": Row("all"),
    "calendar": Row("all"),
    "feed": Row("all"),
    "changes": Row("all"),
    "agreement-calendar": Row("all", slug(), of_record=True),
    "agreement-feed": Row("all", slug(), of_record=True),
    "party-calendar": Row("all", lambda w: ["city"]),
    "party-feed": Row("all", lambda w: ["city"]),
    "system-calendar": Row("all", lambda w: ["none"]),
    "system-feed": Row("all", lambda w: ["none"]),
    "follow": Row("all"),
    "follow-asked": Row("all"),
    "follow-confirm": Row("all", lambda w: ["none"]),
    "follow-manage": Row("all", lambda w: ["none"]),
    "follow-leave": Row("all", lambda w: ["none"]),
    "party-detail": Row("all", lambda w: ["city"]),
    "system-detail": Row("all", lambda w: ["none"]),
}

ROWS = (
    {f"desk:{name}": row for name, row in DESK.items()}
    | {f"portal:{name}": row for name, row in PORTAL.items()}
    | ACCOUNT
)
ELSEWHERE = {"admin"}  # every page of the admin, by role, is in test_admin


def names(resolver: Any, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names(pattern, inner)
        else:
            yield f"{space}{pattern.name}"


def test_every_address_has_a_row() -> None:
    every = [n for n in names(get_resolver()) if n.split(":")[0] not in ELSEWHERE]
    found = set(every)
    twice = sorted({name for name in found if every.count(name) > 1})
    assert twice == [], "a second address under a name would have no row of its own"
    assert found - set(ROWS) == set(), "these addresses have no row"
    assert set(ROWS) - found == set(), "these rows have no address"


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Any) -> World:
    settings.STATIC_ROOT = str(tmp_path)
    settings.SECOND_FACTOR_DEMANDED = False  # who has to have one is tested in accounts
    settings.PACTWATCH_TODAY = dt.date(2018, 6, 15)
    agreement = make_agreement(
        reference="CASE",
        terms=[{"starts_on": "2017-09-01", "ends_on": "2018-08-31"}],
        deciders=["city"],
        decisions=[{"outcome": "renew", "decided_on": "2018-06-01"}],
        events=[{"kind": "meeting", "title": "They met", "occurred_on": "2018"}],
        documents=[{"title": "Text"} | make_file()],
    )
    make_agreement(reference="OTHER", published_at=timezone.now(), deciders=["city"])
    roles = {"council reader": "council_reader", "records officer": "records_officer"}
    people: dict[str, Any] = {"nobody": None}
    for name in ROLES[1:]:
        role = roles.get(name, "editor" if name == "editor" else "")
        email = f"{name.replace(' ', '.')}@example.org"
        people[name] = make_person(email, role=role, is_superuser=name == "superuser")
    people["disabled officer"].role = "records_officer"
    somebody = make_person("somebody.else@example.org")
    with writing():
        mandate = Mandate(
            user=people["voter"],
            party=make_party("city"),
            office="Mayor",
            from_on=dt.date(2018, 1, 1),
        )
        mandate.save()
        other = Mandate(
            user=somebody, party=make_party("city"), office="Clerk", from_on=dt.date(2018, 1, 1)
        )
        other.save()
    return World(agreement, Term.objects.get(agreement=agreement), agreement.event_set.get(),
                 agreement.document_set.get(),
                 people, somebody, other)  # fmt: skip


def put_into(agreement: Agreement, state: str) -> None:
    now = timezone.now()
    past, later = now - dt.timedelta(days=3), now + dt.timedelta(days=3)
    agreement.published_at = {
        "published": past, "withdrawn": past, "embargoed": later,
    }.get(state)  # fmt: skip
    is_withdrawn = state == "withdrawn"
    agreement.withdrawn_at = now if is_withdrawn else None
    agreement.withdrawn_office = "Clerk" if is_withdrawn else ""
    agreement.withdrawn_reason = "A name stood in it" if is_withdrawn else ""
    with writing():
        agreement.save()
        for decision in Decision.objects.filter(agreement=agreement):
            decision.is_internal = state == "internal"
            decision.withheld_ground = "A law" if state == "internal" else ""
            decision.save()


def signed_in(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    user = world.people[role]
    if user is not None:
        client.force_login(user)
    if role == "disabled officer":
        user.is_active = False
        user.save()
    return client


def check(answer: Any, role: str, row: Row, method: str, state: str) -> str:
    """Say what is wrong with a cell; empty where it is as it should be."""
    status, where = answer.status_code, answer.headers.get("Location", "")
    to_sign_in = status == 302 and "/accounts/login/" in where
    if status >= 500:
        return f"answers {status}"
    if row.audience == "all" or role in ALLOWED[row.audience]:
        if row.audience != "all" and (to_sign_in or status == 403) and not row.may_refuse:
            return f"is refused ({status})"
        if row.audience == "all" and row.of_record:
            wanted = {"published": 200, "withdrawn": 410}.get(state, 404)
            return "" if status == wanted or method != "get" else f"{status} instead of {wanted}"
        return ""
    has_session = role not in {"nobody", "disabled officer"}
    if has_session:
        refused = status == 403 or (method != "get" and status == 405)
        return "" if refused else f"gets {status} instead of 403"
    refused = to_sign_in or (method != "get" and status in {403, 405})
    return "" if refused else f"gets {status} instead of being sent to sign in"


@pytest.mark.parametrize("name", ROWS)
def test_every_cell(world: World, name: str) -> None:
    row = ROWS[name]
    wrong = []
    clients = {role: signed_in(world, role) for role in ROLES}
    for state in STATES if row.of_record else ("published",):
        put_into(world.agreement, state)
        url = reverse(name, args=row.args(world))
        is_portal = name.startswith("portal:")  # whose pages ask nobody who they are
        for role in ("nobody", "editor") if is_portal else ROLES:
            for method in ("get",) if is_portal else ("get", "post"):
                told = check(getattr(clients[role], method)(url), role, row, method, state)
                wrong += [f"{state}: {role}: {method}: {told}"] if told else []
                if name == "account_logout" and method == "post":
                    clients[role] = signed_in(world, role)
    assert wrong == []


@pytest.mark.parametrize("name", ROWS)
def test_other_methods_write_nothing(world: World, name: str) -> None:
    put_into(world.agreement, "published")
    url = reverse(name, args=ROWS[name].args(world))
    client = signed_in(world, "records officer")
    before = Change.objects.count()
    for method in OTHER_METHODS:
        assert getattr(client, method)(url).status_code < 500, method
    assert Change.objects.count() == before
