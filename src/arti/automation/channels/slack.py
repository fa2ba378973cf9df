"""Slack, or anything that takes Slack's incoming webhooks."""

from arti.automation.channels.contract import Letter, Outcome, judge
from arti.base.http import Outside


async def send(outside: Outside, letter: Letter, *, timeout_seconds: float) -> Outcome:
    """Post the message. Slack takes no idempotency key: a lost answer leaves the outcome unknown."""
    return judge(await outside.call("POST", letter.address, json=letter.payload, timeout_seconds=timeout_seconds))
