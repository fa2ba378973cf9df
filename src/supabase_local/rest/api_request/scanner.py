"""Scan one parameter of a query string, with PostgREST's parse errors."""

import re

from supabase_local.rest.errors import RestError

MAX_LEVELS = 20  # of nesting, so that recursion stays within the stack

_NAME = re.compile(r"[\w $]+(?:-(?!>)[\w $]+)*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SPACE = re.compile(r"[ \t]*")


class Scanner:
    """A text and a position in it. `what` is the parameter's name in errors."""

    __slots__ = ("position", "text", "what")

    def __init__(self, text: str, what: str) -> None:
        self.text = text
        self.what = what
        self.position = 0

    def fail(self, expecting: str, *, found: str | None = None) -> RestError:
        """Return PGRST100 at the current position, where `found` is unexpected; by default the next character."""
        if found is None:
            found = '"' + self.text[self.position] + '"' if self.position < len(self.text) else "end of input"
        return RestError(
            400,
            "PGRST100",
            f'"failed to parse {self.what} ({self.text[:200]})" (line 1, column {self.position + 1})',
            details=f"unexpected {found} expecting {expecting}",
        )

    def at(self, text: str) -> bool:
        return self.text.startswith(text, self.position)

    def take(self, text: str) -> bool:
        """Step over `text` if it is next."""
        if not self.text.startswith(text, self.position):
            return False
        self.position += len(text)
        return True

    def need(self, text: str, expecting: str | None = None) -> None:
        if not self.take(text):
            raise self.fail(expecting or f'"{text}"')

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.position)
        if match is not None:
            self.position = match.end()
        return match

    def space(self) -> None:
        self.match(_SPACE)

    def end(self, expecting: str = "end of input") -> None:
        if self.position < len(self.text):
            raise self.fail(expecting, found=f"'{self.text[self.position]}'")

    def quoted(self) -> str | None:
        """Read `"..."` if it is next, with backslashes resolved."""
        match = self.match(_QUOTED) if self.at('"') else None
        return None if match is None else unescape(match[1])

    def name(self) -> str:
        """Read a name, quoted or not. Spaces around an unquoted one are dropped."""
        quoted = self.quoted()
        if quoted is not None:
            return quoted
        match = self.match(_NAME)
        if match is None:
            raise self.fail("field name (* or [a..z0..9_$])")
        return match[0].strip()


def unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL) if "\\" in text else text
