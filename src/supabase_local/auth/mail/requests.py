"""What somebody without a session asks to be mailed: a way in, a new password, the confirmation once more.

Known and unknown addresses get the same answer after the same work: the wish is written down, and carried out after
the answer (`postman.py`). Only then is the address looked up.
"""

from collections.abc import Mapping
from typing import Any, Literal

from arti_core.database import Connection, open_transaction
from supabase_local.auth import store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.mail import messages, outbox
from supabase_local.auth.mail.rate_limit import Topic, record_mail_request
from supabase_local.auth.tokens.flow_state_store import Challenge
from supabase_local.auth.users.accounts import add_user, audit, new_user
from supabase_local.auth.users.models import User

Kind = Literal["recovery", "magiclink", "signup", "email_change"]
_TOPICS: dict[Kind, Topic] = {
    "recovery": "sign_in",
    "magiclink": "sign_in",
    "signup": "confirmation",
    "email_change": "email_change",
}


async def request_mail(
    context: AuthContext,
    *,
    kind: Kind,
    address: str,
    redirect_to: str,
    challenge: Challenge | None,
    client_info: ClientInfo,
    create_user: bool = False,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write down a wish. Raises AuthError when the same was asked for this address a moment ago."""
    owed = {
        "kind": kind,
        "redirect_to": redirect_to,
        "challenge": [challenge.text, challenge.method] if challenge else None,
        "create_user": create_user,
        "data": dict(data or {}),
        "ip": client_info.ip,
        "user_agent": client_info.user_agent,
    }
    async with open_transaction(context.pool, "begin") as connection:
        await outbox.check_mail_limit(connection, context)
        await record_mail_request(connection, context, topic=_TOPICS[kind], address=address, owed=owed)
    context.requests_waiting.set()


async def process_next_request(context: AuthContext) -> bool:
    """Carry out what is owed to one address. Returns False when nothing is."""
    async with open_transaction(context.pool, "begin") as connection:
        row = await connection.fetchrow(
            """update auth.mail_requests as r set owed = null
               from (select address, topic, owed from auth.mail_requests where owed is not null
                     order by asked_at limit 1 for update skip locked) as next
               where r.address = next.address and r.topic = next.topic
               returning next.address, next.owed"""
        )
        if row is None:
            return False
        for owed in row["owed"]:
            await _process_request(connection, context, row["address"], owed)
    context.mail_queue.wake()
    return True


async def drop_next_request(context: AuthContext) -> None:
    """Forget the wish that is next: it cannot be carried out."""
    async with open_transaction(context.pool, "begin") as connection:
        await connection.execute(
            """update auth.mail_requests set owed = null where (address, topic) in
                 (select address, topic from auth.mail_requests where owed is not null order by asked_at limit 1)"""
        )


async def _process_request(connection: Connection, context: AuthContext, address: str, owed: Mapping[str, Any]) -> None:
    kind, redirect_to = owed["kind"], owed["redirect_to"]
    challenge = Challenge(*owed["challenge"]) if owed["challenge"] else None
    client_info = ClientInfo(owed["ip"], owed["user_agent"])
    known = await store.find_user_by_email(connection, address)
    user = await store.lock_user(connection, known.id) if known else None
    if user is None and kind == "magiclink" and owed["create_user"] and not context.settings.disable_signup:
        user = await _sign_up(connection, context, address, owed["data"], client_info)
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
            )
    elif kind == "recovery" or (kind == "magiclink" and user.confirmed_at):
        await messages.send_sign_in(connection, context, user, kind=kind, redirect_to=redirect_to, challenge=challenge)
        await audit(connection, user, "user_recovery_requested", client_info)
    elif user.confirmed_at is None:
        if kind == "magiclink":  # asked for without a password: one that is there may be a stranger's
            user.encrypted_password = None
        await messages.send_confirmation(connection, context, user, redirect_to=redirect_to, challenge=challenge)
        await audit(connection, user, "user_confirmation_requested", client_info)
    await store.save_user(connection, user)


async def _sign_up(
    connection: Connection, context: AuthContext, address: str, data: Mapping[str, Any], client_info: ClientInfo
) -> User:
    """Make the account of somebody who asked for a way in. It has no password."""
    user = new_user(address, hashed=None, data=data, confirmed=context.settings.enable_email_autoconfirm)
    await add_user(connection, user)
    await audit(connection, user, "user_signedup", client_info)
    return user
