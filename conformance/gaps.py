"""What ARTi does not do on purpose, and which upstream tests fail for it, each with a reason."""

import re
from typing import Final

# suites, names of tests (both regular expressions), reason
_OUT = "Outside the subset of PostgREST that ARTi speaks: answered with PGRST127."
_POSTGIS = "The embedded PostgreSQL has no PostGIS, so there is nothing to answer as GeoJSON."
_STORAGE = "ARTi has no Storage and no Edge Functions."

GAPS: Final = (
    (
        r"supabase-auth|auth-js",
        r"symmetric_jwt|symmetric JWT",
        "People's tokens are signed with ES256 or RS256 only; a shared secret vouches for legacy API keys alone.",
    ),
    (
        r"supabase-auth|auth-js",
        r"[Ss]ignups not allowed for otp|otp_disabled|shouldCreateUser",
        "A code asked for an unknown address is answered like one for a known address, also with create_user=false.",
    ),
    (r"postgrest-js", r"aggregate|spread|computed|getUserProfile|get_user|postgrest_resolvable|polymorphic", _OUT),
    (r"postgrest-js", r"geojson", _POSTGIS),
    (r"supabase-js", r"[Ss]torage|upload|[Ff]unction", _STORAGE),
    (r"auth-js", r"[Pp]asskey|[Ww]eb[Aa]uthn|[Ww]eb3|[Ee]thereum|[Ss]olana", "Passkeys and web3 sign-in are off."),
    (r"supabase-auth|auth-js", r"phone|sms|SMS", "ARTi sends no SMS, so there is no sign-in by phone."),
)


def find_gap(suite: str, name: str) -> str:
    """Return the reason why this test may fail, or an empty string."""
    for suites, pattern, reason in GAPS:
        if re.fullmatch(suites, suite) and re.search(pattern, name):
            return reason
    return ""
