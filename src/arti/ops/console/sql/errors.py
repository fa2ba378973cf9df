"""A refused statement, as the page for SQL shows it: the message, its details, and a mark where it went wrong."""

from dataclasses import dataclass

from arti_core.errors import ArtiError


@dataclass(frozen=True, slots=True)
class StatementError:
    """`word` is the place in the statement between `before` and `after`; empty when the server named none."""

    message: str
    is_refusal: bool = False
    details: tuple[str, ...] = ()
    before: str = ""
    word: str = ""
    after: str = ""


def describe_error(error: Exception, sql: str) -> StatementError:
    """Return the server's message with its details, or our own refusal."""
    if isinstance(error, ArtiError):
        return StatementError(error.message, is_refusal=True)
    message = str(error.args[0]) if error.args else "The database did not answer in time."
    details = [f"{name.capitalize()}: {text}" for name in ("detail", "hint") if (text := getattr(error, name, None))]
    position = int(getattr(error, "position", None) or 0)
    before = word = after = ""
    if 0 < position <= len(sql) + 1:
        start = position - 1
        before, rest = sql[:start], sql[start:]
        found = rest.split(maxsplit=1)[0] if rest.split() else ""
        details.append(f"Line {before.count(chr(10)) + 1}, character {start - before.rfind(chr(10))}")
        word, after = found or "⟨end⟩", rest[len(found) :] if rest.startswith(found) else rest
    if code := getattr(error, "sqlstate", None):
        details.append(f"SQLSTATE {code}")
    return StatementError(message, details=tuple(details), before=before, word=word, after=after)
