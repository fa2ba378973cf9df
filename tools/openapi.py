"""The API's own description, as the web app's typed client is made from it."""

import json

from arti.api import create_app
from arti.settings import Settings
from local_stack.data_directory import CHECKOUT

OPENAPI = CHECKOUT / "web" / "openapi.json"


def dump_openapi() -> str:
    """Return OpenAPI 3.1 as JSON with sorted keys: the same text for the same API."""
    return json.dumps(create_app(Settings()).openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
