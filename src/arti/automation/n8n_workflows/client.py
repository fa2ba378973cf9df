"""n8n's public REST API: credentials, workflows, executions."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from arti.settings import Settings
from arti_core.errors import ArtiError, Unavailable
from arti_core.http_client import HttpResponse, OutboundClient

_SECONDS = 10.0
_PAGE = 100
_NO_ANSWER = "n8n does not answer. Try again in a moment, or ask the operator."
_REFUSED = "n8n refuses ARTi's API key. The operator makes a new one in n8n and sets N8N_API_KEY."


class NotAccepted(ArtiError):
    """n8n takes a workflow or credential not as it is. The message is n8n's own."""

    code, status = "n8n_refused", 502


class WorkflowGone(NotAccepted):
    """n8n has nothing of this id."""


def find_api_key(settings: Settings) -> str:
    """Return the key for n8n's API, empty when there is none."""
    path = Path(settings.n8n_api_key_file) if settings.n8n_api_key_file else None
    try:
        return path.read_text().strip() if path else settings.n8n_api_key.get_secret_value()
    except OSError:
        return ""


class N8nClient:
    def __init__(self, http_client: OutboundClient, url: str, api_key: str) -> None:
        self._http_client, self._url, self._headers = http_client, url.rstrip("/"), {"X-N8N-API-KEY": api_key}

    async def create_credential(self, name: str, kind: str, data: Mapping[str, Any]) -> str:
        made = await self._call("POST", "credentials", {"name": name, "type": kind, "data": data})
        return str(made["id"])

    async def create_workflow(self, workflow: Mapping[str, Any]) -> str:
        kept = {name: workflow[name] for name in ("name", "nodes", "connections", "settings")}
        return str((await self._call("POST", "workflows", kept))["id"])

    async def publish_workflow(self, workflow_id: str) -> None:
        await self._call("POST", f"workflows/{workflow_id}/activate")

    async def get_workflow(self, workflow_id: str) -> dict[str, Any]:
        return await self._call("GET", f"workflows/{workflow_id}")

    async def check(self) -> None:
        """Raise Unavailable unless n8n answers and takes the key."""
        await self._call("GET", "workflows?limit=1")

    async def list_workflows(self) -> AsyncIterator[dict[str, Any]]:
        """Yield every workflow that n8n has, archived ones too."""
        cursor = ""
        while True:
            page = await self._call("GET", f"workflows?limit={_PAGE}" + (f"&cursor={quote(cursor)}" if cursor else ""))
            for workflow in page["data"]:
                yield workflow
            cursor = page.get("nextCursor") or ""
            if not cursor:
                return

    async def list_executions(self, workflow_id: str, limit: int) -> list[dict[str, Any]]:
        found = await self._call("GET", f"executions?workflowId={workflow_id}&limit={limit}")
        return list(found["data"])

    async def archive_workflow(self, workflow_id: str) -> None:
        """Unpublish a workflow and put it where n8n keeps what may be restored."""
        await self._call("POST", f"workflows/{workflow_id}/archive")

    async def delete_workflow(self, workflow_id: str) -> None:
        await self.archive_workflow(workflow_id)
        await self.remove_workflow(workflow_id)

    async def remove_workflow(self, workflow_id: str) -> None:
        """Delete an archived workflow with its runs."""
        await self._call("DELETE", f"workflows/{workflow_id}")

    async def delete_credential(self, credential_id: str) -> None:
        await self._call("DELETE", f"credentials/{credential_id}")

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer. Raises Unavailable, NotAccepted, of which WorkflowGone."""
        try:
            answer = await self._http_client.call(
                method, f"{self._url}/api/v1/{path}", headers=self._headers, json=body, timeout_seconds=_SECONDS
            )
        except Unavailable:
            raise Unavailable(_NO_ANSWER) from None
        if answer.status in (401, 403):
            raise Unavailable(_REFUSED)
        if answer.status >= 500:
            raise Unavailable(_NO_ANSWER)
        if answer.status == 404:
            raise WorkflowGone(f"n8n refused: {_message(answer)}")
        if answer.status >= 400:
            raise NotAccepted(f"n8n refused: {_message(answer)}")
        read: dict[str, Any] = orjson.loads(answer.body) if answer.body else {}
        return read


def find_client(settings: Settings, http_client: OutboundClient) -> N8nClient | None:
    """Return n8n's API, None where no n8n is set or ARTi has no key for it."""
    key = find_api_key(settings) if settings.n8n_url else ""
    return N8nClient(http_client, settings.n8n_url, key) if key else None


def _message(answer: HttpResponse) -> str:
    try:
        return str(orjson.loads(answer.body)["message"])[:300]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return f"status {answer.status}"
