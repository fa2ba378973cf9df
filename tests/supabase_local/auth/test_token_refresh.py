"""Refresh tokens of the counter form: tabs that race stay signed in, a stolen old token ends the session."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from arti.settings import Settings
from supabase_local.auth.tokens.refresh_tokens import RefreshTokens, parse_refresh_token
from tests.supabase_local.auth.mailbox import Mailbox
from tests.supabase_local.conftest import Gateway, opened

PATH = "/auth/v1/token?grant_type=refresh_token"
TOKENS = RefreshTokens(lambda: {1: bytes(32)})


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_token_encodes_session_and_counter(counter: int) -> None:
    session, key = uuid4(), TOKENS.new_key()
    token = parse_refresh_token(TOKENS.encode(session, counter, key))
    assert token is not None
    assert (token.session_id, token.counter) == (session, counter)
    assert TOKENS.is_genuine(token, key)
    assert not TOKENS.is_genuine(token, TOKENS.new_key())
    assert not RefreshTokens(lambda: {1: bytes(31) + b"\x01"}).is_genuine(token, key)  # another installation


def test_a_session_outlives_a_new_master_key() -> None:
    """Its stored key says under which version its latest token was made."""
    session, stored = uuid4(), TOKENS.new_key()
    token = parse_refresh_token(TOKENS.encode(session, 1, stored))
    rotated = RefreshTokens(lambda: {2: bytes(31) + b"\x02", 1: bytes(32)})
    assert token is not None
    assert rotated.is_genuine(token, stored)
    renewed = rotated.renew_key(stored)
    assert renewed == f"2.{stored}"
    assert rotated.renew_key(renewed) == renewed
    assert rotated.is_genuine(token, renewed)  # the answer with the new one may have been lost
    fresh = parse_refresh_token(rotated.encode(session, 2, renewed))
    assert fresh is not None
    new_alone = RefreshTokens(lambda: {2: bytes(31) + b"\x02"})
    assert new_alone.is_genuine(fresh, renewed)
    assert not new_alone.is_genuine(token, renewed)


@given(st.text(max_size=150) | st.binary(max_size=100).map(lambda raw: raw.decode("latin-1")))
def test_malformed_tokens_are_rejected(text: str) -> None:
    assert parse_refresh_token(text) is None


def test_a_changed_character_invalidates_a_token() -> None:
    text = TOKENS.encode(uuid4(), 300, TOKENS.new_key())
    for place, sign in enumerate(text):
        other = "A" if sign != "A" else "B"
        assert parse_refresh_token(text[:place] + other + text[place + 1 :]) is None


async def refresh(gateway: Gateway, token: str) -> tuple[int, dict[str, Any]]:
    response = await gateway.http.post(PATH, json={"refresh_token": token})
    return response.status_code, response.json()


async def test_fifty_concurrent_refreshes_return_one_token_and_keep_the_session(
    gateway: Gateway, gateway_settings: Callable[..., Settings]
) -> None:
    session = await gateway.sign_up("ada@example.test")
    async with opened(gateway.database, gateway_settings(), gateway.keys) as second:
        answers = await asyncio.gather(
            *(refresh(served, session["refresh_token"]) for _ in range(25) for served in (gateway, second))
        )
    assert Counter(status for status, _ in answers) == {200: 50}
    children = {body["refresh_token"] for _, body in answers}
    assert len(children) == 1
    stored = await gateway.database.as_owner("select refresh_token_counter as counter from auth.sessions")
    assert [row["counter"] for row in stored] == [1]
    status, body = await refresh(gateway, children.pop())
    assert status == 200
    assert body["user"]["email"] == "ada@example.test"


async def test_late_reuse_ends_the_session(gateway: Gateway) -> None:
    first = (await gateway.sign_up("ada@example.test"))["refresh_token"]
    _, second = await refresh(gateway, first)
    status, again = await refresh(gateway, first)  # the client did not store the response
    assert (status, again["refresh_token"]) == (200, second["refresh_token"])
    _, third = await refresh(gateway, second["refresh_token"])
    status, lately = await refresh(gateway, first)  # two behind, within the reuse interval
    assert (status, lately["refresh_token"]) == (200, third["refresh_token"])
    await gateway.database.as_owner("update auth.sessions set refreshed_at = refreshed_at - interval '11 seconds'")
    status, refused = await refresh(gateway, first)
    assert (status, refused["error_code"]) == (400, "refresh_token_already_used")
    status, ended = await refresh(gateway, third["refresh_token"])
    assert (status, ended["error_code"]) == (400, "refresh_token_not_found")
    assert await gateway.database.as_owner("select 1 from auth.sessions") == []
    mail = (await Mailbox(gateway.database).all())[-1]
    assert (mail.recipient, mail.kind) == ("ada@example.test", "session_revoked_notification")
    assert "From: 127.0.0.1" in mail.text
    assert gateway.settings.site_url in mail.text
    assert "token" not in mail.text


async def test_refusals(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    token = session["refresh_token"]
    for wrong in ("rubbish", token[:-4], "é", token + "=", "A" * 5000):
        assert (await refresh(gateway, wrong))[1]["error_code"] == "refresh_token_not_found"
    for nothing in ({}, {"refresh_token": ""}, {"refresh_token": 7}):
        response = await gateway.http.post(PATH, json=nothing)
        assert (response.status_code, response.json()["error_code"]) == (400, "validation_failed")
    await gateway.database.as_owner("update auth.sessions set refresh_token_counter = -1")
    assert (await refresh(gateway, token))[1]["error_code"] == "validation_failed"
    await gateway.database.as_owner(
        "update auth.sessions set refresh_token_counter = 0, not_after = clock.now() - interval '1 s'"
    )
    assert (await refresh(gateway, token))[1]["error_code"] == "session_expired"
    await gateway.database.as_owner("update auth.users set banned_until = clock.now() + interval '1 hour'")
    assert (await refresh(gateway, token))[1]["error_code"] == "user_banned"
