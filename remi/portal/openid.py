"""OpenID Connect, as far as staff sign-in needs it: the code flow with PKCE, asked for one thing, a
verified address.

Every answer of the provider is checked before any of it is believed.

Sources: OpenID Connect Core 1.0 (3.1), Discovery 1.0; RFC 7636 (PKCE).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from remi.portal.options import StaffSignIn

SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Only signatures that nobody can make who has not the provider's private key."""

CLOCKS_APART = 60
"""Seconds by which the provider's clock may differ from ours."""

SECONDS_TO_WAIT = 10
SCOPE = "openid email"


class ProviderError(RuntimeError):
    """The provider did not answer, or not in a way that can be used."""


class NotVerifiedError(RuntimeError):
    """What came back says nothing that can be believed."""


@dataclass(frozen=True)
class Provider:
    """Where the provider's doors are, as it says itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True)
class Begun:
    """What must be the same when the person comes back."""

    state: str
    nonce: str
    verifier: str


def begun() -> Begun:
    """New secrets for one sign-in."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Begun(state, nonce, verifier)


def where_to_sign_in(staff: StaffSignIn, this: Begun, come_back: str, encrypted: bool) -> str:
    """The provider's page on which to sign in; it leads back to `come_back`.

    With `encrypted` every address of the provider's must be https. Raises ProviderError.
    """
    with _connection() as connection:
        found = _provider(connection, staff, encrypted)
        address, _ = _client(connection, staff, come_back).create_authorization_url(
            found.authorization_endpoint,
            state=this.state,
            nonce=this.nonce,
            code_verifier=this.verifier,
        )
    return str(address)


def verified_address(
    staff: StaffSignIn, this: Begun, code: str, come_back: str, encrypted: bool, now: datetime
) -> str:
    """The e-mail address of the person who signed in, which the provider has verified.

    `now` has its zone. Raises ProviderError and NotVerifiedError.
    """
    with _connection() as connection:
        found = _provider(connection, staff, encrypted)
        try:
            answer = _client(connection, staff, come_back).fetch_token(
                found.token_endpoint,
                auth=(staff.client_id, staff.client_secret),
                grant_type="authorization_code",
                code=code,
                code_verifier=this.verifier,
            )
        except OAuth2Error as error:
            raise NotVerifiedError("the provider did not take the code") from error
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderError("the provider gave no token") from error
        keys = _json(connection, found.jwks_uri)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise NotVerifiedError("there is no ID token")
    claims = _claims(token, keys, found.issuer, staff.client_id, this.nonce, now)
    address = claims.get("email")
    # Whoever may write any address into their account must not become its owner here.
    if claims.get("email_verified") is not True or not isinstance(address, str) or not address:
        raise NotVerifiedError("the address is not verified")
    return address


def _claims(
    token: str, keys: dict[str, Any], issuer: str, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """What the ID token says, once its signature and claims are checked."""
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=CLOCKS_APART,
        iss={"essential": True, "value": issuer},
        sub={"essential": True},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=SIGNED_BY).claims  # type: ignore[arg-type]  # checked by it
        registry.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotVerifiedError(type(error).__name__) from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise NotVerifiedError("the token was made for somebody else")
    return claims


def _connection() -> httpx.Client:
    return httpx.Client(timeout=SECONDS_TO_WAIT, follow_redirects=False)


def _client(connection: httpx.Client, staff: StaffSignIn, come_back: str) -> Any:
    return OAuth2Client(
        connection,
        staff.client_id,
        staff.client_secret,
        scope=SCOPE,
        redirect_uri=come_back,
        code_challenge_method="S256",
    )


def _provider(connection: httpx.Client, staff: StaffSignIn, encrypted: bool) -> Provider:
    said = _json(connection, f"{staff.issuer}/.well-known/openid-configuration")
    names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    try:
        found = Provider(*(str(said[name]) for name in names))
    except KeyError as error:
        raise ProviderError("the provider does not say where its doors are") from error
    if found.issuer.rstrip("/") != staff.issuer:
        raise ProviderError("the provider calls itself by another name")
    doors = (staff.issuer, found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
    if encrypted and any(urlsplit(door).scheme != "https" for door in doors):
        raise ProviderError("the provider is not reached by https")
    return found


def _json(connection: httpx.Client, address: str) -> dict[str, Any]:
    try:
        answer = connection.get(address)
        answer.raise_for_status()
        said = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ProviderError("the provider did not answer") from error
    if not isinstance(said, dict):
        raise ProviderError("the provider's answer cannot be read")
    return said
