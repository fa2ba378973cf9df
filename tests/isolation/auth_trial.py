"""Two people of the auth service, of whom the bare side knows one: what /auth/v1 may not tell or do to the other."""

import re
from dataclasses import dataclass, fields
from uuid import uuid4

import httpx2 as httpx

from tests.isolation.trial import ComparedGateway, ComparedRequest, Comparison

_PASSWORD = "correct horse battery"
_PICTURE = re.compile(r"<svg.*?</svg>")
_WAIT = re.compile(r"\d+ seconds")
_IDENTITIES = re.compile(r'"identities":\s*\[[^\]]*\]')
_ROLE = re.compile(r'"role":\s*"authenticated"')
_KEPT = ("users", "identities", "mfa_factors")
_TRANSIENT = ("one_time_tokens", "mfa_challenges", "flow_state", "mail_requests", "rate_limits", "attempts")


@dataclass
class Account:
    """A person with a session and an unverified second factor."""

    id: str
    email: str
    mark: str
    token: str = ""
    factor: str = ""
    identity: str = ""


@dataclass
class AuthComparison(Comparison):
    """A trial whose tenants are people."""

    def normalized(self, text: str, generated_request: ComparedRequest) -> str:
        text = _PICTURE.sub("_", _WAIT.sub("_ seconds", text))
        if (
            generated_request.path == "/auth/v1/signup"
        ):  # a taken address is answered without identities and role, as upstream does
            text = _ROLE.sub('"role":""', _IDENTITIES.sub('"identities":[]', text))
        return super().normalized(text, generated_request)

    async def foreign_rows(self) -> list[str]:
        """What is theirs, without what a letter to them writes down."""
        person = self.words["foreign"]
        found = await self.full.seeded_database.connection.fetch(
            """select concat_ws(' ', id, email, encrypted_password, raw_user_meta_data, raw_app_meta_data, banned_until,
                      deleted_at, email_confirmed_at, email_change, phone, role) as row from auth.users where id = $1
               union all select concat_ws(' ', id, provider, identity_data) from auth.identities where user_id = $1
               union all select concat_ws(' ', id, status, secret, friendly_name)
               from auth.mfa_factors where user_id = $1
               union all select id::text from auth.sessions where user_id = $1 order by 1""",
            person,
        )
        return [row["row"] for row in found]

    async def restore(self) -> None:
        if self.changed:
            await _restore(self.full)
            await _restore(self.bare)
        self.changed = False


async def open_auth_comparison(trial: Comparison) -> AuthComparison:
    """Make the two people on the full side and the own one on the bare side, and sign them in."""
    own, foreign = (
        Account(str(uuid4()), f"{uuid4().hex[:12]}@example.test", f"mark-{uuid4().hex[:12]}") for _ in range(2)
    )
    bare_own = Account(own.id, own.email, own.mark)
    for side, person in ((trial.full, own), (trial.full, foreign), (trial.bare, bare_own)):
        await _sign_in(side, person)
    for side in (trial.full, trial.bare):
        for table in _KEPT:
            await side.seeded_database.connection.execute(f"create table kept_{table} as table auth.{table}")
    known = {field.name: getattr(trial, field.name) for field in fields(Comparison)}
    return AuthComparison(
        **known
        | {
            "words": _words(own, foreign),
            "swapped": _words(foreign, own),
            "bare_words": _words(bare_own, foreign),
            "tokens": {own.id: own.token, foreign.id: foreign.token},
            "bare_token": bare_own.token,
        }
    )


def _words(own: Account, foreign: Account) -> dict[str, str]:
    answers = {"own": own.id, "foreign": foreign.id, "mark": own.mark}
    for name, person in (("own", own), ("foreign", foreign)):
        answers |= {
            f"{name}_email": person.email,
            f"{name}_factor": person.factor,
            f"{name}_identity": person.identity,
        }
    return answers


async def _sign_in(side: ComparedGateway, person: Account) -> None:
    async def call(method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        response = await side.http.request(method, f"/auth/v1{path}", json=body, headers=headers)
        assert response.status_code < 300, (path, response.text)
        return response

    new_user = {
        "id": person.id,
        "email": person.email,
        "password": _PASSWORD,
        "email_confirm": True,
        "user_metadata": {"word": person.mark},
        "app_metadata": {"word": person.mark},
    }
    user = (await call("POST", "/admin/users", new_user, apikey=side.keys.secret_key)).json()
    person.identity = user["identities"][0]["identity_id"]
    key = side.keys.publishable_key
    login = {"email": person.email, "password": _PASSWORD}
    person.token = (await call("POST", "/token?grant_type=password", login, apikey=key)).json()["access_token"]
    factor = {"factor_type": "totp", "friendly_name": person.mark}
    bearer = f"Bearer {person.token}"
    person.factor = (await call("POST", "/factors", factor, apikey=key, authorization=bearer)).json()["id"]


async def _restore(side: ComparedGateway) -> None:
    connection = side.seeded_database.connection
    for table in _TRANSIENT:
        if await connection.fetchval("select to_regclass($1) is not null", f"auth.{table}"):
            await connection.execute(f"delete from auth.{table}")
    for table in reversed(_KEPT):
        await connection.execute(f"delete from auth.{table} where id not in (select id from kept_{table})")
    columns = await connection.fetchval(
        """select string_agg(quote_ident(attname), ', ') from pg_attribute
           where attrelid = 'auth.users'::regclass and attnum > 0 and not attisdropped and attgenerated = ''"""
    )
    kept = re.sub(r"(\w+)", r"k.\1", columns)
    await connection.execute(
        f"update auth.users u set ({columns}) = (select {kept}) from kept_users k where k.id = u.id"
    )
