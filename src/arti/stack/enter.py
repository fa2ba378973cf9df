"""The entry of every box that is Python: `python -m arti.stack.enter arti.api:run`.

Ends with CANNOT_START when trying again is of no use: the box is not there, or refuses its settings.
"""

import importlib
import sys

from arti.base.errors import Misconfigured

CANNOT_START = 78  # EX_CONFIG


def main() -> None:
    """Run the named function and say in one sentence why it cannot start."""
    module, name = sys.argv[1].split(":")
    try:
        run = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        _give_up(f"{module} cannot be loaded: {error}")
    try:
        run()
    except Misconfigured as error:
        _give_up(error.message)
    except SystemExit as error:
        if isinstance(error.code, str):
            _give_up(error.code)
        raise


def _give_up(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
    sys.exit(CANNOT_START)


if __name__ == "__main__":
    main()
