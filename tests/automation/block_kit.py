"""Slack's documented limits of Block Kit messages."""

from collections.abc import Mapping, Sequence
from typing import Any


def list_faults(payload: Mapping[str, Any]) -> list[str]:
    """Return what Slack would refuse in a message of an incoming webhook."""
    blocks: Sequence[Mapping[str, Any]] = payload["blocks"]
    faults = [] if 1 <= len(blocks) <= 50 else [f"{len(blocks)} blocks"]
    if not payload.get("text"):
        faults.append("no fallback text")
    for block in blocks:
        match block["type"]:
            case "header":
                faults += _text(block["text"], 150, kinds=("plain_text",))
            case "section":
                faults += _text(block["text"], 3000) if "text" in block else []
                fields = block.get("fields", [])
                faults += [] if "text" in block or 1 <= len(fields) <= 10 else ["a section without text or 1-10 fields"]
                faults += [fault for field in fields for fault in _text(field, 2000)]
                faults += _button(block["accessory"]) if "accessory" in block else []
            case "context":
                faults += [] if 1 <= len(block["elements"]) <= 10 else ["elements of a context"]
                faults += [fault for one in block["elements"] for fault in _text(one, 3000)]
            case "actions":
                faults += [] if 1 <= len(block["elements"]) <= 25 else ["elements of actions"]
                ids = [one["action_id"] for one in block["elements"]]
                faults += [] if len(set(ids)) == len(ids) else ["an action id twice"]
                faults += [fault for one in block["elements"] for fault in _button(one)]
            case "image":
                is_image = block["image_url"].startswith("https://") and len(block["image_url"]) <= 3000
                faults += [] if is_image and 1 <= len(block["alt_text"]) <= 2000 else ["no image"]
            case "divider":
                pass
            case other:
                faults.append(f"a block of type {other}")
    return faults


def list_texts(payload: Mapping[str, Any]) -> list[str]:
    """Return every text that Slack shows."""

    def texts(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["text"]] if isinstance(node.get("text"), str) else []
            return own + [text for value in node.values() for text in texts(value)]
        return [text for one in node for text in texts(one)] if isinstance(node, list) else []

    return [payload["text"], *texts(list(payload["blocks"]))]


def _button(button: Mapping[str, Any]) -> list[str]:
    faults = _text(button["text"], 75, kinds=("plain_text",))
    is_one = button["type"] == "button" and len(button["url"]) <= 3000 and len(button["action_id"]) <= 255
    return faults if is_one else [*faults, "no button"]


def _text(text: Mapping[str, Any], most: int, *, kinds: Sequence[str] = ("mrkdwn", "plain_text")) -> list[str]:
    faults = [] if text["type"] in kinds else [f"text of type {text['type']}"]
    return faults if 1 <= len(text["text"]) <= most else [*faults, f"a text of {len(text['text'])} characters"]
