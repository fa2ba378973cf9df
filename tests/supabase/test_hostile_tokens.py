"""Every hostile token is refused, by the API's verifier and by the gateway, and the honest one is not."""

import json
from collections.abc import AsyncIterator, Callable

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from arti.base.errors import Unauthorized
from arti.base.http import Outside
from arti.settings import Settings
from arti.supabase.gate import ApiKeys, Gate, TokenRefused
from arti.supabase.keys import LocalKeys, SigningKeys
from arti.supabase.tokens import TokenVerifier
from tests.supabase.hostile import hostile_tokens, right_claims


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    opened = Outside()
    yield opened
    await opened.close()


async def test_the_api_refuses_all(
    outside: Outside, settings: Settings, signing_key: ec.EllipticCurvePrivateKey
) -> None:
    verifier = TokenVerifier(settings, outside)
    issuer = f"{settings.supabase_url}/auth/v1"
    claims = right_claims(issuer)
    honest = jwt.encode(claims, signing_key, algorithm="ES256", headers={"kid": "test"})
    assert str((await verifier.verify(honest)).user_id) == claims["sub"]
    taken, tried = [], 0
    for wrong, token in hostile_tokens(signing_key, "test", issuer):
        tried += 1
        try:
            await verifier.verify(token)
        except Unauthorized:
            continue
        taken.append(wrong)
    assert taken == []
    assert tried > 100


def test_the_gateway_refuses_all(gateway_settings: Callable[..., Settings], local_keys: LocalKeys) -> None:
    jwk = json.loads(local_keys.jwt_keys)[0]
    key = jwt.algorithms.ECAlgorithm.from_jwk(jwk)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    issuer = "http://127.0.0.1:8000/auth/v1"
    keys = SigningKeys(local_keys.jwt_keys)
    gate = Gate(keys, ApiKeys(keys, publishable_key="p", secret_key="s"), issuer=issuer)
    claims = right_claims(issuer)
    honest = jwt.encode(claims, key, algorithm="ES256", headers={"kid": jwk["kid"]})
    assert gate.asker_of_token(honest).claims["sub"] == claims["sub"]
    taken = []
    for wrong, token in hostile_tokens(key, jwk["kid"], issuer):
        try:
            gate.asker_of_token(token)
        except TokenRefused:
            continue
        taken.append(wrong)
    assert taken == []
