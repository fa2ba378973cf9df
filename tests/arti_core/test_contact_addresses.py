import pytest

from arti_core.contact_addresses import parse_email, parse_phone


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@example.test", "ada@example.test"),
        ("A.B+c@EXAMPLE.com", "A.B+c@example.com"),
        ("ops@mail.corp.local", "ops@mail.corp.local"),
        ("a@münchen.de", "a@xn--mnchen-3ya.de"),
    ],
)
def test_addresses_are_normalized(text: str, address: str) -> None:
    assert parse_email(text) == parse_email(text, needs_dot=True) == address


def test_a_domain_of_one_label_is_accepted_if_allowed() -> None:
    assert parse_email("root@localhost") == "root@localhost"
    with pytest.raises(ValueError, match="not an e-mail address"):
        parse_email("root@localhost", needs_dot=True)


@pytest.mark.parametrize(
    "text",
    ["", "ada", "a@b@c.de", "Team <a@b.de>", '"a b"@c.de', "a@b.de\r\nBcc: c@d.de", "a,b@c.de", "ä@b.de", "a@b_c.de"],
)
def test_invalid_addresses_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        parse_email(text)


def test_numbers_are_stored_in_e164_form() -> None:
    assert parse_phone("+491701234567") == "+491701234567"
    assert parse_phone("+49 (0)170 123-4567") == "+491701234567"


@pytest.mark.parametrize(
    "text", ["", "0170 1234567", "+999", "+1234567", "+4912345678901234567", "+12025550123 ext. 4"]
)
def test_invalid_numbers_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a phone number"):
        parse_phone(text)
