"""Which mail a person gets when: makes the token, notes when it was sent, writes the mail.

Each function changes `user` in memory; whoever calls saves them in the same transaction.
"""

from arti.base import clock
from arti.base.database import Connection
from arti.supabase.auth import mails
from arti.supabase.auth.doors import AuthDoors
from arti.supabase.auth.flows import PKCE_PREFIX, Challenge, create_flow
from arti.supabase.auth.one_time_tokens import Purpose, issue
from arti.supabase.auth.people import User


async def send_confirmation(
    connection: Connection, doors: AuthDoors, user: User, *, redirect_to: str, challenge: Challenge | None
) -> None:
    """Ask a person who signed up whether the address is theirs."""
    if challenge:
        await create_flow(
            connection,
            provider_type="email",
            authentication_method="email/signup",
            challenge=challenge,
            user_id=user.id,
        )
    await _send(connection, doors, user, mails.CONFIRMATION, Purpose.CONFIRMATION, "signup", redirect_to, challenge)
    user.confirmation_sent_at = clock.now()


async def send_invite(connection: Connection, doors: AuthDoors, user: User, *, redirect_to: str) -> None:
    await _send(connection, doors, user, mails.INVITE, Purpose.CONFIRMATION, "invite", redirect_to, None)
    user.confirmation_sent_at = user.invited_at = clock.now()


async def send_sign_in(
    connection: Connection,
    doors: AuthDoors,
    user: User,
    *,
    kind: str,
    redirect_to: str,
    challenge: Challenge | None,
) -> None:
    """Mail a way in to a person who has confirmed their address. `kind` is "magiclink" or "recovery"."""
    if challenge:
        await create_flow(
            connection, provider_type=kind, authentication_method=kind, challenge=challenge, user_id=user.id
        )
    letter = mails.RECOVERY if kind == "recovery" else mails.MAGIC_LINK
    await _send(connection, doors, user, letter, Purpose.RECOVERY, kind, redirect_to, challenge)
    user.recovery_sent_at = clock.now()


async def send_email_change(
    connection: Connection,
    doors: AuthDoors,
    user: User,
    *,
    new_address: str,
    redirect_to: str,
    challenge: Challenge | None,
) -> None:
    """Ask the new address, and by default the old one too, whether the change is wanted."""
    if challenge:
        await create_flow(
            connection,
            provider_type="email_change",
            authentication_method="email_change",
            challenge=challenge,
            user_id=user.id,
        )
    user.email_change, user.email_change_confirm_status = new_address, 0
    asked = [(Purpose.EMAIL_CHANGE_NEW, new_address)]
    if doors.settings.mailer_secure_email_change_enabled and user.email:
        asked.append((Purpose.EMAIL_CHANGE_CURRENT, user.email))
    for purpose, address in asked:
        token = await issue(
            connection, doors.settings, user.id, purpose, address=address, prefix=PKCE_PREFIX if challenge else ""
        )
        await mails.post(
            connection,
            doors,
            mails.EMAIL_CHANGE,
            recipient=address,
            code=token.code,
            link=mails.link_to(doors, token.link_token, "email_change", redirect_to),
            new=new_address,
        )
    user.email_change_sent_at = clock.now()


async def send_nonce(connection: Connection, doors: AuthDoors, user: User) -> None:
    """Mail a code that proves that the person at the keyboard reads the account's mail."""
    assert user.email  # whoever calls has looked
    token = await issue(connection, doors.settings, user.id, Purpose.REAUTHENTICATION, address=user.email)
    await mails.post(connection, doors, mails.REAUTHENTICATION, recipient=user.email, code=token.code)
    user.reauthentication_sent_at = clock.now()


async def _send(
    connection: Connection,
    doors: AuthDoors,
    user: User,
    letter: mails.Letter,
    purpose: Purpose,
    kind: str,
    redirect_to: str,
    challenge: Challenge | None,
) -> None:
    assert user.email  # nobody without an address is mailed
    prefix = PKCE_PREFIX if challenge else ""
    token = await issue(connection, doors.settings, user.id, purpose, address=user.email, prefix=prefix)
    link = mails.link_to(doors, token.link_token, kind, redirect_to)
    await mails.post(connection, doors, letter, recipient=user.email, code=token.code, link=link)
