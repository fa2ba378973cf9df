"""What a socket needs of the process that serves it."""

from dataclasses import dataclass

from arti.supabase.gate import Gate
from arti.supabase.logins import Logins
from arti.supabase.realtime.changes import Changes
from arti.supabase.realtime.channels import Channel
from arti.supabase.realtime.hub import Hub
from arti.supabase.realtime.judge import Judge


@dataclass(frozen=True, slots=True)
class RealtimeDoors:
    """Kept on `app.state.realtime` of the gateway."""

    gate: Gate
    logins: Logins
    hub: Hub
    changes: Changes
    judge: Judge
    allow_public: bool
    channels: set[Channel]  # all that are joined in this process
