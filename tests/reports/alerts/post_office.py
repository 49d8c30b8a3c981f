"""A mail server of the test's own, on a free port of this machine, that does as it is told."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class PostOffice:
    """Takes mail, or refuses it.

    ``refuse_recipient`` and ``refuse_data`` give the answer to one address or to all ("*");
    ``greeting`` replaces the first line that a client hears, ``refuse_login`` the answer to AUTH.
    To an address in ``hang`` it gives no answer at all, once; ``drop_after_data`` counts the mails
    that it takes and hangs up on before saying so.
    """

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refuse_recipient: dict[str, str] = field(default_factory=dict)
    refuse_data: dict[str, str] = field(default_factory=dict)
    refuse_sender: str = ""
    greeting: str = ""
    drop_after_data: int = 0
    hang: set[str] = field(default_factory=set)

    async def handle_MAIL(  # noqa: N802 - the server's own name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked.append(address)
        if address in self.hang:
            self.hang.discard(address)
            await asyncio.Event().wait()
        answer = self.refuse_recipient.get(address) or self.refuse_recipient.get("*")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        answer = self.refuse_data.get(envelope.rcpt_tos[0]) or self.refuse_data.get("*")
        if answer:
            return answer
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.received.append(mail)
        if self.drop_after_data:
            self.drop_after_data -= 1
            assert server.transport is not None
            server.transport.abort()
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for an address."""
        return [mail for mail in self.received if address in mail["To"]]

    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.received]


class _Server(SMTP):
    """Says another first line where it is told to, and nothing after it."""

    async def push(self, status: Any) -> None:
        greeting = self.event_handler.greeting
        if greeting and self.session and not self.session.host_name:
            status = greeting
        await super().push(status)


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Open a post office in a thread of its own; closed, its port refuses connections."""
    office = PostOffice()
    loop = asyncio.new_event_loop()
    opened = threading.Event()
    servers: list[asyncio.Server] = []

    async def listen() -> None:
        server = await loop.create_server(
            lambda: _Server(office, loop=loop, hostname="mail.example.org", enable_SMTPUTF8=True),
            "127.0.0.1",
            0,
        )
        office.port = server.sockets[0].getsockname()[1]
        servers.append(server)
        opened.set()

    async def shut() -> None:
        servers[0].close()
        await servers[0].wait_closed()
        others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(listen())  # noqa: RUF006 - the loop runs until it is stopped
        loop.run_forever()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        assert opened.wait(20), "the mail server did not start"
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(shut(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()
