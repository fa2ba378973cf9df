"""Fill in the n8n workflow templates, so that nothing is left but what only a person has: credentials of their own."""

import json
import re
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from arti.automation.channels.n8n import WEBHOOK_PATH

FOLDER: Final = Path(__file__).parents[4] / "n8n"
# Those that receive the events of a channel. `needs`: what a person adds in n8n.
TEMPLATES: Final[dict[str, dict[str, str]]] = {
    "events": {
        "title": "Every event",
        "summary": "Receives what your rules send, checks it, and leaves two places for your own steps.",
        "needs": "",
    },
    "story-to-slack": {
        "title": "Story to Slack, with approval",
        "summary": "Asks one person in Slack about each important story, and posts what they approve to a channel.",
        "needs": "choose your Slack credential and both receivers in the two Slack nodes.",
    },
    "failed-account-to-ticket": {
        "title": "Failed account to ticket",
        "summary": "Opens an issue when an account has to be connected again, or when its sync fails.",
        "needs": "choose your GitHub credential, owner and repository in the node that opens the issue.",
    },
}
_PLACEHOLDER = re.compile(r"__ARTI_[A-Z_]+__")


def render_workflow(
    *,
    org_id: UUID,
    org_name: str,
    site_url: str,
    template: str = "events",
    path: str = WEBHOOK_PATH,
    credential_id: str = "artiSigningSecret",
) -> dict[str, Any]:
    """Return the workflow for one org, ready for n8n's import. It holds no secret: n8n keeps that as a credential."""
    values = {
        "__ARTI_ORG_ID__": str(org_id),
        "__ARTI_ORG_NAME__": org_name,
        "__ARTI_SITE_URL__": site_url,
        "__ARTI_WEBHOOK_PATH__": path,
        "__ARTI_CREDENTIAL_ID__": credential_id,
    }
    text = (FOLDER / f"arti-{template}.workflow.json").read_text(encoding="utf-8")
    # Escaped, so that quotes and backslashes of a name stay inside their JSON text.
    filled = _PLACEHOLDER.sub(lambda found: json.dumps(values[found.group()])[1:-1], text)
    workflow: dict[str, Any] = json.loads(filled)
    return workflow
