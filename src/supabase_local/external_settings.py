"""Settings of sign-in with Google, GitHub and Spotify, under GoTrue's names."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

PROVIDERS = ("google", "github", "spotify")
EXTERNAL_URLS = tuple(f"gotrue_external_{provider}_url" for provider in PROVIDERS)


class ExternalProviderSettings(BaseSettings):
    """A URL puts another host in the provider's place; for Google it is the issuer."""

    gotrue_external_google_enabled: bool = Field(default=False, description="Sign-in with Google.")
    gotrue_external_google_client_id: str = Field(
        default="", description="Comma-separated; the first is used for /authorize."
    )
    gotrue_external_google_secret: SecretStr = Field(default=SecretStr(""), description="Of your app at Google.")
    gotrue_external_google_url: str = Field(default="", description="Another host in the place of Google's.")
    gotrue_external_google_redirect_uri: str = Field(
        default="", description="Another callback than API_EXTERNAL_URL/auth/v1/callback."
    )
    gotrue_external_github_enabled: bool = Field(default=False, description="Sign-in with GitHub.")
    gotrue_external_github_client_id: str = Field(default="", description="Of your app at GitHub.")
    gotrue_external_github_secret: SecretStr = Field(default=SecretStr(""), description="Of your app at GitHub.")
    gotrue_external_github_url: str = Field(default="", description="Another host in the place of GitHub's.")
    gotrue_external_github_redirect_uri: str = Field(
        default="", description="Another callback than API_EXTERNAL_URL/auth/v1/callback."
    )
    gotrue_external_spotify_enabled: bool = Field(default=False, description="Sign-in with Spotify.")
    gotrue_external_spotify_client_id: str = Field(default="", description="Of your app at Spotify.")
    gotrue_external_spotify_secret: SecretStr = Field(default=SecretStr(""), description="Of your app at Spotify.")
    gotrue_external_spotify_url: str = Field(default="", description="Another host in the place of Spotify's.")
    gotrue_external_spotify_redirect_uri: str = Field(
        default="", description="Another callback than API_EXTERNAL_URL/auth/v1/callback."
    )
    gotrue_security_manual_linking_enabled: bool = Field(
        default=False, description="People may link further identities to their account."
    )


def list_external_refusals(settings: ExternalProviderSettings, *, production: bool, autoconfirm: bool) -> Iterator[str]:
    """Yield what is unsafe. `autoconfirm`: e-mail addresses count as confirmed without a mail."""
    for provider in PROVIDERS:
        name, prefix = f"gotrue_external_{provider}", f"GOTRUE_EXTERNAL_{provider.upper()}"
        if not getattr(settings, f"{name}_enabled"):
            continue
        secret = getattr(settings, f"{name}_secret").get_secret_value()
        if not secret or not getattr(settings, f"{name}_client_id"):
            yield f"{prefix}_ENABLED needs {prefix}_CLIENT_ID and {prefix}_SECRET. Set both, or disable it."
        if production and urlsplit(getattr(settings, f"{name}_url")).scheme == "http":
            yield f"{prefix}_URL must be https in production: secrets travel there."
        if production and autoconfirm:
            yield (
                "ENABLE_EMAIL_AUTOCONFIRM confirms every address without a mail, so anyone could set a password for "
                f"the account of a user who later signs in with {provider}. "
                f"Set it to false, or disable {prefix}_ENABLED."
            )
