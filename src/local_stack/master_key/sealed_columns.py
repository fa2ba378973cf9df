"""Every column that the master key seals, with what each of its values is bound to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypedDict
from uuid import UUID


class SealedFor(TypedDict):
    """What a sealed value opens for."""

    owner_id: UUID
    kind: str
    ref: str


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values: bytes, base64 text, or an array of bytes.

    `key` are columns that identify a row, in the order in which they are read. `bindings` are tried one after the
    other. `of_gateway`: only there where auth is our own.
    """

    title: str
    table: str
    column: str
    key: tuple[str, ...]
    bindings: Callable[[Mapping[str, Any]], Sequence[SealedFor]]
    form: Literal["bytes", "base64", "array"] = "bytes"
    where: str = "true"
    has_key_version: bool = False
    of_gateway: bool = False


_TENANT: Final = "org_id <> private.canary_org_id()"


def _vault(row: Mapping[str, Any]) -> list[SealedFor]:
    # Accounts were called connections, and what was sealed then is bound to that name.
    kinds = ["account", "connection"] if row["kind"] == "account" else [row["kind"]]
    return [{"owner_id": row["org_id"], "kind": kind, "ref": row["ref"]} for kind in kinds]


def _provider_token(row: Mapping[str, Any]) -> list[SealedFor]:
    return [{"owner_id": row["user_id"], "kind": "provider token", "ref": str(row["id"])}]


def _idempotent_answer(row: Mapping[str, Any]) -> list[SealedFor]:
    ref = f"{row['user_id']}|{row['route']}|{row['key_digest'].hex()}"
    return [{"owner_id": row["org_id"], "kind": "idempotent_answer", "ref": ref}]


SEALED_COLUMNS: Final = (
    SealedColumn(
        "tokens of accounts, secrets of channels, apps and webhooks",
        "private.vault",
        "sealed",
        ("org_id", "kind", "ref"),
        _vault,
        where=_TENANT,
        has_key_version=True,
    ),
    SealedColumn(
        "keys of the audit log",
        "private.audit_keys",
        "sealed",
        ("org_id", "person_id"),
        lambda row: [{"owner_id": row["org_id"], "kind": "audit_key", "ref": str(row["person_id"])}],
        where=_TENANT,
        has_key_version=True,
    ),
    SealedColumn(
        "keys of files outside of the database",
        "private.file_keys",
        "sealed",
        ("org_id",),
        lambda row: [{"owner_id": row["org_id"], "kind": "file_key", "ref": "files"}],
        where=_TENANT,
        has_key_version=True,
    ),
    SealedColumn(
        "answers kept for an Idempotency-Key",
        "private.idempotency_keys",
        "sealed",
        ("org_id", "user_id", "route", "key_digest"),
        _idempotent_answer,
        where=_TENANT,
    ),
    SealedColumn(
        "mails",
        "mail.queue",
        "sealed",
        ("id",),
        lambda row: [{"owner_id": row["id"], "kind": "mail", "ref": "content"}],
    ),
    SealedColumn(
        "requests for mails",
        "auth.mail_requests",
        "sealed",
        ("address", "topic"),
        lambda row: [
            {"owner_id": UUID(int=0), "kind": "mail_request", "ref": f"{row['topic']}:{row['address']}"},
        ],
        form="array",
        of_gateway=True,
    ),
    SealedColumn(
        "secrets of authenticator apps",
        "auth.mfa_factors",
        "secret",
        ("user_id", "id"),
        lambda row: [{"owner_id": row["user_id"], "kind": "totp", "ref": str(row["id"])}],
        form="base64",
        where="factor_type = 'totp' and secret <> ''",
        of_gateway=True,
    ),
    SealedColumn(
        "access tokens of sign-ins at providers",
        "auth.flow_state",
        "provider_access_token",
        ("user_id", "id"),
        _provider_token,
        form="base64",
        where="provider_access_token <> '' and user_id is not null",
        of_gateway=True,
    ),
    SealedColumn(
        "refresh tokens of sign-ins at providers",
        "auth.flow_state",
        "provider_refresh_token",
        ("user_id", "id"),
        _provider_token,
        form="base64",
        where="provider_refresh_token <> '' and user_id is not null",
        of_gateway=True,
    ),
)
