"""A mail server (aiosmtpd) that wants TLS and a password, for the test of notifications by mail.

Prints "STARTTLS_PORT TLS_PORT CA_FILE", then a line for each message: who signed in, sender, recipients, subject.
Ends when its standard input does.
"""

import asyncio
import email
import email.policy
import logging
import pathlib
import ssl
import subprocess
import sys
import tempfile
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        # What it says must be readable, too.
        assert "why: no space left on device" in message.get_content()
        login = session.auth_data.login.decode()
        print(login, envelope.mail_from, *envelope.rcpt_tos, message["Subject"], flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, auth_data):
    expected = LoginPassword(b"ops", b"p@ss")
    return AuthResult(success=auth_data == expected, handled=False, auth_data=auth_data)


def certificate(folder):
    """A certificate of `localhost` that vouches for itself."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
         "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )
    return key, cert


async def serve(folder):
    # The one that is encrypted from the start does not know that it is.
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    key, cert = certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    common = dict(authenticator=authenticate, auth_required=True)
    loop = asyncio.get_running_loop()
    starttls = lambda: SMTP(Handler(), tls_context=context, require_starttls=True, **common)
    tls = lambda: SMTP(Handler(), auth_require_tls=False, **common)
    servers = [
        await loop.create_server(starttls, "127.0.0.1", 0),
        await loop.create_server(tls, "127.0.0.1", 0, ssl=context),
    ]
    print(*(server.sockets[0].getsockname()[1] for server in servers), cert, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def main():
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(serve(pathlib.Path(folder)))


main()
