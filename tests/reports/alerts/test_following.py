"""Following by mail: asked for, confirmed by POST, managed and left by links; alike for all."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from reports.alerts import following, outbox, tokens
from reports.models import Alert, Follower, FollowRequest, Reader, Suppression, Watch
from tests.factories import make_party, make_system
from tests.reports.alerts.post_office import PostOffice
from tests.reports.alerts.test_planning import DAY, ending, follow, publish

pytestmark = pytest.mark.django_db

ADDRESS = "reader@example.com"
SAID = {"address": ADDRESS, "language": "es", "cadence": "once", "leads": ["30", "7"]}


@pytest.fixture
def agreement() -> Any:
    return publish(ending(reference="SHARED"))


def path(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_a_wish_becomes_a_watch_only_by_a_press_of_the_button(
    agreement: Any, client: Client, mailoutbox: Any
) -> None:
    page = client.get("/follow/?agreement=shared").content.decode()
    assert page.index("calendar.ics") < page.index('name="address"')
    assert client.post("/follow/?agreement=shared", SAID).status_code == 302
    assert following.send_waiting(DAY) == 1
    assert following.send_waiting(DAY) == 0
    wish = FollowRequest.objects.get()
    link = tokens.confirm_link(wish)
    assert link in mailoutbox[0].body
    assert mailoutbox[0].to == [ADDRESS]
    assert client.get(path(link)).status_code == 200
    assert not Watch.objects.exists(), "a scanner opened it"
    assert client.post(path(link)).status_code == 302
    follower = Follower.objects.get()
    assert (follower.address, follower.language) == (ADDRESS, "es")
    assert Watch.objects.get().leads == [30, 7]
    assert Reader.objects.filter(follower=follower, agreement=agreement).count() == 1
    assert client.get(path(link)).status_code == 404


def test_every_address_gets_the_same_answer_and_few_mails(
    agreement: Any, client: Client, mailoutbox: Any
) -> None:
    Follower.objects.create(address="known@example.com")
    following.suppress("never@example.com", "550")
    answers = set()
    for address in ("known@example.com", "never@example.com", ADDRESS, *[ADDRESS] * 5):
        answer = client.post("/follow/", SAID | {"address": address}, follow=True)
        answers.add((answer.status_code, answer.redirect_chain[0], answer.content))
    assert len(answers) == 1
    following.send_waiting(DAY)
    assert [m.to[0] for m in mailoutbox].count(ADDRESS) == following.MOST_A_DAY
    assert "never@example.com" not in [m.to[0] for m in mailoutbox]
    assert not Suppression.objects.filter(hint__contains="never@").exists()


def test_one_click_from_a_mail_program_ends_it_and_may_be_repeated(
    agreement: Any, office: PostOffice
) -> None:
    follower = follow("agreement", agreement=agreement)
    outbox.run(DAY)
    (mail,) = office.to(follower.address)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")
    text = mail.get_body(("plain",))
    assert text is not None
    assert tokens.manage_link(follower) in text.get_content()
    assert "/desk/" not in text.get_content()
    client = Client(enforce_csrf_checks=True)
    assert client.get(path(link)).status_code == 200
    assert Follower.objects.exists()
    for _ in range(2):
        answer = client.post(path(link), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not Follower.objects.exists()
    assert not Alert.objects.filter(recipient__contains="@example.com").exists()
    assert office.to("officer@example.org"), "staff are told all the same"


def test_a_follower_manages_language_cadence_and_watches(agreement: Any, client: Client) -> None:
    follower = follow("agreement", agreement=agreement)
    at = path(tokens.manage_link(follower))
    assert agreement.title in client.get(at).content.decode()
    assert client.post(at, {"language": "es", "cadence": "weekly"}).status_code == 302
    assert Reader.objects.get(follower=follower).cadence == "weekly"
    assert client.post(at, {"drop": str(Watch.objects.get().pk)}).status_code == 302
    assert not Watch.objects.exists()
    assert client.get(at.replace("-", "-0")).status_code == 404


def test_an_address_that_is_refused_for_good_is_suppressed_and_forgotten(
    agreement: Any, office: PostOffice
) -> None:
    follower = follow("agreement", agreement=agreement)
    office.refuse_recipient[follower.address] = "550 5.1.1 no such user"
    outbox.run(DAY)
    assert Suppression.objects.get().hint == "a…@example.com"
    assert not Follower.objects.exists()


@pytest.mark.parametrize("about", ["agreement=no", "party=no", "system=no"])
def test_what_is_not_published_cannot_be_followed(client: Client, about: str) -> None:
    ending(reference="NO")
    assert client.get(f"/follow/?{about}").status_code == 404


def test_one_visitor_asks_a_few_times_an_hour(agreement: Any, client: Client) -> None:
    """By where the visitor is, not by the address: that tells nothing of who follows."""
    from django.core.cache import cache

    cache.clear()
    answers = [
        client.post("/follow/", SAID | {"address": f"n{n}@example.com"}).status_code
        for n in range(11)
    ]
    assert answers == [302] * 10 + [429]
    page = client.post("/follow/", SAID)
    assert "Try again in an hour" in page.content.decode()
    assert FollowRequest.objects.count() == 10
    cache.clear()


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("/", "/follow/"),
        ("/agreements/", "/follow/"),
        ("/agreements/?status=in_force", "/follow/?status=in_force"),
        ("/es/agreements/?status=in_force", "/es/follow/?status=in_force"),
        ("/parties/ice/", "/follow/?party=ice"),
        ("/systems/arrests/", "/follow/?system=arrests"),
    ],
)
def test_each_list_and_page_can_be_followed(client: Client, page: str, link: str) -> None:
    system = make_system("arrests", operator=make_party("city"))
    publish(ending(reference="SHARED", recipients=["ice"], system=system))
    assert f'href="{link}' in client.get(page).content.decode()
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "Status: In force; Party: Ice"), ("es", "Estado: En vigor; Parte: Ice")],
)
def test_a_filter_is_said_in_words(client: Client, language: str, expected: str) -> None:
    publish(ending(reference="SHARED", recipients=["ice"]))
    wish = FollowRequest(scope="filter", query="status=in_force&party=ice")
    with translation.override(language):
        assert expected in following.described(wish)
