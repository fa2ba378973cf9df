"""The entry point of every Python service: `python -m local_stack.supervision.entrypoint arti.api:run`.

Exits with EXIT_CONFIG when a restart cannot help: the module cannot be imported, or refuses its settings.
"""

import importlib
import sys

from arti_core.errors import Misconfigured
from arti_core.process_end import end_process

EXIT_CONFIG = 78  # EX_CONFIG


def main() -> None:
    """Run the named function; when it cannot start, print one sentence that says why."""
    module, name = sys.argv[1].split(":")
    try:
        run = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        _exit_with(f"{module} cannot be loaded: {error}")
    try:
        run()
    except Misconfigured as error:
        _exit_with(error.message)
    except SystemExit as error:
        if isinstance(error.code, str):
            _exit_with(error.code)
        raise


def _exit_with(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
    sys.exit(EXIT_CONFIG)


if __name__ == "__main__":
    try:
        main()
    except SystemExit as end:
        end_process(end.code)
    end_process(0)
