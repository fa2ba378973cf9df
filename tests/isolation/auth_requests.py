"""Requests to /auth/v1 as Hypothesis makes them: every route, with own, foreign and unknown ids."""

from typing import Any

from hypothesis import strategies as st

from tests.isolation.rest_requests import cancelling
from tests.isolation.trial import ComparedRequest

_UNKNOWN_USER = "00000000-0000-4000-8000-000000000000"
_PERSON = st.sampled_from(("<foreign>", "<foreign>", "<own>", _UNKNOWN_USER))
_FACTOR = st.sampled_from(("<foreign_factor>", "<foreign_factor>", "<own_factor>", _UNKNOWN_USER))
_EMAIL = st.sampled_from(("<foreign_email>", "<foreign_email>", "nobody@example.test"))
_LINK = st.sampled_from(("signup", "invite", "magiclink", "recovery", "email_change_current"))
_VERSION = st.sampled_from(((), (("x-supabase-api-version", "2024-01-01"),)))
_METADATA = st.sampled_from(({"data": {"a": "b"}}, {"data": {"sub": "<foreign>"}}, {"data": {"role": "admin"}}))
# Hashing a password takes 50 ms, so these are rare.
_SLOW = ("/signup", "/token")


def _request(method: str, path: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[ComparedRequest]:
    """`{name}` in the path takes that part; the others are the body."""

    def make(version: tuple[tuple[str, str], ...], principal: str, cut: float, **values: Any) -> ComparedRequest:
        body = {name: value for name, value in values.items() if f"{{{name}}}" not in path and name != "whole"}
        whole = values.get("whole", body) if method not in ("GET", "HEAD") else None
        where, _, query = path.format(
            **{name: value for name, value in values.items() if isinstance(value, str)}
        ).partition("?")
        pairs = tuple((name, value) for name, _, value in (pair.partition("=") for pair in query.split("&")) if name)
        return ComparedRequest(method, f"/auth/v1{where}", pairs, version, whole, principal, cut)

    callers = st.sampled_from(("member",) * 5 + ("anon",))
    return st.builds(make, _VERSION, callers, cancelling(), **parts)


def generated_requests() -> st.SearchStrategy[ComparedRequest]:
    """Return a strategy of requests."""
    code = st.sampled_from(("000000", "123456"))
    quick = [
        _request("GET", "/user"),
        _request("GET", "/settings"),
        _request("PUT", "/user", whole=_METADATA),
        _request("POST", "/logout?scope=others"),
        _request("GET", "/reauthenticate"),
        _request("POST", "/factors", factor_type=st.just("totp"), friendly_name=st.sampled_from(("<mark>", "other"))),
        _request("POST", "/factors/{factor}/challenge", factor=_FACTOR),
        _request("POST", "/factors/{factor}/verify", factor=_FACTOR, challenge_id=_FACTOR, code=code),
        _request("DELETE", "/factors/{factor}", factor=st.sampled_from(("<foreign_factor>", _UNKNOWN_USER))),
        _request(
            "DELETE", "/user/identities/{identity}", identity=st.sampled_from(("<foreign_identity>", _UNKNOWN_USER))
        ),
        _request("GET", "/user/identities/authorize?provider=google&skip_http_redirect=true"),
        _request("POST", "/otp", email=_EMAIL, create_user=st.booleans()),
        _request("POST", "/magiclink", email=_EMAIL),
        _request("POST", "/recover", email=_EMAIL),
        _request("POST", "/resend", email=_EMAIL, type=st.sampled_from(("signup", "email_change"))),
        _request("POST", "/verify", email=_EMAIL, type=st.sampled_from(("email", "recovery", "signup")), token=code),
        _request(
            "GET", "/verify?type={type}&token={token}", type=_LINK, token=st.sampled_from(("", "abc", "<foreign>"))
        ),
        _request("GET", "/admin/users"),
        _request("GET", "/admin/audit"),
        _request("GET", "/admin/users/{person}", person=_PERSON),
        _request("PUT", "/admin/users/{person}", person=_PERSON, email=st.just("taken@example.test")),
        _request("DELETE", "/admin/users/{person}", person=_PERSON),
        _request("GET", "/admin/users/{person}/factors", person=_PERSON),
        _request("DELETE", "/admin/users/{person}/factors/{factor}", person=_PERSON, factor=_FACTOR),
        _request("POST", "/invite", email=_EMAIL),
        _request("POST", "/admin/generate_link", email=_EMAIL, type=_LINK),
        _request(
            "POST", "/token?grant_type=refresh_token", refresh_token=st.sampled_from(("<foreign>", "abcdefghijkl"))
        ),
        _request("POST", "/token?grant_type=pkce", auth_code=_PERSON, code_verifier=st.just("a" * 50)),
    ]
    slow = [
        _request("POST", "/signup", email=_EMAIL, password=st.just("another password")),
        _request("POST", "/token?grant_type=password", email=_EMAIL, password=st.sampled_from(("wrong password", "x"))),
    ]
    return st.one_of(*quick, *quick, *slow)
