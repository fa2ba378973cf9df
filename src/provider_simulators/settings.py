"""Settings of the simulators, read from the environment."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SimulatorSettings(BaseSettings):
    """The client id and secret are those of the one OAuth app that all simulators know."""

    model_config = SettingsConfigDict(env_prefix="", case_sensitive=False, extra="ignore", frozen=True)

    arti_bind: str = "127.0.0.1"
    arti_simulators_port: int = 3010
    simulator_client_id: str = "arti-local"
    simulator_client_secret: SecretStr = SecretStr("not-a-secret-of-a-real-provider")
