"""E-mails by a real mail server on this machine, which may refuse, be down, or say nothing."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from portal_samples import TRUST, Running, form_token, serving
from pydantic import ValidationError
from test_partner_pages import post, send
from test_signing_in import LEAD, ask, link_and_code, signed_in, use_code

from remi.portal.mail import Mailer, MailError
from remi.store.logbook import emails_not_sent
from remi.store.people import find_by_email
from schemas.portal import Contact

NOW = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)
CONTACT = Contact(name="the data team", email="ask@example.org", telephone="020 7946 0000")
ANSWER_SECONDS = 5
"""Far less than a mail server that does not answer is waited for."""


@dataclass
class Postbox:
    """What the mail server took, as (recipients, whether it came encrypted, e-mail)."""

    refuses: bool = False
    taken: list[tuple[list[str], bool, EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the server calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuses:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the server calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
        self.taken.append((envelope.rcpt_tos, session.ssl is not None, mail))
        return "250 OK"

    def waited_for(self, number: int = 1) -> list[EmailMessage]:
        """So many e-mails, which go out after the answer to the browser."""
        until = time.monotonic() + ANSWER_SECONDS
        while len(self.taken) < number and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.taken) == number
        return [mail for _, _, mail in self.taken]


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def mail_server(postbox: Postbox, **options: Any) -> Iterator[int]:
    """A mail server on a port of this machine."""
    port = free_port()
    controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of this machine with its key, which nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def encrypting(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def vouched_for(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the certificate, as one trusts that of one's own mail server."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def mailer(tmp_path: Path, smtp: str) -> Mailer:
    return Mailer("no-reply@collaboration.example", tmp_path / "outbox", CONTACT, smtp)


def test_an_email_arrives_as_it_was_written(tmp_path: Path) -> None:
    postbox = Postbox()
    text = "Sián’s link: http://127.0.0.1/sign-in/link/abc\n\n" + "A long line. " * 30 + "\n"
    with mail_server(postbox) as port:
        mailer(tmp_path, f"smtp+plain://127.0.0.1:{port}").send(LEAD, "Über “links”", text, NOW)
    ((recipients, encrypted, mail),) = postbox.taken
    assert (recipients, encrypted) == ([LEAD], False)
    assert (mail["From"], mail["To"]) == ("no-reply@collaboration.example", LEAD)
    assert mail["Subject"] == "Über “links”"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"].endswith("@collaboration.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == (
        f"{text}\nQuestions? Ask the data team, ask@example.org, 020 7946 0000\n"
    )
    assert not (tmp_path / "outbox").exists()


@pytest.mark.usefixtures("vouched_for")
def test_an_email_is_encrypted_on_its_way_and_its_sender_gives_a_password(
    tmp_path: Path, encrypting: ssl.SSLContext
) -> None:
    def known(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        right = data == LoginPassword(b"portal", b"p@ss word")
        return AuthResult(success=right, handled=False)

    postbox = Postbox()
    options = {"tls_context": encrypting, "require_starttls": True}
    options |= {"auth_required": True, "authenticator": known}
    with mail_server(postbox, **options) as port:
        mailer(tmp_path, f"smtp://portal:p%40ss%20word@localhost:{port}").send(LEAD, "A", "b", NOW)
        with pytest.raises(MailError):
            mailer(tmp_path, f"smtp://portal:guess@localhost:{port}").send(LEAD, "A", "b", NOW)
    assert [encrypted for _, encrypted, _ in postbox.taken] == [True]


@pytest.mark.usefixtures("vouched_for")
def test_a_server_that_encrypts_from_its_first_word_is_understood(
    tmp_path: Path, encrypting: ssl.SSLContext
) -> None:
    postbox = Postbox()
    with mail_server(postbox, ssl_context=encrypting) as port:
        mailer(tmp_path, f"smtps://localhost:{port}").send(LEAD, "A", "b", NOW)
    assert len(postbox.taken) == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_nobody_vouches_for_gets_nothing(
    tmp_path: Path, encrypting: ssl.SSLContext, scheme: str
) -> None:
    """Whoever stands between us and the mail server could sign in as anybody."""
    postbox = Postbox()
    how = {"ssl_context": encrypting} if scheme == "smtps" else {"tls_context": encrypting}
    with mail_server(postbox, **how) as port, pytest.raises(MailError):
        mailer(tmp_path, f"{scheme}://localhost:{port}").send(LEAD, "A", "b", NOW)
    assert postbox.taken == []


def test_nothing_goes_unencrypted_to_a_server_that_cannot_encrypt(tmp_path: Path) -> None:
    postbox = Postbox()
    with mail_server(postbox) as port, pytest.raises(MailError):
        mailer(tmp_path, f"smtp://127.0.0.1:{port}").send(LEAD, "A", "b", NOW)
    assert postbox.taken == []


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\r\n "])
def test_no_heading_can_be_smuggled_in_and_no_second_recipient(tmp_path: Path, end: str) -> None:
    more = f"{end}Bcc: all@elsewhere.example{end}{end}Another text"
    postbox = Postbox()
    with mail_server(postbox) as port:
        sends = mailer(tmp_path, f"smtp+plain://127.0.0.1:{port}").send
        sends(LEAD, f"Hello{more}", "The text\r\n.\r\nRCPT TO:<all@elsewhere.example>\r\n", NOW)
        for to in (f"{LEAD}{more}", f"{LEAD}, all@elsewhere.example", f"{LEAD}>{end}RCPT TO:<x@y"):
            with pytest.raises(MailError):
                sends(to, "Hello", "The text", NOW)
    ((recipients, _, mail),) = postbox.taken
    assert recipients == [LEAD]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: all@elsewhere.example Another text"
    assert "RCPT TO:<all@elsewhere.example>" in mail.get_content()


@contextmanager
def server_that_is_down() -> Iterator[int]:
    yield free_port()


@contextmanager
def server_that_refuses() -> Iterator[int]:
    with mail_server(Postbox(refuses=True)) as port:
        yield port


@contextmanager
def server_that_says_nothing() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening.getsockname()[1]


def answer(browser: Any, email: str) -> tuple[int, str]:
    asked = ask(browser, email)
    assert browser.get("/sign-in/sent").status_code == 200
    return asked.status_code, asked.headers["location"]


def test_the_link_and_code_that_a_mail_server_brings_sign_in(tmp_path: Path) -> None:
    postbox = Postbox()
    with mail_server(postbox) as port:
        smtp = f"smtp+plain://127.0.0.1:{port}"
        with serving(tmp_path / "home", smtp=smtp) as running, running.browser() as browser:
            ask(browser, LEAD)
            _, code = link_and_code(postbox.waited_for()[0])
            assert use_code(browser, code).status_code == 303
            assert signed_in(browser)
            assert not running.portal.options.outbox.exists()


@pytest.mark.parametrize(
    "server", [server_that_is_down, server_that_refuses, server_that_says_nothing]
)
def test_the_answer_is_the_same_when_the_email_cannot_be_sent(
    tmp_path: Path,
    server: Callable[[], Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ExitStack() as stack:
        smtp = f"smtp+plain://127.0.0.1:{stack.enter_context(server())}"
        with serving(tmp_path / "home", smtp=smtp) as running, running.browser() as browser:
            began = time.monotonic()
            known, unknown = answer(browser, LEAD), answer(browser, "nobody@nowhere.example")
            assert known == unknown == (303, "/sign-in/sent?next=/home")
            assert time.monotonic() - began < ANSWER_SECONDS
            stack.close()  # or the portal would go on waiting for it at its end
    assert LEAD not in caplog.text


def test_an_invitation_holds_although_its_email_could_not_be_sent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    invited = "colleague@trust.example"
    with server_that_refuses() as port:
        smtp = f"smtp+plain://127.0.0.1:{port}"
        with serving(tmp_path / "home", smtp=smtp) as running:
            people = f"/organisations/{TRUST}/people"
            with running.signed_in(LEAD) as browser:
                fields = {"email": invited, "name": "", "role": "partner"}
                token = form_token(browser.get(people))
                done = browser.post(people, data={"form_token": token, **fields})
                told = browser.get(done.headers["location"]).text
                assert "Invited, but not told" in told
                assert "is on its way" not in told
                assert invited in told
            with running.signed_in("data@collaboration.example") as staff:
                board = staff.get("/board/2026-27").text
                assert "an invitation: once" in board
            assert found_roles(running, invited) == {("partner", TRUST)}
    assert "an invitation was not sent" in caplog.text
    assert invited not in caplog.text


def found_roles(running: Running, email: str) -> frozenset[tuple[str, str]]:
    person = find_by_email(running.portal.workspace.engine, email)
    assert person
    return person.roles


def test_a_sign_in_email_that_fails_is_told_to_the_data_team_and_to_no_stranger(
    tmp_path: Path,
) -> None:
    with server_that_refuses() as port:
        smtp = f"smtp+plain://127.0.0.1:{port}"
        with serving(tmp_path / "home", smtp=smtp) as running:
            with running.browser() as browser:
                before = browser.get("/sign-in/sent").text
                ask(browser, LEAD)
                engine = running.portal.workspace.engine
                until = time.monotonic() + ANSWER_SECONDS
                while not emails_not_sent(engine, running.portal.moment()):
                    assert time.monotonic() < until
                    time.sleep(0.02)
                after = browser.get("/sign-in/sent").text
            assert without_token(before) == without_token(after)
            with running.signed_in("data@collaboration.example") as staff:
                board = staff.get("/board/2026-27").text
                log = staff.get("/log").text
            assert "a sign-in e-mail: once" in board
            assert "An e-mail was not sent" in log
            assert LEAD not in log


def without_token(page: str) -> str:
    return re.sub(r'name="form_token" value="[^"]*"', "", page)


def test_the_leads_are_told_what_was_signed_off(running: Running) -> None:
    with running.signed_in(LEAD) as browser:
        page = send(browser, running.workbook())
        assert post(browser, page, "/sign-off", agree="yes").status_code == 303
        receipt = browser.get(f"{page.url.path}/receipt").text
    until = time.monotonic() + ANSWER_SECONDS
    while not (mails := list(running.portal.options.outbox.glob("*.eml"))):
        assert time.monotonic() < until
        time.sleep(0.02)
    (mail,) = (message_from_bytes(one.read_bytes(), policy=policy.default) for one in mails)
    text = mail.get_content()
    number = re.search(r"Receipt (\S+-[A-Z2-7]{5}-[A-Z2-7]{5})", receipt)
    assert number
    assert number[1] in text
    assert mail["To"] == LEAD
    for said in ("for 2026/27 is signed off", "10 November 2026", "By: a lead of", "happens next"):
        assert said in text
    assert "data-team@example.org" in text, "whom to ask"


def test_a_sign_off_stands_when_nobody_can_be_told(tmp_path: Path) -> None:
    with server_that_refuses() as port:
        smtp = f"smtp+plain://127.0.0.1:{port}"
        with serving(tmp_path / "home", smtp=smtp) as running, running.signed_in(LEAD) as browser:
            page = send(browser, running.workbook())
            assert post(browser, page, "/sign-off", agree="yes").status_code == 303
            assert "Signed off" in browser.get(f"{page.url.path}/receipt").text


@pytest.mark.parametrize("path", ["/", "/sign-in", "/releases", "/help", "/no-such-page"])
def test_every_page_says_whom_to_ask(running: Running, path: str) -> None:
    with running.browser() as browser:
        page = browser.get(path).text
    assert 'href="mailto:data-team@example.org"' in page
    assert 'href="tel:02079460000"' in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "", "email": "a@example.org"},
        {"name": "the team", "email": "at the address in the e-mail"},
        {"name": "the team", "email": "a@example.org", "telephone": "ask Sam"},
        {"name": "the team"},
    ],
)
def test_a_contact_that_nobody_can_use_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Contact.model_validate(wrong)
