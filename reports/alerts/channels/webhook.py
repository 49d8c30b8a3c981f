"""Webhooks: signed by Standard Webhooks, to public addresses only, pinned, without redirects.

The host is resolved once; an address that is not public is refused, and the connection goes to
the address that was checked. The answer's body is never read, kept or shown.
"""

import datetime as dt
import http.client
import ipaddress
import json
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Signer

from reports.alerts.channels import SendError
from reports.models import Webhook

TIMEOUT = 15
GONE = 410
TOO_MANY = 429
CGNAT = ipaddress.ip_network("100.64.0.0/10")

IP = ipaddress.IPv4Address | ipaddress.IPv6Address


def call(hook: Webhook, message_id: str, payload: dict[str, Any]) -> None:
    """Send a payload to a webhook. Raises ``SendError``.

    410 switches the webhook off (Standard Webhooks); other answers of 4xx but 408 and 429 are
    permanent, all else is tried again.
    """
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    now = timezone.now().astimezone(dt.UTC)
    headers = {
        "content-type": "application/json",
        "user-agent": "Pactwatch",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(hook.secret).sign(message_id, now, body.decode()),
    }
    status = _post(hook.url, body, headers)
    if status == GONE:
        because = "It answered 410 Gone."
        Webhook.objects.filter(pk=hook.pk).update(is_active=False, stopped_because=because)
        raise SendError("410 Gone", is_permanent=True)
    if not 200 <= status < 300:
        final = 300 <= status < 500 and status not in {408, TOO_MANY}
        raise SendError(f"It answered {status}.", is_permanent=final)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Post to an address whose host was checked and pinned; return the status of the answer."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise SendError("The address is no web address.", is_permanent=True)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = _resolve(parts.hostname, port, is_plain=parts.scheme == "http")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _Pinned(parts.hostname, port, address, tls=parts.scheme == "https")
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        message = f"{type(error).__name__}: {error}"
        raise SendError(message[:200], is_permanent=False) from error


def _resolve(host: str, port: int, *, is_plain: bool) -> str:
    """Return one address of a host, if all of them may be called. Raises ``SendError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    own = [address for address in addresses if _is_allowed_within(address)]
    if len(own) < len(addresses):
        refused = next((a for a in addresses if a not in own and not is_public(a)), None)
        if refused is not None:
            raise SendError(f"{refused} is no public address.", is_permanent=True)
        if is_plain:
            raise SendError("A public address must begin with https.", is_permanent=True)
    return str(addresses[0])


def is_public(address: IP) -> bool:
    """Whether an address is on the public internet.

    Loopback, private, link-local, shared (CGNAT), multicast, reserved and unspecified addresses
    are not; one that carries an IPv4 address is judged by that.
    """
    inner = _carried(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, ipaddress.IPv4Address) and address in CGNAT:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: IP) -> ipaddress.IPv4Address | None:
    """The IPv4 address within an IPv6 one: mapped, 6to4, Teredo or NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _is_allowed_within(address: IP) -> bool:
    """Whether the city allows an address of its own network."""
    return any(address in network for network in settings.PACTWATCH_WEBHOOK_NETWORKS)


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name that the certificate bears."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._address = address
        self._tls = ssl.create_default_context() if tls else None

    def connect(self) -> None:
        """Connect to the pinned address."""
        sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls is not None:
            try:
                sock = self._tls.wrap_socket(sock, server_hostname=self.host)
            except OSError:
                sock.close()
                raise
        self.sock = sock
