"""Google, GitHub and Spotify in one test server: their sign-in endpoints, as strict as the real ones.

Each lies under its own path: <url>/google is an OpenID issuer, <url>/github and <url>/spotify speak OAuth 2.
"""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from arti_core import clock

CLIENT_ID, SECRET = "arti-app", "s3cret"


@dataclass
class ProviderUser:
    """Somebody with an account at all three."""

    subject: str = "1001"
    email: str = "ada@example.test"
    verified: bool = True
    name: str = "Ada"
    more_emails: list[dict[str, Any]] = field(default_factory=list)  # GitHub returns several


@dataclass
class Issuer:
    """What a test may look at and turn."""

    url: str
    user: ProviderUser = field(default_factory=ProviderUser)
    claims: dict[str, Any] = field(default_factory=dict)  # override those of the next ID tokens
    callback_parameters: dict[str, str] = field(default_factory=dict)  # override those of the redirect to /callback
    authorize_requests: list[dict[str, str]] = field(default_factory=list)  # the queries of requests to /authorize
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048), repr=False)
    kid: str = "k1"
    codes: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    tokens: dict[str, ProviderUser] = field(default_factory=dict, repr=False)

    def settings(self, *names: str) -> dict[str, Any]:
        """Return the settings that put this server in the place of `names`."""
        return {
            f"gotrue_external_{name}_{key}": value
            for name in names
            for key, value in {
                "enabled": True,
                "client_id": CLIENT_ID,
                "secret": SECRET,
                "url": f"{self.url}/{name}",
            }.items()
        }

    def id_token(self, *, nonce: str | None = None, access_token: str | None = None, **changes: Any) -> str:
        """Return an ID token of the user, as Google issues it."""
        now = int(clock.timestamp())
        claims: dict[str, Any] = {
            "iss": f"{self.url}/google",
            "aud": CLIENT_ID,
            "azp": CLIENT_ID,
            "sub": self.user.subject,
            "iat": now,
            "exp": now + 300,
            "email": self.user.email,
            "email_verified": self.user.verified,
            "name": self.user.name,
            "picture": "https://img.example/ada.png",
        }
        if nonce:
            claims["nonce"] = nonce
        if access_token:
            half = hashlib.sha256(access_token.encode()).digest()[:16]
            claims["at_hash"] = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
        claims |= self.claims | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.kid})


@contextmanager
def serving_issuer(port: int) -> Iterator[Issuer]:
    issuer = Issuer(f"http://127.0.0.1:{port}")
    server = uvicorn.Server(uvicorn.Config(_app(issuer), host="127.0.0.1", port=port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < until, "the issuer did not start in time"
        time.sleep(0.01)
    try:
        yield issuer
    finally:
        server.should_exit = True
        thread.join(15)


def _app(issuer: Issuer) -> Starlette:
    def discovery(request: Request) -> Response:
        base = f"{issuer.url}/google"
        return JSONResponse(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/keys",
            }
        )

    def keys(request: Request) -> Response:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(issuer.key.public_key(), as_dict=True)
        return JSONResponse({"keys": [{**public, "kid": issuer.kid, "use": "sig", "alg": "RS256"}]})

    def authorize(request: Request) -> Response:
        query = dict(request.query_params)
        issuer.authorize_requests.append(query)
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        issuer.codes[code] = query | {"provider": request.url.path.split("/")[1]}
        parameters = {"code": code, "state": query["state"]} | issuer.callback_parameters
        parameters = {name: value for name, value in parameters.items() if value}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(parameters)}", 302)

    async def token(request: Request) -> Response:
        provider = request.url.path.split("/")[1]
        form = dict(parse_qsl((await request.body()).decode()))
        flow = issuer.codes.pop(form.get("code", ""), None)  # a code works once
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        is_authenticated = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, SECRET)
        if provider == "spotify":
            basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
            is_authenticated = request.headers.get("authorization") == f"Basic {basic}" and "client_secret" not in form
        if (
            not is_authenticated
            or flow is None
            or flow["provider"] != provider
            or flow["redirect_uri"] != form.get("redirect_uri")
            or flow["code_challenge"] != challenge.rstrip(b"=").decode()
        ):
            return JSONResponse({"error": "invalid_grant"}, 200 if provider == "github" else 400)
        access = secrets.token_urlsafe(16)
        issuer.tokens[access] = issuer.user
        response = {"access_token": access, "token_type": "bearer"}
        if provider == "google":
            response["id_token"] = issuer.id_token(nonce=flow["nonce"], access_token=access)
            response["refresh_token"] = f"refresh-{access}"
        return JSONResponse(response)

    def user_of(request: Request) -> ProviderUser:
        return issuer.tokens[request.headers["authorization"].removeprefix("Bearer ")]

    def github_user(request: Request) -> Response:
        user = user_of(request)
        return JSONResponse({"id": int(user.subject), "login": "ada", "name": user.name, "avatar_url": "https://i/a"})

    def github_emails(request: Request) -> Response:
        user = user_of(request)
        first = [{"email": user.email, "primary": True, "verified": user.verified}] if user.email else []
        return JSONResponse(first + user.more_emails)

    def spotify_me(request: Request) -> Response:
        user = user_of(request)
        return JSONResponse({"id": user.subject, "display_name": user.name, "email": user.email, "images": []})

    return Starlette(
        routes=[
            Route("/google/.well-known/openid-configuration", discovery),
            Route("/google/keys", keys),
            Route("/google/authorize", authorize),
            Route("/google/token", token, methods=["POST"]),
            Route("/github/login/oauth/authorize", authorize),
            Route("/github/login/oauth/access_token", token, methods=["POST"]),
            Route("/github/api/v3/user", github_user),
            Route("/github/api/v3/user/emails", github_emails),
            Route("/spotify/authorize", authorize),
            Route("/spotify/api/token", token, methods=["POST"]),
            Route("/spotify/me", spotify_me),
        ]
    )
