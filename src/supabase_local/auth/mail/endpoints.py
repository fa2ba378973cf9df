"""GoTrue's routes that send mails or accept their codes and links."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from supabase_local.auth import rate_limits
from supabase_local.auth.context import ClientInfo
from supabase_local.auth.errors import bad_request
from supabase_local.auth.mail import generate_link as links
from supabase_local.auth.mail import requests
from supabase_local.auth.mail import verify as verification
from supabase_local.auth.middleware import context_of, need_admin, principal_of, route
from supabase_local.auth.tokens.pkce import read_challenge
from supabase_local.auth.users import user
from supabase_local.auth.users.accounts import metadata_of, parse_email, parse_phone
from supabase_local.auth.users.phone import cannot_send
from supabase_local.gateway.json_io import json_answer, read_json


async def recover(request: Request) -> Response:
    await rate_limits.take(request, rate_limits.RECOVER)
    body = await read_json(request)
    if not body.get("email"):
        raise bad_request("validation_failed", "Password recovery requires an email")
    return await _request_mail(request, body, "recovery")


async def otp(request: Request) -> Response:
    await rate_limits.take(request, rate_limits.OTP)
    body = await read_json(request)
    if body.get("email") and body.get("phone"):
        raise bad_request("validation_failed", "Only an email address or phone number should be provided")
    if body.get("email") and body.get("channel"):
        raise bad_request("validation_failed", "Channel should only be specified with Phone OTP")
    if body.get("phone"):
        if not context_of(request).settings.enable_phone_signup:
            raise bad_request("phone_provider_disabled", "Unsupported phone provider")
        parse_phone(body["phone"])
        raise cannot_send()
    if not body.get("email"):
        raise bad_request("validation_failed", "One of email or phone must be set")
    return await _request_mail(request, body, "magiclink", create_user=body.get("create_user") is not False)


async def magic_link(request: Request) -> Response:
    await rate_limits.take(request, rate_limits.MAGIC_LINK)
    body = await read_json(request)
    return await _request_mail(request, body, "magiclink", create_user=True)


async def resend(request: Request) -> Response:
    await rate_limits.take(request, rate_limits.RESEND)
    body = await read_json(request)
    kind, address, phone = body.get("type"), body.get("email"), body.get("phone")
    if kind not in ("signup", "email_change", "sms", "phone_change"):
        raise bad_request("validation_failed", "Missing one of these types: signup, email_change, sms, phone_change")
    if kind == "signup" and not address:
        raise bad_request("validation_failed", "Type provided requires an email address")
    if kind == "sms" and not phone:
        raise bad_request("validation_failed", "Type provided requires a phone number")
    if address and phone:
        raise bad_request("validation_failed", "Only an email address or phone number should be provided.")
    if not address and not phone:
        raise bad_request("validation_failed", "Missing email address or phone number")
    if phone:
        if not context_of(request).settings.enable_phone_signup:
            raise bad_request("phone_provider_disabled", "Phone logins are disabled")
        parse_phone(phone)
        return json_answer({})  # no code was ever sent, whether the number is known or not
    return await _request_mail(request, body, kind)


async def _request_mail(
    request: Request, body: dict[str, Any], kind: requests.Kind, *, create_user: bool = False
) -> Response:
    context = context_of(request)
    await requests.request_mail(
        context,
        kind=kind,
        address=parse_email(body.get("email")),
        redirect_to=context.redirects.of(request),
        challenge=read_challenge(body),
        client_info=ClientInfo.of(request),
        create_user=create_user,
        data=metadata_of(body, "data"),
    )
    return json_answer({})


async def verify(request: Request) -> Response:
    await rate_limits.take(request, rate_limits.VERIFY)
    return json_answer(
        await verification.verify(context_of(request), await read_json(request), client_info=ClientInfo.of(request)),
        headers={"Cache-Control": "no-store", "Pragma": "no-cache"},
    )


async def follow_link(request: Request) -> Response:
    if request.method == "HEAD":  # scanners that prefetch links must not use them up
        return Response(status_code=405, headers={"Allow": "GET, POST"})
    await rate_limits.take(request, rate_limits.VERIFY)
    context = context_of(request)
    kind, token = request.query_params.get("type", ""), request.query_params.get("token", "")
    if not kind:
        raise bad_request("validation_failed", "Verify requires a verification type")
    if not token:
        raise bad_request("validation_failed", "Verify requires a token or a token hash")
    url = await verification.follow_link(
        context, token, kind, redirect_to=context.redirects.of(request), client_info=ClientInfo.of(request)
    )
    # The URL holds a session: no cache may store it, no page may receive it as the referrer.
    return RedirectResponse(url, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


async def reauthenticate(request: Request) -> Response:
    await user.reauthenticate(context_of(request), principal_of(request), client_info=ClientInfo.of(request))
    return json_answer({})


async def invite(request: Request) -> Response:
    need_admin(request)
    context = context_of(request)
    answer = await links.invite(
        context, await read_json(request), redirect_to=context.redirects.of(request), client_info=ClientInfo.of(request)
    )
    return json_answer(answer)


async def generate_link(request: Request) -> Response:
    need_admin(request)
    context, body = context_of(request), await read_json(request)
    redirect_to = context.redirects.of(request, requested=body.get("redirect_to"))
    return json_answer(
        await links.generate_link(context, body, redirect_to=redirect_to, client_info=ClientInfo.of(request))
    )


ROUTES = [
    route("/recover", "POST", recover),
    route("/otp", "POST", otp),
    route("/magiclink", "POST", magic_link),
    route("/resend", "POST", resend),
    route("/verify", "POST", verify, public=True),
    route("/verify", "GET", follow_link, public=True),
    route("/reauthenticate", "GET", reauthenticate),
    route("/invite", "POST", invite),
    route("/admin/generate_link", "POST", generate_link),
]
