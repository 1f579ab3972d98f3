"""A small OpenID provider on a port of its own, whose tokens a test may spoil before it signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID, CLIENT_SECRET = "portal", "a secret between the two"

Claims = dict[str, Any]
Spoil = Callable[[Claims], None]


def _kept(_: Claims) -> None:
    """As it should be."""


@dataclass
class Provider:
    """Who signs in at it, and how its answers are spoiled."""

    now: Callable[[], datetime]
    address: str = ""
    email: str = "data@collaboration.example"
    spoil: Spoil = _kept
    signing: str = "RS256"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: Any = None
    issuer: str | None = None
    without: str = ""
    keeps_codes: bool = False
    away: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.configuration),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/jwks", self.jwks),
            ]
        )

    async def configuration(self, request: Request) -> Response:
        if self.away:
            return Response("<html>maintenance</html>", status_code=503)
        said = {
            "issuer": self.issuer or self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
        }
        said.pop(self.without, None)
        return JSONResponse(said)

    async def authorize(self, request: Request) -> Response:
        """Whoever comes is signed in at once, as `email`."""
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", status_code=302)

    async def token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        code = form.get("code", "")
        asked = self.codes.get(code) if self.keeps_codes else self.codes.pop(code, None)
        known = f"Basic {base64.b64encode(f'{CLIENT_ID}:{CLIENT_SECRET}'.encode()).decode()}"
        if request.headers.get("authorization") != known:
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = _base64(digest)
        if (
            asked is None
            or asked.get("code_challenge_method") != "S256"
            or asked.get("code_challenge") != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        return JSONResponse(
            {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(asked)}
        )

    async def jwks(self, request: Request) -> Response:
        other = ECKey.generate_key("P-256", {"kid": "another"})
        return JSONResponse(KeySet([other, self.key]).as_dict(private=False))

    def id_token(self, asked: dict[str, str]) -> str:
        seconds = int(self.now().timestamp())
        claims: Claims = {
            "iss": self.address,
            "sub": "1234",
            "aud": CLIENT_ID,
            "iat": seconds,
            "exp": seconds + 300,
            "nonce": asked["nonce"],
            "email": self.email,
            "email_verified": True,
        }
        self.spoil(claims)
        if self.signing in ("none", "HS256"):
            # No library makes these: the one is unsigned; the other is the old trick of signing by
            # the public key, as if it were a secret that both share.
            text = ".".join(_encoded(one) for one in ({"alg": self.signing, "kid": "one"}, claims))
            secret = self.key.as_pem(private=False)
            digest = hmac.new(secret, text.encode(), hashlib.sha256).digest()
            return f"{text}.{_base64(digest) if self.signing == 'HS256' else ''}"
        header = {"alg": self.signing, "kid": "one"}
        key = self.signs_with or self.key
        return jwt.encode(header, claims, key, algorithms=[self.signing])


def _encoded(part: Claims) -> str:
    return _base64(json.dumps(part).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@contextmanager
def providing(now: Callable[[], datetime]) -> Iterator[Provider]:
    """A provider served on a free port of this machine until the end."""
    provider = Provider(now)
    config = uvicorn.Config(lambda: None, factory=True, host="127.0.0.1", port=0, log_level="error")
    socket = config.bind_socket()
    provider.address = f"http://127.0.0.1:{socket.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(provider.app(), log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < until, "the provider did not start"
        time.sleep(0.01)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(20)
        socket.close()
