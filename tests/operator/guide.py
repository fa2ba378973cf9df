"""The commands of docs/operating.md, as they stand there."""

import re
import textwrap

from local_stack.data_directory import CHECKOUT

_BLOCK = re.compile(r"^( *)```(sh|env)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def read_blocks(section: str) -> list[str]:
    """Return the blocks of commands and settings of one section."""
    text = (CHECKOUT / "docs" / "operating.md").read_text()
    _, found, rest = text.partition(f"\n## {section}\n")
    assert found, f"docs/operating.md has no section {section!r}"
    return [textwrap.dedent(block[2]) for block in _BLOCK.findall(rest.partition("\n## ")[0])]
