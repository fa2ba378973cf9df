"""Requests to /auth/v1 as Hypothesis makes them: every route, with one's own ids, somebody else's and nobody's."""

from typing import Any

from hypothesis import strategies as st

from tests.isolation.rest_asks import cancelling
from tests.isolation.sides import Ask

_NOBODY = "00000000-0000-4000-8000-000000000000"
_PERSON = st.sampled_from(("<foreign>", "<foreign>", "<own>", _NOBODY))
_FACTOR = st.sampled_from(("<foreign_factor>", "<foreign_factor>", "<own_factor>", _NOBODY))
_EMAIL = st.sampled_from(("<foreign_email>", "<foreign_email>", "nobody@example.test"))
_LINK = st.sampled_from(("signup", "invite", "magiclink", "recovery", "email_change_current"))
_VERSION = st.sampled_from(((), (("x-supabase-api-version", "2024-01-01"),)))
_METADATA = st.sampled_from(({"data": {"a": "b"}}, {"data": {"sub": "<foreign>"}}, {"data": {"role": "admin"}}))
# A password hashed costs 50 ms, so these come seldom.
_SLOW = ("/signup", "/token")


def _ask(method: str, path: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Ask]:
    """`{name}` in the path takes that part; the others are the body."""

    def make(version: tuple[tuple[str, str], ...], caller: str, cut: float, **values: Any) -> Ask:
        body = {name: value for name, value in values.items() if f"{{{name}}}" not in path and name != "whole"}
        whole = values.get("whole", body) if method not in ("GET", "HEAD") else None
        where, _, query = path.format(
            **{name: value for name, value in values.items() if isinstance(value, str)}
        ).partition("?")
        pairs = tuple((name, value) for name, _, value in (pair.partition("=") for pair in query.split("&")) if name)
        return Ask(method, f"/auth/v1{where}", pairs, version, whole, caller, cut)

    callers = st.sampled_from(("member",) * 5 + ("anon",))
    return st.builds(make, _VERSION, callers, cancelling(), **parts)


def asks() -> st.SearchStrategy[Ask]:
    """Return a strategy of requests."""
    code = st.sampled_from(("000000", "123456"))
    quick = [
        _ask("GET", "/user"),
        _ask("GET", "/settings"),
        _ask("PUT", "/user", whole=_METADATA),
        _ask("POST", "/logout?scope=others"),
        _ask("GET", "/reauthenticate"),
        _ask("POST", "/factors", factor_type=st.just("totp"), friendly_name=st.sampled_from(("<mark>", "other"))),
        _ask("POST", "/factors/{factor}/challenge", factor=_FACTOR),
        _ask("POST", "/factors/{factor}/verify", factor=_FACTOR, challenge_id=_FACTOR, code=code),
        _ask("DELETE", "/factors/{factor}", factor=st.sampled_from(("<foreign_factor>", _NOBODY))),
        _ask("DELETE", "/user/identities/{identity}", identity=st.sampled_from(("<foreign_identity>", _NOBODY))),
        _ask("GET", "/user/identities/authorize?provider=google&skip_http_redirect=true"),
        _ask("POST", "/otp", email=_EMAIL, create_user=st.booleans()),
        _ask("POST", "/magiclink", email=_EMAIL),
        _ask("POST", "/recover", email=_EMAIL),
        _ask("POST", "/resend", email=_EMAIL, type=st.sampled_from(("signup", "email_change"))),
        _ask("POST", "/verify", email=_EMAIL, type=st.sampled_from(("email", "recovery", "signup")), token=code),
        _ask("GET", "/verify?type={type}&token={token}", type=_LINK, token=st.sampled_from(("", "abc", "<foreign>"))),
        _ask("GET", "/admin/users"),
        _ask("GET", "/admin/audit"),
        _ask("GET", "/admin/users/{person}", person=_PERSON),
        _ask("PUT", "/admin/users/{person}", person=_PERSON, email=st.just("taken@example.test")),
        _ask("DELETE", "/admin/users/{person}", person=_PERSON),
        _ask("GET", "/admin/users/{person}/factors", person=_PERSON),
        _ask("DELETE", "/admin/users/{person}/factors/{factor}", person=_PERSON, factor=_FACTOR),
        _ask("POST", "/invite", email=_EMAIL),
        _ask("POST", "/admin/generate_link", email=_EMAIL, type=_LINK),
        _ask("POST", "/token?grant_type=refresh_token", refresh_token=st.sampled_from(("<foreign>", "abcdefghijkl"))),
        _ask("POST", "/token?grant_type=pkce", auth_code=_PERSON, code_verifier=st.just("a" * 50)),
    ]
    slow = [
        _ask("POST", "/signup", email=_EMAIL, password=st.just("another password")),
        _ask("POST", "/token?grant_type=password", email=_EMAIL, password=st.sampled_from(("wrong password", "x"))),
    ]
    return st.one_of(*quick, *quick, *slow)
