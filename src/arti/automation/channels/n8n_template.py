"""Fill in the n8n workflow template, so that a person only has to import it and choose the credential."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from arti.automation.channels.n8n import WEBHOOK_PATH

TEMPLATE = Path(__file__).parents[4] / "n8n" / "arti-events.workflow.json"
_PLACEHOLDER = re.compile(r"__ARTI_[A-Z_]+__")


def render_workflow(*, org_id: UUID, org_name: str, site_url: str) -> dict[str, Any]:
    """Return the workflow for one org, ready for n8n's import. It holds no secret: n8n keeps that as a credential."""
    values = {
        "__ARTI_ORG_ID__": str(org_id),
        "__ARTI_ORG_NAME__": org_name,
        "__ARTI_SITE_URL__": site_url,
        "__ARTI_WEBHOOK_PATH__": WEBHOOK_PATH,
    }
    # Escaped, so that quotes and backslashes of a name stay inside their JSON text.
    text = _PLACEHOLDER.sub(lambda found: json.dumps(values[found.group()])[1:-1], TEMPLATE.read_text(encoding="utf-8"))
    workflow: dict[str, Any] = json.loads(text)
    return workflow
