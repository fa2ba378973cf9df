"""Requests for mails without a session: magic link, recovery, resend (GoTrue's otp.go, recover.go and resend.go).

Known and unknown addresses get the same response after the same work: the request is stored, and processed after the
response (`worker.py`). Only then is the user looked up. What is stored is sealed, since it holds what a person entered.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal, cast
from uuid import UUID

from arti_core.crypto import Vault
from arti_core.database import Connection, open_transaction
from supabase_local.auth import store
from supabase_local.auth.attempts.limits import MAIL, begin_attempt
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.mail import mailer, messages
from supabase_local.auth.mail import store as mail_store
from supabase_local.auth.mail.rate_limit import Topic, record_mail_request
from supabase_local.auth.tokens.flow_state_store import CodeChallenge
from supabase_local.auth.users.accounts import add_user, audit, new_user
from supabase_local.auth.users.models import UserRow

Kind = Literal["recovery", "magiclink", "signup", "email_change"]
_TOPICS: dict[Kind, Topic] = {
    "recovery": "sign_in",
    "magiclink": "sign_in",
    "signup": "confirmation",
    "email_change": "email_change",
}
_NO_USER: Final = UUID(int=0)  # the owner of a sealed request: its address may belong to nobody


async def request_mail(
    context: AuthContext,
    *,
    kind: Kind,
    address: str,
    redirect_to: str,
    challenge: CodeChallenge | None,
    client_info: ClientInfo,
    create_user: bool = False,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Store a request.

    Raises AuthError within SMTP_MAX_FREQUENCY of the last one for this address, after many, and above the mail
    budgets.
    """
    pending = {
        "kind": kind,
        "redirect_to": redirect_to,
        "challenge": [challenge.text, challenge.method] if challenge else None,
        "create_user": create_user,
        "data": dict(data or {}),
        "ip": client_info.ip,
        "user_agent": client_info.user_agent,
        "accept_language": client_info.accept_language,
    }
    await begin_attempt(context, MAIL, address, client_info, user_id=None)  # each one counts, whatever becomes of it
    topic = _TOPICS[kind]
    sealed = _seal(context.vault, address, topic, pending)
    async with open_transaction(context.pool, "begin") as connection:
        await mailer.check_mail_limit(connection, context)
        await mail_store.check_storable(connection, pending)
        await mailer.take_request(connection, context, address)
        await record_mail_request(connection, context, topic=topic, address=address, sealed=sealed)
    context.requests_waiting.set()


async def process_next_request(context: AuthContext) -> bool:
    """Process the oldest pending requests of one address. Returns False when none is pending."""
    async with open_transaction(context.pool, "begin") as connection:
        row = await mail_store.take_next_request(connection)
        if row is None:
            return False
        for sealed in row["sealed"]:
            request = _open(context.vault, row["address"], row["topic"], sealed)
            await _process_request(connection, context, row["address"], request)
    context.mail_queue.wake()
    return True


async def drop_next_request(context: AuthContext) -> None:
    """Drop the next pending request, because it cannot be processed."""
    async with open_transaction(context.pool, "begin") as connection:
        await mail_store.drop_next_request(connection)


async def seal_unsealed(context: AuthContext) -> None:
    """Seal the requests that the version before sealing has left in clear."""
    async with open_transaction(context.pool, "begin") as connection:
        for row in await mail_store.lock_unsealed(connection):
            address, topic = row["address"], row["topic"]
            sealed = [_seal(context.vault, address, topic, request) for request in row["unsealed"]]
            await mail_store.store_sealed(connection, address=address, topic=topic, sealed=sealed)


def _seal(vault: Vault, address: str, topic: str, request: Mapping[str, Any]) -> bytes:
    return vault.seal(request, owner_id=_NO_USER, kind="mail_request", ref=f"{topic}:{address}")


def _open(vault: Vault, address: str, topic: str, sealed: bytes) -> Mapping[str, Any]:
    opened = vault.open(sealed, owner_id=_NO_USER, kind="mail_request", ref=f"{topic}:{address}")
    return cast(Mapping[str, Any], opened)


async def _process_request(
    connection: Connection, context: AuthContext, address: str, request: Mapping[str, Any]
) -> None:
    kind, redirect_to = request["kind"], request["redirect_to"]
    challenge = CodeChallenge(*request["challenge"]) if request["challenge"] else None
    client_info = ClientInfo(request["ip"], request["user_agent"], request.get("accept_language", ""))
    existing = await store.find_user_by_email(connection, address)
    user = await store.lock_user(connection, existing.id) if existing else None
    if user is None and kind == "magiclink" and request["create_user"] and not context.settings.disable_signup:
        user = await _sign_up(connection, context, address, request["data"], client_info)
    if user is None:
        return
    if kind == "email_change":
        if user.email_change:
            await messages.send_email_change(
                connection,
                context,
                user,
                new_address=user.email_change,
                redirect_to=redirect_to,
                challenge=challenge,
                client_info=client_info,
            )
    elif kind == "recovery" or (kind == "magiclink" and user.confirmed_at):
        await messages.send_sign_in(
            connection,
            context,
            user,
            kind=kind,
            redirect_to=redirect_to,
            challenge=challenge,
            client_info=client_info,
        )
        await audit(connection, user, "user_recovery_requested", client_info)
    elif user.confirmed_at is None:
        if kind == "magiclink":  # the request has no password: a stored one may be another person's
            user.encrypted_password = None
        await messages.send_confirmation(
            connection, context, user, redirect_to=redirect_to, challenge=challenge, client_info=client_info
        )
        await audit(connection, user, "user_confirmation_requested", client_info)
    await store.save_user(connection, user)


async def _sign_up(
    connection: Connection, context: AuthContext, address: str, data: Mapping[str, Any], client_info: ClientInfo
) -> UserRow:
    """Create a user without a password, for a magic link."""
    user = new_user(address, hashed=None, data=data, confirmed=context.settings.enable_email_autoconfirm)
    await add_user(connection, user)
    await audit(connection, user, "user_signedup", client_info)
    return user
