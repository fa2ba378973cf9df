"""Google, GitHub and Spotify: endpoints, token exchange and profile. Source: their documentation.

Each may be replaced by a compatible host, by its URL in the settings.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from arti_core.errors import Invalid, Unavailable
from arti_core.http_client import HttpResponse, OutboundClient
from supabase_local.auth.external.oidc import TIMEOUT_SECONDS, BadIDToken, Endpoints, Issuers, IssuerUnusable
from supabase_local.auth.external.profiles import Profile, github_profile, google_profile, read_text, spotify_profile
from supabase_local.settings import SupabaseLocalSettings

GOOGLE_ISSUER = "https://accounts.google.com"
NAMES = ("google", "github", "spotify")


class ProviderFailed(Exception):
    """The provider refused, or sent an unexpected response. The message may be shown to users."""


class Unsupported(Exception):
    """The provider is unknown or disabled."""


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    refresh: str
    id: str


@dataclass(frozen=True, slots=True)
class ExternalProvider:
    """An application registered with a provider."""

    name: str
    client_ids: tuple[str, ...]
    secret: str
    redirect_uri: str
    base_url: str  # "": the provider's own

    @property
    def client_id(self) -> str:
        return self.client_ids[0]

    @property
    def issuer(self) -> str:
        """Return the issuer of the provider's responses (RFC 9207), "" where it sends none."""
        return self.base_url or {"google": GOOGLE_ISSUER, "github": "https://github.com/login/oauth"}.get(self.name, "")


def find_provider(settings: SupabaseLocalSettings, name: str) -> ExternalProvider:
    """Return an enabled provider. Raises Unsupported."""
    name = name.lower()
    if name not in NAMES:
        raise Unsupported(f"Provider {name[:100]} could not be found")
    prefix = f"gotrue_external_{name}"
    if not getattr(settings, f"{prefix}_enabled"):
        raise Unsupported("provider is not enabled")
    client_ids = tuple(part.strip() for part in getattr(settings, f"{prefix}_client_id").split(",") if part.strip())
    if not client_ids:
        raise Unsupported("missing OAuth client ID")
    return ExternalProvider(
        name=name,
        client_ids=client_ids,
        secret=getattr(settings, f"{prefix}_secret").get_secret_value(),
        redirect_uri=getattr(settings, f"{prefix}_redirect_uri") or f"{settings.issuer}/callback",
        base_url=getattr(settings, f"{prefix}_url"),
    )


def enabled_providers(settings: SupabaseLocalSettings) -> list[str]:
    return [name for name in NAMES if getattr(settings, f"gotrue_external_{name}_enabled")]


def new_verifier() -> str:
    """Return a code verifier for one flow (PKCE, RFC 7636)."""
    return secrets.token_urlsafe(48)


def nonce_of(verifier: str) -> str:
    """Return the nonce of a flow, which its ID token must contain; it does not reveal the verifier."""
    return hashlib.sha256(b"nonce|" + verifier.encode()).hexdigest()


async def authorize_url(
    issuers: Issuers, provider: ExternalProvider, *, state: str, verifier: str, scopes: str, extra: dict[str, str]
) -> str:
    """Return the authorization URL. `scopes`, by comma or space, are added. Raises IssuerUnusable."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    all_scopes = {
        "google": ["openid", "email", "profile"],
        "github": ["user:email"],
        "spotify": ["user-read-email"],
    }[provider.name]
    all_scopes += [scope for scope in scopes.replace(",", " ").split() if scope not in all_scopes]
    query = {
        **extra,
        "client_id": provider.client_id,
        "redirect_uri": provider.redirect_uri,
        "response_type": "code",
        "scope": " ".join(all_scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if provider.name == "google":
        query["nonce"] = nonce_of(verifier)
    endpoint = (await _endpoints(issuers, provider)).authorization
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"


async def exchange(
    http_client: OutboundClient, issuers: Issuers, provider: ExternalProvider, *, code: str, verifier: str
) -> Tokens:
    """Return the tokens for a code. Raises ProviderFailed, IssuerUnusable."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": provider.redirect_uri,
        "code_verifier": verifier,
        "client_id": provider.client_id,
    }
    basic = provider.name == "spotify"  # the only one with the secret in the header
    if not basic:
        form["client_secret"] = provider.secret
    response = await _call(
        http_client,
        "POST",
        (await _endpoints(issuers, provider)).token,
        headers={"Accept": "application/json"},
        form=form,
        auth=(provider.client_id, provider.secret) if basic else None,
    )
    fields = _read(response)
    access = fields.get("access_token") if isinstance(fields, dict) else None
    if not isinstance(access, str) or not access:  # GitHub refuses with status 200
        raise ProviderFailed(f"Unable to exchange external code: {code[:200]}")
    return Tokens(
        access,
        read_text(fields.get("refresh_token"), max_length=4096),
        read_text(fields.get("id_token"), max_length=8192),
    )


async def read_profile(
    http_client: OutboundClient, issuers: Issuers, provider: ExternalProvider, tokens: Tokens, *, verifier: str
) -> Profile:
    """Return the profile of the user. Raises ProviderFailed, IssuerUnusable."""
    if provider.name == "google":
        try:
            claims = await issuers.verify(
                tokens.id, issuer=provider.issuer, client_ids={provider.client_id}, access_token=tokens.access
            )
        except BadIDToken as error:
            raise ProviderFailed("Error getting user profile from external provider") from error
        if claims.get("nonce") != nonce_of(verifier):
            raise ProviderFailed("Error getting user profile from external provider")
        return google_profile(claims)
    api = provider.base_url
    if provider.name == "github":
        api = f"{api}/api/v3" if api else "https://api.github.com"
        user = await _get(http_client, f"{api}/user", tokens)
        emails = await _get(http_client, f"{api}/user/emails", tokens)
        return github_profile(api, user, emails)
    api = api or "https://api.spotify.com/v1"
    return spotify_profile(api, await _get(http_client, f"{api}/me", tokens))


async def _endpoints(issuers: Issuers, provider: ExternalProvider) -> Endpoints:
    if provider.name == "google":
        return await issuers.endpoints(provider.issuer)
    if provider.name == "github":
        base = f"{provider.base_url or 'https://github.com'}/login/oauth"
        return Endpoints(f"{base}/authorize", f"{base}/access_token", "")
    base = provider.base_url or "https://accounts.spotify.com"
    return Endpoints(f"{base}/authorize", f"{base}/api/token", "")


async def _get(http_client: OutboundClient, url: str, tokens: Tokens) -> Any:
    headers = {"Authorization": f"Bearer {tokens.access}", "Accept": "application/json", "User-Agent": "supabase_local"}
    response = await _call(http_client, "GET", url, headers=headers)
    body = _read(response)
    if response.status != 200 or body is None:
        raise ProviderFailed("Error getting user profile from external provider")
    return body


async def _call(http_client: OutboundClient, method: str, url: str, **options: Any) -> HttpResponse:
    try:
        return await http_client.call(method, url, timeout_seconds=TIMEOUT_SECONDS, **options)
    except (Unavailable, Invalid) as error:
        raise IssuerUnusable(f"{urlsplit(url).hostname} does not answer") from error


def _read(response: HttpResponse) -> Any:
    try:
        return orjson.loads(response.body)
    except ValueError:
        return None
