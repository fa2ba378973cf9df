"""The first half of a consent: where to send the person, and the secret that proves that the answer is ours."""

import base64
import hashlib
import secrets
from urllib.parse import urlencode

from arti.providers.contract import AppCredentials, OAuthSpec


def make_verifier() -> str:
    """Return a fresh PKCE code verifier (RFC 7636)."""
    return secrets.token_urlsafe(48)


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def authorize_query(spec: OAuthSpec, app: AppCredentials, *, redirect_uri: str, state: str, verifier: str) -> str:
    """Return the query of the consent page's address."""
    query = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": spec.scope_separator.join(spec.scopes),
        "state": state,
        **spec.extra,
    }
    if spec.pkce:
        query |= {"code_challenge_method": "S256", "code_challenge": challenge_of(verifier)}
    return urlencode(query)
