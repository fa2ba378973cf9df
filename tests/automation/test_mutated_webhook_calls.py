"""A thousand webhook calls that are almost valid, none of which is accepted."""

import base64
import gzip
import random
from collections.abc import Iterator

import orjson

from arti.automation.signatures import sign_standard, verify_standard
from arti_core import clock
from tests.conftest import World

JSON = "application/json"
BODY = orjson.dumps({"type": "annotation", "data": {"artist_id": "7", "title": "New single", "n": [1, 2, 3]}})
Headers = list[tuple[str, str]]


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) * 8)
    changed = bytearray(data)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


def _sendable(text: bytes) -> bool:
    return all(0x20 < byte < 0x7F for byte in text)


def _mutants(good: dict[str, str], secret: str, chance: random.Random) -> Iterator[tuple[str, bytes, Headers]]:
    """Yield (what was changed, body, headers), each one step away from a call that is accepted."""
    base = [*good.items(), ("content-type", JSON)]

    def but(name: str, value: str) -> Headers:
        return [(key, value if key == name else old) for key, old in base]

    for name in good:
        yield f"no {name}", BODY, [pair for pair in base if pair[0] != name]
        yield f"empty {name}", BODY, but(name, "")
        yield f"repeated {name}", BODY, [*base, (name, good[name])]
    now, id, signature = int(clock.timestamp()), good["webhook-id"], good["webhook-signature"]
    for age in (301, -360, 10**6):  # a call of the future comes into the tolerance while the others are made
        yield f"{age} s old", BODY, [*sign_standard(secret, id=id, timestamp=now - age, body=BODY).items(), base[-1]]
    for stamp in (f"{now}.0", f"+{now}", f"0x{now:x}", "NaN", "inf", "-1", "9" * 40):
        yield f"timestamp {stamp}", BODY, but("webhook-timestamp", stamp)
    for other in (
        signature[3:],
        "v1a" + signature[2:],
        "v2" + signature[2:],
        signature.lower(),
        signature + "=",
        "v1,",
    ):
        yield f"signature {other[:6]}", BODY, but("webhook-signature", other)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", ""):
        yield f"type {kind}", BODY, but("content-type", kind)
    yield "gzip", gzip.compress(BODY), [*base, ("content-encoding", "gzip")]
    yield "declared as gzip", BODY, [*base, ("content-encoding", "gzip")]
    yield "re-serialised", orjson.dumps(orjson.loads(BODY), option=orjson.OPT_INDENT_2), base
    yield "empty", b"", base
    while True:
        where = chance.choice(("body", "body", "cut", "id", "timestamp", "signature", "secret"))
        if where == "body":
            yield "a bit of the body", _flip(BODY, chance), base
        elif where == "cut":
            yield "cut short", BODY[: chance.randrange(len(BODY))], base
        elif where == "secret":
            key = base64.b64encode(_flip(base64.b64decode(secret[6:]), chance)).decode()
            wrong = sign_standard(f"whsec_{key}", id=id, timestamp=int(good["webhook-timestamp"]), body=BODY)
            yield "a bit of the secret", BODY, [*wrong.items(), base[-1]]
        else:
            name = f"webhook-{where}"
            flipped = _flip(good[name].encode(), chance)
            if _sendable(flipped):
                yield f"a bit of {where}", BODY, but(name, flipped.decode())


async def test_a_thousand_mutated_calls_are_refused(world: World) -> None:
    manager = await world.member()
    made = (await manager.http.post("/api/webhook-sources", json={"source": "custom"})).json()
    secret, path = made["secret"], f"/webhooks/custom?org={manager.org_id}"
    good = sign_standard(secret, id="msg_right", timestamp=int(clock.timestamp()), body=BODY)
    mutants = _mutants(good, secret, random.Random(20261122))
    for _ in range(1000):
        what, body, headers = next(mutants)
        answer = await world.anonymous.post(path, content=body, headers=headers)
        assert answer.status_code in (401, 415), (what, answer.status_code, answer.text)
    kept = (await manager.http.get("/api/webhook-events")).json()["items"]
    assert kept == []
    right = await world.anonymous.post(path, content=BODY, headers={**good, "content-type": JSON})
    assert right.status_code == 202


async def test_signed_bodies_that_cannot_be_stored_are_refused(world: World) -> None:
    manager = await world.member()
    made = (await manager.http.post("/api/webhook-sources", json={"source": "custom"})).json()
    path = f"/webhooks/custom?org={manager.org_id}"
    for number, (body, status) in enumerate(
        (
            (b'{"a":"' + b"x" * 262_144 + b'"}', 413),
            (b'{"a":' * 33 + b"1" + b"}" * 33, 422),
            (b'{"a":"\\u0000"}', 422),
            (b'{"a":{"b\\u0000":1}}', 422),
            (b'{"a":"\\\\u0000"}', 202),
            (b'{"a":"\\ud800"}', 422),
            (b"not json", 422),
            (b"[]", 422),
            (b'{"a":' * 31 + b"1" + b"}" * 31, 202),
        )
    ):
        headers = sign_standard(made["secret"], id=f"msg_{number}", timestamp=int(clock.timestamp()), body=body)
        answer = await world.anonymous.post(path, content=body, headers={**headers, "content-type": JSON})
        assert answer.status_code == status, (body[:40], answer.text)


def test_a_call_may_be_five_minutes_from_now_and_not_a_second_more() -> None:
    secret = "whsec_" + base64.b64encode(bytes(24)).decode()
    for age, accepted in ((300, True), (-300, True), (301, False), (-301, False)):
        headers = sign_standard(secret, id="msg_1", timestamp=1_800_000_000 - age, body=BODY)
        assert accepted is verify_standard(
            secret,
            id="msg_1",
            timestamp=headers["webhook-timestamp"],
            signatures=headers["webhook-signature"],
            body=BODY,
            now=1_800_000_000,
        )
