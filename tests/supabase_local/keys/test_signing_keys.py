"""Keys: made, read, rotated; legacy ones beside new ones."""

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from arti.gateway import create_gateway
from arti.settings import Settings
from arti_core import clock
from arti_core.errors import Misconfigured
from supabase_local.keys.api_keys import ApiKeys, KeyRefused
from supabase_local.keys.signing_keys import SigningKeys, make_keys, public_jwks
from tests.supabase_local.conftest import Gateway, opened

LEGACY = {"kty": "oct", "kid": "legacy", "k": base64.urlsafe_b64encode(b"a legacy secret of 32 characters").decode()}


def test_new_keys_match() -> None:
    keys = make_keys()
    assert keys.publishable_key.startswith("sb_publishable_")
    assert keys.secret_key.startswith("sb_secret_")
    assert keys.jwks == public_jwks(keys.jwt_keys)
    public = json.loads(keys.jwks)["keys"][0]
    assert (public["alg"], "d" in public, public["key_ops"]) == ("ES256", False, ["verify"])
    token = SigningKeys(keys.jwt_keys).sign({"role": "anon", "exp": int(clock.timestamp()) + 60})
    claims = jwt.decode(token, jwt.PyJWK(public).key, algorithms=["ES256"], options={"verify_exp": False})
    assert claims["role"] == "anon"
    assert make_keys().secret_key != keys.secret_key


def test_rsa_keys_sign_too() -> None:
    private = rsa.generate_private_key(65537, 2048)
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(private, as_dict=True) | {"kid": "rsa", "key_ops": ["sign", "verify"]}
    keys = SigningKeys(json.dumps([jwk]))
    token = keys.sign({"role": "anon", "exp": int(clock.timestamp()) + 60})
    assert (jwt.get_unverified_header(token)["alg"], keys.verify(token)["role"]) == ("RS256", "anon")
    assert json.loads(keys.jwks)["keys"][0].keys() & {"d", "p", "q", "dp", "dq", "qi"} == set()


@pytest.mark.parametrize("broken", ["", "{}", "[]", "[{}]", '[{"kty":"OKP","kid":"a"}]', '[{"kty":"EC"}]', "nonsense"])
def test_unusable_keys_are_reported(broken: str) -> None:
    with pytest.raises(Misconfigured, match="JWT_KEYS"):
        SigningKeys(broken)


def test_a_key_that_may_not_sign_does_not(gateway_settings: Callable[..., Settings]) -> None:
    only_verifies = [json.loads(make_keys().jwt_keys)[0] | {"key_ops": ["verify"]}]
    for keys in (only_verifies, [LEGACY | {"key_ops": ["sign"]}]):
        with pytest.raises(Misconfigured, match="JWT_KEYS"):
            SigningKeys(json.dumps(keys))
    shared_secret = json.dumps([*json.loads(make_keys().jwt_keys), LEGACY])
    SigningKeys(shared_secret)
    with pytest.raises(Misconfigured, match="shared secret"):
        SigningKeys(shared_secret, allow_symmetric=False)
    with pytest.raises(Misconfigured, match="SUPABASE_PUBLISHABLE_KEY"):
        create_gateway(gateway_settings(supabase_publishable_key=""))
    with pytest.raises(Misconfigured, match="REST_DATABASE_URL"):
        create_gateway(gateway_settings(rest_database_url=""))


async def test_rotation_keeps_sessions(gateway: Gateway, gateway_settings: Callable[..., Settings]) -> None:
    old = await gateway.sign_up("ada@example.test")
    before = json.loads(gateway.keys.jwt_keys)[0] | {"key_ops": ["verify"]}
    after = json.loads(make_keys().jwt_keys)[0]
    rotated = gateway_settings(jwt_keys=json.dumps([after, before]))
    async with opened(gateway.database, rotated, gateway.keys) as served:
        fresh = await served.http.post(
            "/auth/v1/token?grant_type=refresh_token", json={"refresh_token": old["refresh_token"]}
        )
        assert fresh.status_code == 200
        assert jwt.get_unverified_header(fresh.json()["access_token"])["kid"] == after["kid"]
        listed = (await served.http.get("/auth/v1/.well-known/jwks.json")).json()["keys"]
        assert {key["kid"] for key in listed} == {after["kid"], before["kid"]}


async def test_legacy_keys_are_api_keys_and_no_user() -> None:
    secret = base64.urlsafe_b64decode(LEGACY["k"])
    keys = SigningKeys(json.dumps([*json.loads(make_keys().jwt_keys), LEGACY]))
    known = ApiKeys(keys, publishable_key="sb_publishable_x", secret_key="sb_secret_x")
    now = int(clock.timestamp())

    def legacy(**claims: Any) -> str:
        body = {"iss": "supabase", "iat": now, "exp": now + 10 * 365 * 86_400} | claims
        return jwt.encode(body, secret, algorithm="HS256")

    assert (await known.find(legacy(role="anon"))).role == "anon"
    assert (await known.find(legacy(role="service_role"))).role == "service_role"
    assert "legacy" not in keys.jwks
    for wrong in (
        legacy(role="authenticated"),
        legacy(role="postgres"),
        legacy(role="service_role", sub="x"),
        legacy(),
        legacy(role="anon", exp=now - 60),
        jwt.encode({"role": "service_role", "exp": now + 60}, b"another secret of 32 characters!", algorithm="HS256"),
        "sb_secret_",
        "sb_secret_xy",
    ):
        with pytest.raises(KeyRefused):
            await known.find(wrong)
