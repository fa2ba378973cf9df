"""Names are data on every surface: no link, no mention, no markup, no invisible sign."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arti.language.pieces import (
    as_html,
    as_mail_text,
    as_markdown,
    as_plain,
    as_slack,
    as_sms,
    clean_name,
    name_piece,
    words,
)

HOSTILE = [
    "https://evil.test/x", "www.evil.test", "evil.test", "will.i.am", "mailto:a@evil.test", "@here", "<!channel>",
    "<https://evil.test|click>", "[click](http://evil.test)", "*bold* _it_ ~no~ `code`", "<img src=x onerror=1>",
    "#general", "a&b <b>", "//evil.test", "javascript:alert(1)", "![x](http://evil.test/p.png)", "tel:+4912345678",
]  # fmt: skip
LINKED = re.compile(r"https?://|\w\.\w|\w@\w|(?<!\w)[@#]\w|//")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_no_link_and_no_mention(name: str) -> None:
    pieces = (*words("News about "), name_piece(name))
    for text in (as_mail_text(pieces), as_sms(pieces), as_html(pieces), as_slack(pieces), as_markdown(pieces)):
        assert not LINKED.search(text), text
    assert "<" not in as_html(pieces).removeprefix("News")
    assert "<" not in as_slack(pieces)
    assert not re.search(r"(?<![\\\u2060])[\[\]*_`<]", as_markdown(pieces))
    assert not re.search(r"(?<!\u2060)[*_~`]", as_slack(pieces))
    # What is read stays what was written.
    assert as_plain(pieces) == f"News about {name}"
    assert as_mail_text(pieces).replace("\u2060", "") == f"News about {name}"


@given(st.text(max_size=200))
def test_a_name_is_one_short_line_without_invisible_signs(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned.isprintable() or not cleaned
    assert len(cleaned) <= 80
    assert not LINKED.search(as_mail_text((name_piece(name),)))


def test_right_to_left_and_zero_width_signs_are_removed() -> None:
    assert clean_name("a\u202eb\u200bc\x00d\ne") == "a b c d e"


def test_an_sms_has_plain_marks_and_spaces() -> None:
    assert as_sms(words("„A“ “B” « C » 31,2\u202f%\u00a0x")) == '"A" "B" " C " 31,2 % x'
