"""Hostile tokens. Each differs in one thing from a valid token."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from arti_core import clock


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def right_claims(issuer: str) -> dict[str, Any]:
    now = int(clock.timestamp())
    return {
        "iss": issuer,
        "sub": str(uuid4()),
        "aud": "authenticated",
        "role": "authenticated",
        "email": "ada@example.test",
        "iat": now,
        "exp": now + 600,
        "session_id": str(uuid4()),
    }


def hostile_tokens(
    key: ec.EllipticCurvePrivateKey, kid: str, issuer: str, right: dict[str, Any] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield (defect, token). `key` is the real signing key: the tokens are invalid even if signed with it.

    `right` are the claims of a token that is taken, where a session must stand behind them.
    """
    claims = right or right_claims(issuer)
    now = claims["iat"]
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    def raw(header: str, payload: str, sign: Callable[[bytes], bytes] | None = None) -> str:
        message = f"{b64(header.encode())}.{b64(payload.encode())}"
        return f"{message}.{b64(sign(message.encode()) if sign else b'')}"

    def es256(message: bytes) -> bytes:
        return jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(message, key)

    def signed(changed: dict[str, Any], **header: Any) -> str:
        return jwt.encode(changed, key, algorithm="ES256", headers={"kid": kid, **header})

    def without(*names: str) -> dict[str, Any]:
        return {name: value for name, value in claims.items() if name not in names}

    def right_header(changed: Any) -> str:
        """Sign what PyJWT itself would refuse to write."""
        text = changed if isinstance(changed, str) else json.dumps(changed)
        return raw(json.dumps({"alg": "ES256", "kid": kid, "typ": "JWT"}), text, es256)

    body = json.dumps(claims)
    good = signed(claims)
    message, _, signature = good.rpartition(".")
    head, payload, _ = good.split(".")

    for alg in ("none", "None", "NONE", "nOnE", ""):
        yield f"alg {alg!r} without a signature", raw(json.dumps({"alg": alg, "kid": kid, "typ": "JWT"}), body)
        odd = b64(json.dumps({"alg": alg, "kid": kid}).encode())
        yield f"alg {alg!r} with a real signature", f"{odd}.{payload}.{signature}"
    for name, secret in (("PEM", pem), ("point", point), ("empty key", b""), ("kid", kid.encode())):
        for digest in ("sha256", "sha512"):
            header = json.dumps({"alg": "HS256" if digest == "sha256" else "HS512", "kid": kid, "typ": "JWT"})
            yield (
                f"HMAC {digest} with {name}",
                raw(
                    header,
                    body,
                    lambda text, s=secret, d=digest: hmac.digest(s, text, d),  # type: ignore[misc]
                ),
            )
    other = ec.generate_private_key(ec.SECP256R1())
    yield "another key, our kid", jwt.encode(claims, other, algorithm="ES256", headers={"kid": kid})
    yield "another key, its own kid", jwt.encode(claims, other, algorithm="ES256", headers={"kid": "other"})
    p384 = ec.generate_private_key(ec.SECP384R1())
    yield "another curve", jwt.encode(claims, p384, algorithm="ES384", headers={"kid": kid})
    old = rsa.generate_private_key(65537, 2048)
    yield "RS256, our kid", jwt.encode(claims, old, algorithm="RS256", headers={"kid": kid})
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(other.public_key(), as_dict=True)
    for name, value in (
        ("jwk", jwk),
        ("jku", "https://evil.test/jwks.json"),
        ("x5u", "https://evil.test/cert.pem"),
        ("x5c", [b64(pem)]),
        ("crit", ["exp"]),
        ("b64", False),
        ("zip", "DEF"),
        ("cty", "JWT"),
    ):
        yield f"header {name}, real signature", signed(claims, **{name: value})
        yield (
            f"header {name}, another key",
            jwt.encode(claims, other, algorithm="ES256", headers={"kid": kid, name: value}),
        )
    for odd in ("../../dev/null", "' or 1=1 --", "https://evil.test/k", "k" * 10_000, "\x00", ""):
        yield f"kid {odd[:20]!r}", jwt.encode(claims, other, algorithm="ES256", headers={"kid": odd})
    for kid_value in (None, 7, ["a"], {"a": 1}):
        header = json.dumps({"alg": "ES256", "kid": kid_value, "typ": "JWT"})
        yield f"kid {kid_value!r}", raw(header, body, es256)
    yield "typ of another kind", signed(claims, typ="at+jwt")
    yield "zero signature", f"{message}.{b64(bytes(64))}"
    yield "empty signature", f"{message}."
    yield "DER signature", f"{message}.{b64(key.sign(message.encode(), ec.ECDSA(hashes.SHA256())))}"
    yield "signature of something else", f"{message}.{signed(right_claims(issuer)).rpartition('.')[2]}"
    yield "another payload", f"{head}.{b64(json.dumps(claims | {'sub': str(uuid4())}).encode())}.{signature}"
    yield "two parts", message
    yield "four parts", f"{good}.{signature}"
    jwe = b64(json.dumps({"alg": "dir", "enc": "A256GCM"}).encode())
    yield "five parts, as JWE", f"{jwe}..{payload}.{payload}.{payload}"
    yield "a token inside a token", right_header(json.dumps(good))
    yield "the same key twice", right_header(body[:-1] + f', "sub": "{uuid4()}"}}')
    yield "alg twice", raw(f'{{"alg": "none", "alg": "ES256", "kid": "{kid}"}}', body, es256)
    yield "a BOM", right_header("\ufeff" + body)
    yield "a list for a payload", right_header(json.dumps([claims]))
    yield "broken JSON", right_header(body[:-2])
    yield "deep JSON", right_header("[" * 2500 + "]" * 2500)
    yield "huge", signed(claims | {"user_metadata": {"x": "y" * 20_000}})
    for name, text in {
        "padded signature": f"{good}==",
        "padded header": f"{head}=.{payload}.{signature}",
        "spare bits in the signature": f"{good[:-1]}{chr(ord(signature[-1]) + 1)}",
        "a space before": f" {good}",
        "a newline in the middle": f"{head}.\n{payload}.{signature}",
        "the other alphabet": good.replace("-", "+").replace("_", "/") + "+",
        "cut in the signature": good[:-10],
        "cut in the payload": f"{head}.{payload[:-8]}.{signature}",
        "one bit of the signature": f"{message}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}",
        "a longer signature": f"{good}AAAA",
        "a dot at the end": f"{good}.",
        "no header": f".{payload}.{signature}",
        "no payload": f"{head}..{signature}",
    }.items():
        yield name, text
    lookalike = claims | {"role": "аuthenticated"}  # starts with a Cyrillic letter
    yield "a role that only looks right", signed(lookalike)
    yield "an id in braces", signed(claims | {"sub": f"{{{claims['sub']}}}"})
    yield "an id as URN", signed(claims | {"sub": f"urn:uuid:{claims['sub']}"})
    yield "an id without dashes", signed(claims | {"session_id": claims["session_id"].replace("-", "")})
    yield "an id with a NUL", signed(claims | {"sub": claims["sub"] + "\x00"})
    yield "a NaN for a time", right_header(body.replace(f'"exp": {claims["exp"]}', '"exp": NaN'))
    yield "typ in small letters", signed(claims, typ="jwt")
    yield "alg in small letters", raw(json.dumps({"alg": "es256", "kid": kid, "typ": "JWT"}), body, es256)
    yield "PS256", raw(json.dumps({"alg": "PS256", "kid": kid, "typ": "JWT"}), body, es256)
    yield "EdDSA", raw(json.dumps({"alg": "EdDSA", "kid": kid, "typ": "JWT"}), body, es256)
    yield "kid twice", raw(f'{{"alg": "ES256", "kid": "other", "kid": "{kid}", "typ": "JWT"}}', body, es256)
    yield "a header that is a list", raw("[]", body, es256)
    yield "a payload that is no UTF-8", f"{head}.{b64(b'{' + bytes([34, 255, 34]) + b':1}')}.{signature}"
    yield "an empty payload", right_header("{}")
    for name in ("exp", "iat", "sub", "aud", "iss", "role", "session_id"):
        yield f"no {name}", signed(without(name))
    for name, values in {
        "exp": [now - 60, now - 10**6, str(now + 600), float(now + 600), now + 20 * 86_400, 10**30, -1, True, None],
        "iat": [now + 3600, str(now), now - 20 * 86_400, None],
        "nbf": [now + 3600, "soon"],
        "aud": ["anon", "", ["authenticated"], ["authenticated", "other"], "authenticated ", "AUTHENTICATED", None],
        "iss": [issuer + "/", issuer[:-1], "https://evil.test/auth/v1", "", [issuer], None],
        "role": ["service_role", "anon", "postgres", "supabase_admin", "", ["authenticated"], None],
        "sub": ["", "ada", "../" + claims["sub"], 7, None, [claims["sub"]]],
        "session_id": ["", "none", 7, None],
    }.items():
        for value in values:
            yield f"{name} {value!r}", right_header(claims | {name: value})
    for role in ("service_role", "supabase_admin"):  # the form of an API key: it names no user
        anonymous = {name: value for name, value in without("sub", "session_id").items() if name != "email"}
        yield f"{role} by the key of users' tokens", signed(anonymous | {"role": role})
        yield f"{role} without an expiry", signed({"role": role})
        yield f"{role} as Supabase's own", signed({"role": role, "iss": "supabase", "iat": now, "exp": now + 600})
    for text in ("", ".", "..", "...", "a.b.c", "Bearer", "null", "é.é.é", "\u0000.\u0000.\u0000"):
        yield f"rubbish {text!r}", text
