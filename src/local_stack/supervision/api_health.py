"""How the parts of a running installation are, as its API says."""

from urllib.parse import urlsplit

import orjson

from arti_core.errors import ArtiError
from arti_core.http_client import OutboundClient


async def list_unwell_parts(api_url: str) -> list[str]:
    """Return each part that is not healthy with its state; nothing when the API does not answer."""
    client = OutboundClient(allowed_hosts=frozenset({urlsplit(api_url).netloc}))
    try:
        answer = await client.call("GET", f"{api_url}/api/health", timeout_seconds=10.0)
        parts = orjson.loads(answer.body)["parts"]
    except (ArtiError, orjson.JSONDecodeError, KeyError):
        return []
    finally:
        await client.close()
    return [f"{part['name']} ({part['state']})" for part in parts if part["state"] != "ok"]
