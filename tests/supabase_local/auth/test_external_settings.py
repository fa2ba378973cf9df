"""Settings of signing in with others: what is refused before anything starts."""

from typing import Any

import pytest

from arti.settings import Settings
from supabase_local.settings import list_gateway_refusals

GOOGLE = {
    "gotrue_external_google_enabled": True,
    "gotrue_external_google_client_id": "id",
    "gotrue_external_google_secret": "secret",
}


def refusals(**changes: Any) -> list[str]:
    said = list_gateway_refusals(Settings.model_validate(changes))
    return [sentence for sentence in said if "GOTRUE_EXTERNAL" in sentence]


def test_a_provider_needs_its_client() -> None:
    assert refusals() == refusals(**GOOGLE) == []
    for missing in ("gotrue_external_google_client_id", "gotrue_external_google_secret"):
        assert "GOTRUE_EXTERNAL_GOOGLE_SECRET" in refusals(**(GOOGLE | {missing: ""}))[0]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"enable_email_autoconfirm": True}, "ENABLE_EMAIL_AUTOCONFIRM"),
        ({"gotrue_external_google_url": "http://issuer.example", "enable_email_autoconfirm": False}, "https"),
    ],
)
def test_production_refuses_autoconfirm_and_clear_text(changes: dict[str, Any], word: str) -> None:
    assert refusals(**(GOOGLE | changes)) == []
    sentences = refusals(arti_environment="production", **(GOOGLE | changes))
    assert len(sentences) == 1
    assert word in sentences[0]


def test_the_issuer_may_be_private_and_its_secret_is_hidden() -> None:
    settings = Settings.model_validate(GOOGLE | {"gotrue_external_google_url": "http://10.0.0.7:9000/realm/"})
    assert settings.gotrue_external_google_url == "http://10.0.0.7:9000/realm"
    assert "10.0.0.7:9000" in settings.private_hosts()
    assert "secret" not in repr(settings.gotrue_external_google_secret)
