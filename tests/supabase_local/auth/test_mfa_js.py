"""MFA, OAuth and identities, driven by the official JavaScript client, unmodified, under Node."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arti.settings import Settings
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database, free_port
from tests.supabase_local.auth.oidc_issuer import Person, serving_issuer
from tests.supabase_local.conftest import opened
from tests.supabase_local.node import NODE, WEB, node_environment


async def test_supabase_js_with_factors_and_providers(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> None:
    with serving_issuer(free_port()) as issuer:
        settings = gateway_settings(**issuer.settings("google", "spotify"), gotrue_security_manual_linking_enabled=True)
        issuer.person = Person(subject="2", email="other@example.test")
        other_token = issuer.id_token()
        issuer.person = Person(email="bea@example.test")
        token = issuer.id_token(nonce=hashlib.sha256(b"from the app").hexdigest())
        async with opened(database, settings, local_keys) as gateway:
            process = await asyncio.create_subprocess_exec(
                NODE,
                Path(__file__).with_name("mfa.mjs"),
                WEB,
                gateway.url,
                local_keys.publishable_key,
                local_keys.secret_key,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=node_environment(ID_TOKEN=token, OTHER_ID_TOKEN=other_token),
            )
            out, err = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode == 0, err.decode()
    said: dict[str, Any] = json.loads(out)
    low, high = {"currentLevel": "aal1", "nextLevel": "aal1"}, {"currentLevel": "aal2", "nextLevel": "aal2"}
    assert said["before"].items() >= low.items()
    assert said["image"].startswith("data:image/svg+xml;utf-8,<svg ")
    assert said["conflict"] == {"status": 422, "code": "mfa_factor_name_conflict"}
    assert said["wrong"] == {"status": 422, "code": "mfa_verification_failed"}
    assert said["verified"] == "bearer"
    assert said["after"].items() >= high.items()
    assert said["factors"] == [["phone", "verified"]]
    assert said["otherLevel"].items() >= {"currentLevel": "aal1", "nextLevel": "aal2"}.items()
    assert said["unenrolAtLevel1"] == {"status": 422, "code": "insufficient_aal"}
    assert said["adminFactors"] == 1
    assert said["unenrolled"] is None
    assert said["lowered"].items() >= low.items()
    assert said["signedIn"] == said["byToken"] == "bea@example.test"
    assert said["providerToken"] == "string"
    assert said["linked"] == ["google", "spotify"]
    assert said["unlinked"] == ["google"]
    assert said["last"] == {"status": 422, "code": "single_identity_not_deletable"}
    assert said["sameAccount"] is True
    assert said["badToken"] == {"status": 400, "message": "Bad ID token"}
    assert said["added"] == ["email", "google"]
