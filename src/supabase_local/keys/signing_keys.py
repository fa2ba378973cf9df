"""The gateway's keys: private JWKs that sign and verify tokens, and the opaque `sb_` keys that applications send.

`make_keys()` returns a new set for a local installation. JWT_KEYS is a JSON array of JWKs as in self-hosted Supabase:
the one whose `key_ops` holds "sign" signs, all of them verify, so a key is rotated by adding one and moving "sign".
"""

import base64
import hashlib
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

import jwt
import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from arti_core.errors import Misconfigured
from arti_core.key_file import KeyFile
from supabase_local.keys.claim_checks import MAX_TOKEN_BYTES, WITHOUT_TIMES, check_validity_period, read_header
from supabase_local.keys.token_cache import VerifiedTokenCache

log = structlog.get_logger()

_ALGORITHM_OF = {"EC": "ES256", "RSA": "RS256", "oct": "HS256"}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})
_LEEWAY_SECONDS = 30
_LEGACY_ROLES = ("anon", "service_role", "supabase_admin")
# No token of an asymmetric key has these: that key signs for users, and what it signs can be made by a hook.
_ADMINISTRATORS = ("service_role", "supabase_admin")
_LEGACY = "JWT_SECRET"  # the kid of the secret of that name; its tokens have none


@dataclass(frozen=True, slots=True)
class LocalKeys:
    """A new set of keys, each in the form of the setting that carries it."""

    jwt_keys: str  # JWT_KEYS: private JWKs, a JSON array; secret
    jwks: str  # SUPABASE_JWKS: the public halves, {"keys": [...]}
    publishable_key: str  # SUPABASE_PUBLISHABLE_KEY: may be published in a web page
    secret_key: str  # SUPABASE_SECRET_KEY: acts as service_role; secret


def make_keys() -> LocalKeys:
    """Return a new ES256 signing key, publishable and secret key. The caller stores them."""
    private = ec.generate_private_key(ec.SECP256R1())
    jwk = {
        **jwt.algorithms.ECAlgorithm.to_jwk(private, as_dict=True),
        "kid": str(uuid4()),
        "alg": "ES256",
        "use": "sig",
        "key_ops": ["sign", "verify"],
        "ext": True,
    }
    keys = orjson.dumps([jwk]).decode()
    return LocalKeys(
        jwt_keys=keys,
        jwks=public_jwks(keys),
        publishable_key=make_api_key("publishable"),
        secret_key=make_api_key("secret"),
    )


def public_jwks(jwt_keys: str) -> str:
    """Return the public halves of `jwt_keys` as a JWKS document. Symmetric keys are never listed."""
    public = [
        {name: value for name, value in key.items() if name not in _PRIVATE_MEMBERS} | {"key_ops": ["verify"]}
        for key in _read(jwt_keys)
        if key["kty"] != "oct"
    ]
    return orjson.dumps({"keys": public}).decode()


