from typing import Final

from arti.base.jobs import Handler

HANDLERS: Final[dict[str, Handler]] = {}
