"""How a person comes and goes: sign up, sign in, ask who they are, sign out."""

from collections.abc import Mapping
from typing import Any, Literal

import asyncpg

from arti.base import clock
from arti.base.database import Connection, open_transaction
from arti.supabase.auth import letters, mails, store
from arti.supabase.auth.accounts import add_user, audit, new_user, parse_email
from arti.supabase.auth.doors import AuthDoors, Visit
from arti.supabase.auth.errors import bad_request, invalid_credentials, unprocessable
from arti.supabase.auth.flows import Challenge
from arti.supabase.auth.frequency import note_request
from arti.supabase.auth.people import User, show_user
from arti.supabase.auth.sessions import open_session, person_of
from arti.supabase.gate import Asker


async def sign_up(
    doors: AuthDoors,
    *,
    email: object,
    password: object,
    data: Mapping[str, Any],
    challenge: Challenge | None,
    redirect_to: str,
    visit: Visit,
) -> dict[str, Any]:
    """Make an account. Returns a Session, or the bare User who still has to confirm their e-mail.

    Without autoconfirm a taken e-mail gets the User of nobody, without identities, as upstream shows it.
    """
    refuse_closed(doors)
    address = parse_email(email)
    if not isinstance(password, str) or not password:
        raise bad_request("validation_failed", "Signup requires a valid password")
    doors.passwords.refuse_weak(password)
    hashed = await doors.passwords.hash(password)
    confirmed = doors.settings.enable_email_autoconfirm
    disputed = not confirmed and await _is_disputed(doors, address, password)
    user = new_user(address, hashed=hashed, data=data, confirmed=confirmed)
    user.user_metadata |= {
        "sub": str(user.id),
        "email": address,
        "email_verified": confirmed,
        "phone_verified": False,
    }
    try:
        async with open_transaction(doors.pool, "begin") as connection:
            if confirmed:
                if await store.find_user_by_email(connection, address):
                    return _taken(doors, user)
                await add_user(connection, user)
                await audit(connection, user, "user_signedup", visit)
                return await open_session(connection, doors, user, method="password", visit=visit)
            shown = await _ask_to_confirm(connection, doors, user, challenge, redirect_to, visit, disputed=disputed)
    except asyncpg.UniqueViolationError:  # somebody signed up with the same e-mail at the same time
        return _taken(doors, user)
    doors.mails_waiting.set()
    return shown


async def _is_disputed(doors: AuthDoors, address: str, password: str) -> bool:
    """Say whether somebody signed up for `address` before with another password and has not confirmed it.

    Whoever confirms now cannot know the other one, so none of the two may count: one is a stranger's, who waits.
    """
    async with open_transaction(doors.pool, "begin read only") as connection:
        known = await store.find_user_by_email(connection, address)
    waiting = known.encrypted_password if known is not None and not known.confirmed_at else None
    return not await doors.passwords.matches(waiting, password) and waiting is not None


async def _ask_to_confirm(
    connection: Connection,
    doors: AuthDoors,
    user: User,
    challenge: Challenge | None,
    redirect_to: str,
    visit: Visit,
    *,
    disputed: bool,
) -> dict[str, Any]:
    assert user.email  # new_user was given one
    await mails.refuse_over_budget(connection, doors)  # before it shows whether a mail is due
    await note_request(connection, doors, topic="confirmation", address=user.email)
    known = await store.find_user_by_email(connection, user.email)
    if known is not None and known.confirmed_at:
        await audit(connection, known, "user_repeated_signup", visit)
        return _taken(doors, user)
    if known is None:
        await add_user(connection, user)
        await audit(connection, user, "user_confirmation_requested", visit)
    else:  # not changed: nobody has proven yet that the address is theirs
        user = await store.lock_user(connection, known.id) or known
        if disputed:
            user.encrypted_password = None
    await letters.send_confirmation(connection, doors, user, redirect_to=redirect_to, challenge=challenge)
    await store.save_user(connection, user)
    user.identities = await store.list_identities(connection, [user.id])
    return show_user(user)


