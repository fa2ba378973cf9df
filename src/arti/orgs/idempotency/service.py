"""Idempotency-Key: a POST that is sent twice has one effect, and both get the same answer.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header. The answer is stored in the transaction of
the effect. A request that failed had no effect: nothing is stored, and it may be sent again under the same key.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from arti.orgs.idempotency import store
from arti_core.crypto import Vault
from arti_core.database import Connection, Principal
from arti_core.errors import Conflict, Invalid, Misconfigured

HEADER: Final = "Idempotency-Key"
REPLAYED_HEADER: Final = "Idempotent-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KIND: Final = "idempotent_answer"
_KEPT_HEADERS: Final = ("content-type", "location")
_PART: Final = 64 * 1024


class AnswerReplayed(Exception):
    """The request was answered before: `response` is that answer. Raised instead of running the endpoint again."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


@dataclass(slots=True)
class IdempotentRequest:
    """A request with a key that is locked; its answer is stored when there is one."""

    vault: Vault
    principal: Principal
    route: str
    key_digest: bytes
    body_digest: bytes

    async def store(self, connection: Connection, org_id: UUID, response: Response) -> None:
        """Keep the answer of a request that succeeded."""
        answer = {
            "headers": {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
            "body": bytes(response.body).decode(),
        }
        await store.store_answer(
            connection,
            org_id,
            route=self.route,
            key_digest=self.key_digest,
            body_digest=self.body_digest,
            status=response.status_code,
            sealed=self.vault.seal(answer, owner_id=org_id, kind=_KIND, ref=_ref(self)),
        )


async def begin(
    request: Request, connection: Connection, principal: Principal, vault: Vault, org_id: UUID | None
) -> IdempotentRequest | None:
    """Lock the key of a POST in its transaction. Returns None without a key.

    Raises AnswerReplayed when the same request was answered before, Invalid for a key of another request, Conflict
    while the same request runs.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not _KEY.fullmatch(key):
        raise Invalid(f"{HEADER} must have 1 to 255 visible ASCII characters.", field=HEADER)
    query = f"?{request.url.query}" if request.url.query else ""
    idempotent = IdempotentRequest(
        vault,
        principal,
        f"{request.method} {request.url.path}{query}",
        hashlib.sha256(key.encode()).digest(),
        await _digest_body(request),
    )
    row = await store.lock_key(connection, org_id, route=idempotent.route, key_digest=idempotent.key_digest)
    if not row["is_free"]:
        raise Conflict(
            f"A request with this {HEADER} is running. Send it again when that has ended.", retry_after_seconds=1
        )
    if row["sealed"] is None:
        return idempotent
    if row["body_digest"] != idempotent.body_digest:
        raise Invalid(f"This {HEADER} was used for another body. Use a new key for a new request.", field=HEADER)
    raise AnswerReplayed(_open_answer(idempotent, row["org_id"], row["status"], row["sealed"]))


def _open_answer(idempotent: IdempotentRequest, org_id: UUID, status: int, sealed: bytes) -> Response:
    try:
        opened = idempotent.vault.open(sealed, owner_id=org_id, kind=_KIND, ref=_ref(idempotent))
    except Misconfigured:
        raise Conflict(
            f"The request with this {HEADER} has succeeded, and its answer cannot be opened any more. Look at what is "
            "there before you send it under a new key."
        ) from None
    answer = cast(dict[str, Any], opened)
    return Response(answer["body"], status, {**answer["headers"], REPLAYED_HEADER: "true"})


def _ref(idempotent: IdempotentRequest) -> str:
    return f"{idempotent.principal.user_id}|{idempotent.route}|{idempotent.key_digest.hex()}"


async def _digest_body(request: Request) -> bytes:
    """Return the SHA-256 of the body; of a form that of its fields and files, as its boundary is new each time."""
    digest = hashlib.sha256()
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        digest.update(await request.body())
        return digest.digest()
    for name, value in (await request.form()).multi_items():
        digest.update(f"{name}\0".encode())
        if isinstance(value, UploadFile):
            digest.update(f"{value.filename}\0".encode())
            while part := await value.read(_PART):
                digest.update(part)
            await value.seek(0)
        else:
            digest.update(value.encode())
        digest.update(b"\0")
    return digest.digest()