class SigningKeys:
    """Signs tokens with one key and verifies with every key of JWT_KEYS, each with its own algorithm only."""

    def __init__(self, jwt_keys: str, *, file: str = "", legacy_secret: str = "", allow_symmetric: bool = True) -> None:
        """Take the value of JWT_KEYS, or a `file` that holds it and is polled for changes.

        `legacy_secret` is JWT_SECRET, which verifies legacy API keys. Symmetric keys are refused in production
        (`allow_symmetric` False): whoever knows one is service_role.
        Raises Misconfigured for an invalid array or without a signing key.
        """
        self._allow_symmetric = allow_symmetric
        self._file = KeyFile(file)
        self._verified_tokens = VerifiedTokenCache[Mapping[str, Any]]()
        self._legacy_secret = legacy_secret
        self._load(self._file.changed_text() or jwt_keys)

    def _load(self, jwt_keys: str) -> None:
        algorithms: dict[str, str] = {}
        keys: dict[str, Any] = {}
        signer = ""
        for key in _read(jwt_keys):
            algorithm, kid = _ALGORITHM_OF[key["kty"]], key["kid"]
            if algorithm == "HS256" and not self._allow_symmetric:
                raise Misconfigured(
                    f"JWT_KEYS: the key {kid} is a shared secret, with which anyone who knows it becomes service_role. "
                    "Remove it, and give programs an sb_secret_ key: ./arti keys create NAME --secret."
                )
            try:
                jwk = jwt.PyJWK({name: value for name, value in key.items() if name != "key_ops"}, algorithm=algorithm)
            except jwt.PyJWTError:
                raise Misconfigured(f"JWT_KEYS: the key {kid} is damaged. Replace it with a new one.") from None
            algorithms[kid], keys[kid] = algorithm, jwk.key
            if "sign" in key.get("key_ops", ()) and algorithm != "HS256":
                signer = kid
        if not signer:
            raise Misconfigured('JWT_KEYS: one asymmetric key must hold "sign" in key_ops. Add a new key.')
        if self._legacy_secret:
            algorithms[_LEGACY], keys[_LEGACY] = "HS256", self._legacy_secret.encode()
        self._algorithms, self._keys, self._signer = algorithms, keys, signer
        self._jwks = public_jwks(jwt_keys)
        self._verified_tokens.clear()

    def _renew(self) -> None:
        changed_text = self._file.changed_text()
        if changed_text is not None:
            try:
                self._load(changed_text)
            except Misconfigured as error:  # the previous keys stay in use, so that sessions stay valid
                log.error("the new signing keys are invalid, the previous ones stay in use", reason=error.message)

    @property
    def jwks(self) -> str:
        """The public halves, as a JWKS document."""
        self._renew()
        return self._jwks

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return `claims` as a compact JWS of the signing key."""
        self._renew()
        kid = self._signer
        return jwt.encode(dict(claims), self._keys[kid], algorithm=self._algorithms[kid], headers={"kid": kid})

    def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token that one of the keys signed and that has not expired.

        A symmetric key verifies legacy API keys only, never a user's token. Those may lack an expiry, and their `sub`
        is ignored. An asymmetric key never verifies an administrator. Raises jwt.PyJWTError.
        """
        self._renew()
        cached = self._verified_tokens.find(token) if len(token) <= MAX_TOKEN_BYTES and token.isascii() else None
        if cached is not None:
            return cached
        header = read_header(token)
        kid = header.get("kid")
        if kid is None and header["alg"] == "HS256":
            kid = next((k for k, algorithm in self._algorithms.items() if algorithm == "HS256"), None)
        if not isinstance(kid, str) or kid not in self._keys:
            raise jwt.InvalidKeyError("unknown key")
        algorithm = self._algorithms[kid]
        claims: dict[str, Any] = jwt.decode(
            token,
            self._public(kid),
            algorithms=[algorithm],
            options={"require": ["role"], "verify_aud": False, **WITHOUT_TIMES},
        )
        check_validity_period(claims, leeway_seconds=_LEEWAY_SECONDS)
        if algorithm == "HS256":
            claims = _legacy_key_claims(claims)
        elif claims["role"] in _ADMINISTRATORS:
            raise jwt.InvalidTokenError("the key of users' tokens cannot sign for an administrator")
        elif "exp" not in claims and claims["role"] != "anon":
            raise jwt.MissingRequiredClaimError("exp")
        if type(claims.get("exp", 0)) is int:
            self._verified_tokens.add(token, claims, expires_at=claims.get("exp", math.inf))
        return claims

    def _public(self, kid: str) -> Any:
        key = self._keys[kid]
        return key.public_key() if hasattr(key, "public_key") else key


def _legacy_key_claims(claims: dict[str, Any]) -> dict[str, Any]:
    if claims["role"] not in _LEGACY_ROLES or ("sub" in claims and claims["role"] == "service_role"):
        raise jwt.InvalidTokenError("a symmetric key cannot sign for a user")
    return {name: value for name, value in claims.items() if name not in ("sub", "session_id", "key_id")}


def _read(jwt_keys: str) -> list[dict[str, Any]]:
    try:
        keys = orjson.loads(jwt_keys)
        if not isinstance(keys, list) or not keys:
            raise ValueError
        for key in keys:
            if key["kty"] not in _ALGORITHM_OF or not isinstance(key["kid"], str):
                raise ValueError
    except (ValueError, KeyError, TypeError):
        raise Misconfigured(
            "JWT_KEYS must be a JSON array of private JWKs, each with kty and kid. Replace it with new keys."
        ) from None
    return keys


def make_api_key(kind: Literal["publishable", "secret"]) -> str:
    """Return a new sb_<kind>_<random>_<check>; the check lets a scanner recognise a real key."""
    body = f"sb_{kind}_{secrets.token_urlsafe(32 if kind == 'secret' else 16)}"
    check = base64.urlsafe_b64encode(hashlib.sha256(body.encode()).digest()).decode()[:8]
    return f"{body}_{check}"


def hash_key(api_key: str) -> bytes:
    """Return the SHA-256 of a key, which is what is stored. Keys are random, so a plain hash suffices."""
    return hashlib.sha256(api_key.encode()).digest()


def start_of(api_key: str) -> str:
    """Return the first characters, by which users recognise a key."""
    return api_key[: api_key.index("_", 3) + 5]
