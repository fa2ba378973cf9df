"""All settings: `python -m tools.settings_page --write` writes docs/settings.md, a lint compares it."""

import sys
from typing import Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from arti.settings import Settings
from local_stack.data_directory import CHECKOUT
from local_stack.processes.visible_settings import VISIBLE_TO

PAGE = CHECKOUT / "docs" / "settings.md"
_HEAD = """# Settings

Made by `python -m tools.settings_page --write` from the code; `./arti test --only lint` compares it. Settings are
variables of the environment. `./arti up` makes what is missing; where processes are started by themselves, each needs
those that it reads, and a secret goes to the services that are named with it and to no other. `./arti doctor` says
what does not fit together. How to use them: [operating.md](operating.md).

| Setting | Default | What it says |
| --- | --- | --- |
"""


def render_page() -> str:
    """Return the page. Raises ValueError naming a setting without a description."""
    rows = []
    for name, field in sorted(Settings.model_fields.items()):
        if not field.description:
            raise ValueError(f"{name.upper()} has no description.")
        readers = VISIBLE_TO.get(name.upper())
        seen = "" if readers is None else f" *Seen by {', '.join(sorted(readers)) or 'commands only'}.*"
        text = " ".join(field.description.split()).rstrip(".")
        rows.append(f"| `{name.upper()}` | {_default(field)} | {text}.{seen} |")
    return _HEAD + "\n".join(rows) + "\n"


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr) or value in ("", None):
        return "–"
    if get_origin(field.annotation) is Literal:
        others = [str(one) for one in get_args(field.annotation) if one != value]
        return f"`{value}` (or {', '.join(f'`{one}`' for one in others)})"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def main() -> None:
    """Write the page, or print what is wrong with it."""
    try:
        page = render_page()
    except ValueError as error:
        sys.exit(str(error))
    if "--write" in sys.argv:
        PAGE.write_text(page)
    elif not PAGE.exists() or PAGE.read_text() != page:
        sys.exit("docs/settings.md is not what the settings say: python -m tools.settings_page --write")


if __name__ == "__main__":
    main()
