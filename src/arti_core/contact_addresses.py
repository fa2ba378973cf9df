"""E-mail addresses and telephone numbers in their canonical form."""

import email_validator
import phonenumbers

# A mail server inside a network has names of its own, such as mail.corp.local.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def parse_email(text: str, *, needs_dot: bool = False) -> str:
    """Return the address, its domain in lower case. Raises ValueError.

    ASCII before the at sign, no display name, no quotes. `needs_dot` refuses a domain of one label, as root@localhost.
    """
    try:
        found = email_validator.validate_email(
            text, allow_smtputf8=False, check_deliverability=False, globally_deliverable=needs_dot
        )
    except email_validator.EmailNotValidError:
        raise ValueError("This is not an e-mail address. Use name@example.com.") from None
    return found.ascii_email or found.normalized


def parse_phone(text: str) -> str:
    """Return the number in E.164 form. Raises ValueError unless it has a country code and a possible length."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.extension or not phonenumbers.is_possible_number(number):
        raise ValueError("This is not a phone number. Use +491701234567.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
