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
from tests.supabase_local.auth.oidc_issuer import ProviderUser, serving_issuer
from tests.supabase_local.conftest import opened
from tests.supabase_local.node import NODE, WEB, node_environment


async def test_supabase_js_with_factors_and_providers(
    database: Database, gateway_settings: Callable[..., Settings], local_keys: LocalKeys
) -> None:
    with serving_issuer(free_port()) as issuer:
        settings = gateway_settings(**issuer.settings("google", "spotify"), gotrue_security_manual_linking_enabled=True)
        issuer.user = ProviderUser(subject="2", email="other@example.test")
        other_token = issuer.id_token()
        issuer.user = ProviderUser(email="bea@example.test")
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
    report: dict[str, Any] = json.loads(out)
    low, high = {"currentLevel": "aal1", "nextLevel": "aal1"}, {"currentLevel": "aal2", "nextLevel": "aal2"}
    assert report["before"].items() >= low.items()
    assert report["image"].startswith("data:image/svg+xml;utf-8,<svg ")
    assert report["conflict"] == {"status": 422, "code": "mfa_factor_name_conflict"}
    assert report["wrong"] == {"status": 422, "code": "mfa_verification_failed"}
    assert report["verified"] == "bearer"
    assert report["after"].items() >= high.items()
    assert report["factors"] == [["phone", "verified"]]
    assert report["otherLevel"].items() >= {"currentLevel": "aal1", "nextLevel": "aal2"}.items()
    assert report["unenrolAtLevel1"] == {"status": 422, "code": "insufficient_aal"}
    assert report["adminFactors"] == 1
    assert report["unenrolled"] is None
    assert report["lowered"].items() >= low.items()
    assert report["signedIn"] == report["byToken"] == "bea@example.test"
    assert report["providerToken"] == "string"
    assert report["linked"] == ["google", "spotify"]
    assert report["unlinked"] == ["google"]
    assert report["last"] == {"status": 422, "code": "single_identity_not_deletable"}
    assert report["sameAccount"] is True
    assert report["badToken"] == {"status": 400, "message": "Bad ID token"}
    assert report["added"] == ["email", "google"]
