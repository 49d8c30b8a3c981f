"""Webhooks: signed, to public addresses only, pinned, without redirects; 410 switches one off."""

import ipaddress
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from reports.alerts import outbox, readers
from reports.alerts.channels import SendError, webhook
from reports.models import Alert, Attempt, Watch, Webhook
from tests.reports.alerts.test_planning import DAY, ending

pytestmark = pytest.mark.django_db

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Hook:
    """A real web server of the test's own."""

    def __init__(self) -> None:
        self.answer, self.location = 200, ""
        self.calls: list[tuple[dict[str, str], bytes]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                hook.calls.append((dict(self.headers), self.rfile.read(length)))
                self.send_response(hook.answer)
                if hook.location:
                    self.send_header("Location", hook.location)
                self.end_headers()
                self.wfile.write(b"a body that nobody must see")

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def hook(settings: Any) -> Iterator[Hook]:
    settings.PACTWATCH_WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    made = Hook()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join(10)


def watching(url: str) -> Webhook:
    agreement = ending(responsible_officer=None, reference="HOOKED")
    made = Webhook.objects.create(name="Hook", url=url, secret=SECRET, audience="staff")
    watch = Watch.objects.create(webhook=made, scope="agreement", agreement=agreement)
    readers.expand_watch(watch)
    return made


def test_a_call_is_signed_over_its_exact_bytes_with_a_stable_id(hook: Hook) -> None:
    watching(hook.url)
    hook.answer = 500
    assert outbox.run(DAY).failed == 1
    hook.answer = 204
    outbox.retry(list(Alert.objects.all()))
    assert outbox.run(DAY).sent == 1
    (first, _), (headers, body) = hook.calls
    Verifier(SECRET).verify(body, {name.lower(): value for name, value in headers.items()})
    assert first["webhook-id"] == headers["webhook-id"]
    told = json.loads(body)["deadlines"]
    assert [(t["reference"], t["due_on"], t["lead_days"]) for t in told] == [
        ("HOOKED", "2018-08-31", 90)
    ]


@pytest.mark.parametrize(
    ("answer", "is_final"), [(302, True), (404, True), (429, False), (503, False)]
)
def test_no_redirect_is_followed_and_no_body_kept(hook: Hook, answer: int, is_final: bool) -> None:
    watching(hook.url)
    hook.answer, hook.location = answer, hook.url
    outbox.run(DAY)
    assert len(hook.calls) == 1
    attempt = Attempt.objects.get()
    assert (attempt.is_permanent, attempt.error) == (is_final, f"It answered {answer}.")


def test_gone_switches_it_off(hook: Hook) -> None:
    made = watching(hook.url)
    hook.answer = 410
    outbox.run(DAY)
    made.refresh_from_db()
    assert not made.is_active
    assert made.stopped_because


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1",  # noqa: S104
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "240.0.0.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not webhook.is_public(ipaddress.ip_address(address))


def test_public_addresses_are_not() -> None:
    for address in ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"):
        assert webhook.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/", "http://localhost/", "http://[::1]/", "ftp://x.org/", "http://a@b/"],
)
def test_a_call_to_ourselves_is_refused_for_good_without_a_connection(url: str) -> None:
    made = Webhook(name="Bad", url=url, secret=SECRET)
    with pytest.raises(SendError) as refused:
        webhook.call(made, "msg_1", {})
    assert refused.value.is_permanent
