"""The consent page of the simulators, the same for all but for its title, and the check of authorization codes."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from arti_core import clock
from provider_simulators.providers import TRAITS, SimulatedProvider
from provider_simulators.state import SimulatorState
from provider_simulators.tokens import Grant
from provider_simulators.world import ARTIST_NAMES, account_name

CODE_SECONDS = 60

_POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "frame-ancestors 'none'"
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>Allow ARTi to use {name}?</title>
<style>
  :root {{ color-scheme: light dark; font-family: system-ui, sans-serif }}
  body {{ max-width: 26rem; margin: 8vh auto; padding: 0 1rem; line-height: 1.5 }}
  fieldset {{ border: 1px solid #8886; border-radius: .6rem; margin: 1rem 0; padding: .6rem 1rem }}
  label {{ display: block; padding: .25rem 0 }}
  input[type=text] {{ width: 100%; padding: .4rem; box-sizing: border-box; font: inherit }}
  button {{ font: inherit; padding: .5rem 1.4rem; border-radius: .5rem; border: 1px solid #8886; cursor: pointer }}
  button[value=allow] {{ background: #2456d6; color: white; border-color: #2456d6 }}
  small {{ opacity: .75 }}
</style></head><body>
<h1>{name}</h1>
<p><strong>ARTi</strong> asks for access.
<small>This is a simulator on your own machine: nobody's real account.</small></p>
<form method="post">
<fieldset><legend>Which account?</legend>{accounts}
<label>Another artist <input type="text" name="other" placeholder="Any name"></label></fieldset>
{scopes}
<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button>
</form></body></html>"""


async def show_consent(request: Request, state: SimulatorState, provider: SimulatedProvider) -> Response:
    """Show the page, or accept its form and redirect the browser with a code."""
    form = await request.form() if request.method == "POST" else FormData()
    parameters = {**{key: str(value) for key, value in form.items()}, **request.query_params}
    error = _find_error(state, provider, parameters)
    if error:
        return HTMLResponse(f"<h1>{TRAITS[provider].title}</h1><p>{escape(error)}</p>", status_code=400)
    separator = TRAITS[provider].scope_separator
    requested = [scope for scope in parameters.get("scope", "").split(separator) if scope]
    if request.method == "GET":
        return HTMLResponse(_render(provider, requested), headers=_POLICY)
    returned = {"state": parameters["state"]} if "state" in parameters else {}
    if form.get("decision") != "allow":
        return _redirect(parameters["redirect_uri"], {"error": "access_denied", **returned})
    account = str(form.get("other") or "").strip()
    account = account_name(account) if account else str(form.get("account"))
    ticked = [scope for value in form.getlist("scope") for scope in str(value).split(separator)]
    code = Grant(
        kind="code",
        provider=provider.value,
        account=account,
        scopes=tuple(scope for scope in requested if scope in ticked),
        expires_at=int(clock.timestamp()) + CODE_SECONDS,
        challenge=parameters.get("code_challenge", ""),
        redirect_uri=parameters["redirect_uri"],
    )
    return _redirect(parameters["redirect_uri"], {"code": state.token_codec.make(code), **returned})


def _redirect(redirect_uri: str, query: dict[str, str]) -> RedirectResponse:
    separator = "&" if "?" in redirect_uri else "?"
    return RedirectResponse(f"{redirect_uri}{separator}{urlencode(query)}", status_code=302)


def _find_error(state: SimulatorState, provider: SimulatedProvider, query: Mapping[str, str]) -> str:
    target = urlsplit(query.get("redirect_uri", ""))
    if query.get("client_id") != state.client_id:
        return "INVALID_CLIENT: Invalid client"
    if target.scheme != "https" and not (target.scheme == "http" and target.hostname in ("127.0.0.1", "localhost")):
        return "INVALID_CLIENT: Insecure redirect URI"
    if query.get("response_type") != "code":
        return "response_type must be code"
    if TRAITS[provider].requires_pkce and query.get("code_challenge_method") != "S256":
        return "code_challenge_method must be S256"
    return ""


def _render(provider: SimulatedProvider, requested: list[str]) -> str:
    accounts = "".join(
        f'<label><input type="radio" name="account" value="{escape(account_name(name))}"'
        f"{' checked' if place == 0 else ''}> {escape(name)}</label>"
        for place, name in enumerate(ARTIST_NAMES)
    )
    checkboxes = "".join(
        f'<label><input type="checkbox" name="scope" value="{escape(scope)}" checked> {escape(scope)}</label>'
        for scope in requested
    )
    scopes = f"<fieldset><legend>Permissions</legend>{checkboxes}</fieldset>" if checkboxes else ""
    return _PAGE.format(name=TRAITS[provider].title, accounts=accounts, scopes=scopes)


def redeem_code(state: SimulatorState, provider: SimulatedProvider, form: dict[str, str]) -> Grant | None:
    """Return the grant of a code: once, before it expires, for the same redirect URI and with the PKCE verifier."""
    code = form.get("code", "")
    grant = state.token_codec.read(code, kind="code", provider=provider)
    if grant is None or grant.expired or grant.nonce in state.used_nonces:
        return None
    if grant.redirect_uri != form.get("redirect_uri"):
        return None
    if grant.challenge and _challenge(form.get("code_verifier", "")) != grant.challenge:
        return None
    state.used_nonces.add(grant.nonce)
    return grant


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_revoked(state: SimulatorState, grant: Grant) -> bool:
    """Return whether the account's owner revoked the grant."""
    return grant.consented_at <= state.revoked.get((grant.provider, grant.account), 0)