def refuse_anonymous(doors: AuthDoors) -> None:
    """Raise AuthError unless anonymous sign-ins are on."""
    if not doors.settings.enable_anonymous_users:
        raise unprocessable("anonymous_provider_disabled", "Anonymous sign-ins are disabled")


async def sign_up_anonymously(doors: AuthDoors, *, data: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    refuse_closed(doors)
    user = new_user(None, hashed=None, data=data, confirmed=False)
    async with open_transaction(doors.pool, "begin") as connection:
        await store.insert_user(connection, user)
        await audit(connection, user, "user_signedup", visit)
        return await open_session(connection, doors, user, method="anonymous", visit=visit)


async def sign_in_by_email(doors: AuthDoors, *, email: object, password: object, visit: Visit) -> dict[str, Any]:
    """Sign in with a password. An unknown e-mail costs as much time and gets the same answer as a wrong password."""
    if not isinstance(email, str) or not isinstance(password, str):
        raise invalid_credentials()
    async with open_transaction(doors.pool, "begin read only") as connection:
        known = await store.find_user_by_email(connection, email.strip().lower())
    return await sign_in(doors, known, password, proven="email", visit=visit)


async def sign_in(
    doors: AuthDoors, known: User | None, password: str, *, proven: Literal["email", "phone"], visit: Visit
) -> dict[str, Any]:
    """Sign in whom an e-mail or a number found, once it is `proven`. Raises AuthError, for None after the same work."""
    known_hash = known.encrypted_password if known else None
    if not await doors.passwords.matches(known_hash, password) or known is None or known_hash is None:
        raise invalid_credentials()
    fresh = await doors.passwords.hash(password) if doors.passwords.is_outdated(known_hash) else known_hash
    async with open_transaction(doors.pool, "begin") as connection:
        user = await store.lock_user(connection, known.id)
        if user is None or user.encrypted_password != known_hash:  # changed while we checked
            raise invalid_credentials()
        if user.is_banned:
            raise bad_request("user_banned", "User is banned")
        if (user.email_confirmed_at if proven == "email" else user.phone_confirmed_at) is None:
            raise bad_request(f"{proven}_not_confirmed", f"{proven.capitalize()} not confirmed")
        user.encrypted_password = fresh
        await audit(connection, user, "login", visit)
        session = await open_session(connection, doors, user, method="password", visit=visit)
    weakness = doors.passwords.weakness(password)
    return session | ({"weak_password": weakness} if weakness else {})


async def get_me(doors: AuthDoors, asker: Asker) -> dict[str, Any]:
    async with open_transaction(doors.pool, "begin read only") as connection:
        user, _ = await person_of(connection, asker)
        user.identities = await store.list_identities(connection, [user.id])
    return show_user(user)


async def sign_out(doors: AuthDoors, asker: Asker, *, scope: str, visit: Visit) -> None:
    """End this session (`local`), the person's others (`others`), or all of them (`global`)."""
    async with open_transaction(doors.pool, "begin") as connection:
        user, session_id = await person_of(connection, asker)
        if scope == "local":
            await store.delete_session(connection, session_id)
        else:
            await store.delete_sessions(connection, user.id, keep=session_id if scope == "others" else None)
        await audit(connection, user, "logout", visit)


def refuse_closed(doors: AuthDoors) -> None:
    """Raise AuthError unless sign-ups are open."""
    if doors.settings.disable_signup:
        raise unprocessable("signup_disabled", "Signups not allowed for this instance")


def _taken(doors: AuthDoors, lookalike: User) -> dict[str, Any]:
    if doors.settings.enable_email_autoconfirm:
        raise unprocessable("user_already_exists", "User already registered")
    lookalike.role, lookalike.confirmation_sent_at = "", clock.now()
    return show_user(lookalike)
