"""GoTrue's routes that mail something, or take what was mailed: HTTP in, HTTP out."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from arti.supabase.auth import limits, links, mail_requests, own_account, verification
from arti.supabase.auth.accounts import metadata_of, parse_email, parse_phone
from arti.supabase.auth.doors import Visit
from arti.supabase.auth.errors import bad_request
from arti.supabase.auth.flows import read_challenge
from arti.supabase.auth.phones import cannot_send
from arti.supabase.auth.routes import asker_of, doors_of, need_admin, route
from arti.supabase.wire import json_answer, read_json


async def recover(request: Request) -> Response:
    await limits.take(request, limits.RECOVER)
    body = await read_json(request)
    if not body.get("email"):
        raise bad_request("validation_failed", "Password recovery requires an email")
    return await _request_mail(request, body, "recovery")


async def otp(request: Request) -> Response:
    await limits.take(request, limits.OTP)
    body = await read_json(request)
    if body.get("email") and body.get("phone"):
        raise bad_request("validation_failed", "Only an email address or phone number should be provided")
    if body.get("email") and body.get("channel"):
        raise bad_request("validation_failed", "Channel should only be specified with Phone OTP")
    if body.get("phone"):
        if not doors_of(request).settings.enable_phone_signup:
            raise bad_request("phone_provider_disabled", "Unsupported phone provider")
        parse_phone(body["phone"])
        raise cannot_send()
    if not body.get("email"):
        raise bad_request("validation_failed", "One of email or phone must be set")
    return await _request_mail(request, body, "magiclink", create_user=body.get("create_user") is not False)


async def magic_link(request: Request) -> Response:
    await limits.take(request, limits.MAGIC_LINK)
    body = await read_json(request)
    return await _request_mail(request, body, "magiclink", create_user=True)


async def resend(request: Request) -> Response:
    await limits.take(request, limits.RESEND)
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
        if not doors_of(request).settings.enable_phone_signup:
            raise bad_request("phone_provider_disabled", "Phone logins are disabled")
        parse_phone(phone)
        return json_answer({})  # no number waits for a code here, known or not
    return await _request_mail(request, body, kind)


async def _request_mail(
    request: Request, body: dict[str, Any], kind: mail_requests.Kind, *, create_user: bool = False
) -> Response:
    doors = doors_of(request)
    await mail_requests.request_mail(
        doors,
        kind=kind,
        address=parse_email(body.get("email")),
        redirect_to=doors.redirects.of(request),
        challenge=read_challenge(body),
        visit=Visit.of(request),
        create_user=create_user,
        data=metadata_of(body, "data"),
    )
    return json_answer({})


async def verify(request: Request) -> Response:
    await limits.take(request, limits.VERIFY)
    return json_answer(
        await verification.verify(doors_of(request), await read_json(request), visit=Visit.of(request)),
        headers={"Cache-Control": "no-store", "Pragma": "no-cache"},
    )


async def follow_link(request: Request) -> Response:
    if request.method == "HEAD":  # programs that look at links before a person does must not use them up
        return Response(status_code=405, headers={"Allow": "GET, POST"})
    await limits.take(request, limits.VERIFY)
    doors = doors_of(request)
    kind, token = request.query_params.get("type", ""), request.query_params.get("token", "")
    if not kind:
        raise bad_request("validation_failed", "Verify requires a verification type")
    if not token:
        raise bad_request("validation_failed", "Verify requires a token or a token hash")
    url = await verification.follow_link(
        doors, token, kind, redirect_to=doors.redirects.of(request), visit=Visit.of(request)
    )
    # The address holds a session: nobody on the way may keep it, and no page learns it as the referrer.
    return RedirectResponse(url, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


async def reauthenticate(request: Request) -> Response:
    await own_account.reauthenticate(doors_of(request), asker_of(request), visit=Visit.of(request))
    return json_answer({})


async def invite(request: Request) -> Response:
    need_admin(request)
    doors = doors_of(request)
    answer = await links.invite(
        doors, await read_json(request), redirect_to=doors.redirects.of(request), visit=Visit.of(request)
    )
    return json_answer(answer)


async def generate_link(request: Request) -> Response:
    need_admin(request)
    doors, body = doors_of(request), await read_json(request)
    redirect_to = doors.redirects.of(request, wanted=body.get("redirect_to"))
    return json_answer(await links.generate_link(doors, body, redirect_to=redirect_to, visit=Visit.of(request)))


ROUTES = [
    route("/recover", "POST", recover),
    route("/otp", "POST", otp),
    route("/magiclink", "POST", magic_link),
    route("/resend", "POST", resend),
    route("/verify", "POST", verify, open_to_all=True),
    route("/verify", "GET", follow_link, open_to_all=True),
    route("/reauthenticate", "GET", reauthenticate),
    route("/invite", "POST", invite),
    route("/admin/generate_link", "POST", generate_link),
]
