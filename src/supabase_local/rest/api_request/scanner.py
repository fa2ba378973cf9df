"""Walk through one parameter of a query string; say where it goes wrong, in PostgREST's words."""

import re

from supabase_local.rest.errors import RestError

MOST_LEVELS = 20  # of nesting: more than any honest request, less than any stack

_NAME = re.compile(r"[\w $]+(?:-(?!>)[\w $]+)*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SPACE = re.compile(r"[ \t]*")


class Scanner:
    """Holds a text and a place in it. `what` names the parameter in errors."""

    __slots__ = ("place", "text", "what")

    def __init__(self, text: str, what: str) -> None:
        self.text = text
        self.what = what
        self.place = 0

    def fail(self, expecting: str, *, found: str | None = None) -> RestError:
        """Return PGRST100 at the present place, where `found` is unexpected: by default the sign that stands there."""
        if found is None:
            found = '"' + self.text[self.place] + '"' if self.place < len(self.text) else "end of input"
        return RestError(
            400,
            "PGRST100",
            f'"failed to parse {self.what} ({self.text[:200]})" (line 1, column {self.place + 1})',
            details=f"unexpected {found} expecting {expecting}",
        )

    def at(self, sign: str) -> bool:
        return self.text.startswith(sign, self.place)

    def take(self, sign: str) -> bool:
        """Step over `sign` if it stands here."""
        if not self.text.startswith(sign, self.place):
            return False
        self.place += len(sign)
        return True

    def need(self, sign: str, expecting: str | None = None) -> None:
        if not self.take(sign):
            raise self.fail(expecting or f'"{sign}"')

    def match(self, form: re.Pattern[str]) -> re.Match[str] | None:
        found = form.match(self.text, self.place)
        if found is not None:
            self.place = found.end()
        return found

    def space(self) -> None:
        self.match(_SPACE)

    def end(self, expecting: str = "end of input") -> None:
        if self.place < len(self.text):
            raise self.fail(expecting, found=f"'{self.text[self.place]}'")

    def quoted(self) -> str | None:
        """Read `"..."`, backslashes resolved, if it stands here."""
        found = self.match(_QUOTED) if self.at('"') else None
        return None if found is None else unescape(found[1])

    def name(self) -> str:
        """Read a name, quoted or not. Spaces around a bare one do not belong to it."""
        quoted = self.quoted()
        if quoted is not None:
            return quoted
        found = self.match(_NAME)
        if found is None:
            raise self.fail("field name (* or [a..z0..9_$])")
        return found[0].strip()


def unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL) if "\\" in text else text
