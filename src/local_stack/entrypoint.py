"""The entry of every box that is Python: `python -m local_stack.entrypoint arti.api:run`.

Ends with EXIT_CONFIG when trying again is of no use: the box is not there, or refuses its settings.
"""

import importlib
import sys

from arti_core.errors import Misconfigured

EXIT_CONFIG = 78  # EX_CONFIG


def main() -> None:
    """Run the named function and say in one sentence why it cannot start."""
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
    main()
