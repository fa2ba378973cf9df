"""OAuth 2.0 as the connectors share it: authorization URL, token request (RFC 6749), PKCE (RFC 7636)."""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from arti.providers.errors import PermissionMissing, ReauthRequired
from arti.vocabulary import PROVIDER_NAMES, Provider


@dataclass(frozen=True, slots=True)
class ProviderTokens:
    """Tokens of one authorization. Times are UTC; from `consent_expires_at` on only a person can renew it."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime | None
    consent_expires_at: datetime | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """The OAuth app of an org at one provider."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OAuthSpec:
    """A provider's OAuth endpoints and parameters. A sync needs every one of `scopes`."""

    authorize_url: str
    exchange_url: str
    scopes: tuple[str, ...]
    pkce: bool
    scope_separator: str = " "
    extra: Mapping[str, str] = field(default_factory=dict)


def make_verifier() -> str:
    """Return a fresh PKCE code verifier (RFC 7636)."""
    return secrets.token_urlsafe(48)


def code_challenge(verifier: str) -> str:
    """Return the S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def authorize_query(spec: OAuthSpec, app: AppCredentials, *, redirect_uri: str, state: str, verifier: str) -> str:
    """Return the query of the authorization URL."""
    query = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": spec.scope_separator.join(spec.scopes),
        "state": state,
        **spec.extra,
    }
    if spec.pkce:
        query |= {"code_challenge_method": "S256", "code_challenge": code_challenge(verifier)}
    return urlencode(query)


def oauth2_token_form(
    app: AppCredentials | None, *, code: str = "", redirect_uri: str = "", verifier: str = "", refresh_token: str = ""
) -> dict[str, str]:
    """Return the form of a token request: for an authorization code, or for a refresh token if that is given.

    `app` is None where the client authenticates with HTTP Basic.
    """
    if refresh_token:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    else:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        form |= {"code_verifier": verifier} if verifier else {}
    return form | ({"client_id": app.client_id, "client_secret": app.client_secret} if app else {})


def require_refresh_token(provider: Provider, tokens: ProviderTokens) -> str:
    """Return the refresh token. Raises ReauthRequired when the provider issued none."""
    if tokens.refresh_token is None:
        raise ReauthRequired(f"{PROVIDER_NAMES[provider]} gave no refresh token. Connect the account again.")
    return tokens.refresh_token


def require_scopes(provider: Provider, spec: OAuthSpec, granted: Iterable[str]) -> None:
    """Raise PermissionMissing, which names the scope, when one that a sync needs was not granted."""
    if missing := set(spec.scopes) - set(granted):
        raise PermissionMissing(
            f"{PROVIDER_NAMES[provider]} did not grant {min(missing)}. Connect again and leave all boxes ticked."
        )
