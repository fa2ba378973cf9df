"""What ARTi does not do on purpose, and which upstream tests fail for it, each with a reason.

Tests are named as upstream names them: whatever else fails beside them, a whole file for example, is a failure.
"""

import re
from typing import Final

_OUT = "Outside the subset of PostgREST that ARTi speaks: answered with PGRST127."
_POSTGIS = "The embedded PostgreSQL has no PostGIS, so there is nothing to answer as GeoJSON."
_STORAGE = "ARTi has no Storage and no Edge Functions."
_SECRET = "People's tokens are signed with ES256 or RS256 only; a shared secret vouches for legacy API keys alone."
_UNKNOWN = "A code asked for an unknown address is answered like one for a known address, also with create_user=false."
_PASSKEYS = "Passkeys are off."
_OAUTH_SERVER = "ARTi is no OAuth server, so it registers no clients."

# suites, names of tests (both regular expressions), reason
GAPS: Final = (
    (r"supabase-auth", r"\.test_get_claims_calls_get_user_if_symmetric_jwt(\[|$)", _SECRET),
    (r"auth-js", r"GoTrueClient\.test\.ts: getClaims getClaims calls getUser if symmetric jwt is present", _SECRET),
    (
        r"auth-js",
        r"GoTrueClient\.test\.ts: GoTrueClient signInWithOtp signInWithOtp\(\) with PKCE flow should return error",
        _UNKNOWN,
    ),
    (r"auth-js", r"passkey\.e2e\.test\.ts: Passkey end-to-end ", _PASSKEYS),
    (
        r"auth-js",
        r"GoTrueApi\.test\.ts: GoTrueAdminApi OAuth Admin (Core Lifecycle|Listing & Secret Regeneration|Edge Cases) ",
        _OAUTH_SERVER,
    ),
    (
        r"auth-js",
        r"GoTrueApi\.test\.ts: GoTrueAdminApi OAuth Admin Error Handling createClient\(\) returns AuthError",
        _OAUTH_SERVER,
    ),
    (
        r"supabase-auth",
        r"gotrue_admin_api\.test_(list_oauth_clients|(create|get|update|delete)_oauth_client)(\[|$)",
        _OAUTH_SERVER,
    ),
    (r"supabase-auth", r"gotrue_admin_api\.test_regenerate_oauth_client_secret(\[|$)", _OAUTH_SERVER),
    (r"postgrest-js", r"aggregate|spread|computed|getUserProfile|get_user|postgrest_resolvable|polymorphic", _OUT),
    (r"postgrest-js", r"geojson", _POSTGIS),
    (r"supabase-js", r"test\.ts: Storage API upload and list file in bucket", _STORAGE),
)


def find_gap(suite: str, name: str) -> str:
    """Return the reason why this test may fail, or an empty string."""
    for suites, pattern, reason in GAPS:
        if re.fullmatch(suites, suite) and re.search(pattern, name):
            return reason
    return ""
