"""Upstream tests that fail because ARTi leaves something out on purpose, each with the reason.

Any other failure, for example of a whole file, is a failure.
"""

import re
from typing import Final

_AGGREGATES = "Aggregates are not supported: PGRST127."
_SPREAD = "Spread embeds are not supported: PGRST127."
_COMPUTED = "Computed columns and relationships are not supported: PGRST127."
_POSTGIS = "The embedded PostgreSQL has no PostGIS, so there is no GeoJSON."
_STORAGE = "ARTi has no Storage and no Edge Functions."
_SECRET = "Access tokens are signed with ES256 or RS256 only; a shared secret verifies legacy API keys alone."
_UNKNOWN_ADDRESS = "An unknown address gets the response of a known one, also with create_user=false."
_PASSKEYS = "Passkeys are disabled."
_OAUTH_SERVER = "There is no OAuth server, so no clients are registered."

# suites, names of tests (both regular expressions), reason
GAPS: Final = (
    (r"supabase-auth", r"\.test_get_claims_calls_get_user_if_symmetric_jwt(\[|$)", _SECRET),
    (r"auth-js", r"GoTrueClient\.test\.ts: getClaims getClaims calls getUser if symmetric jwt is present", _SECRET),
    (
        r"auth-js",
        r"GoTrueClient\.test\.ts: GoTrueClient signInWithOtp signInWithOtp\(\) with PKCE flow should return error",
        _UNKNOWN_ADDRESS,
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
    (
        r"postgrest-js",
        r"relationships-aggregate-operations\.test\.ts: select with aggregate "
        r"((nested )?count function( and alias)?|count on a column function"
        r"|(aliased )?sum function( on nested relation)?)$",
        _AGGREGATES,
    ),
    (r"postgrest-js", r"rpc\.test\.ts: RPC call with field aggregate$", _AGGREGATES),
    (
        r"postgrest-js",
        r"relationships-spread-operations\.test\.ts: ("
        r"select with aggregate (count and spread|sum and spread( on nested relation)?)"
        r"|select with spread on nested relation"
        r"|spread resource with (single column|all columns) in select query"
        r"|select spread on many relation postgrest13(FromDatabaseTypes)?)$",
        _SPREAD,
    ),
    (
        r"postgrest-js",
        r"resource-embedding\.test\.ts: embedded select with computed field explicit selection$",
        _COMPUTED,
    ),
    (r"postgrest-js", r"advanced_rpc\.test\.ts: (.* )?RPC call with subselect and computed field$", _COMPUTED),
    (  # two tests of this group expect an error and pass
        r"postgrest-js",
        r"embeded_functions_join\.test\.ts: embeded functions select (function_using_(setof_rows_one|table_returns)$"
        r"|embeded_(setof_|function_(using|with)_|function_returning_(view|single_row) ))",
        _COMPUTED,
    ),
    (r"postgrest-js", r"transforms\.test\.ts: geojson$", _POSTGIS),
    (r"supabase-js", r"test\.ts: Storage API upload and list file in bucket", _STORAGE),
)


def find_gap(suite: str, name: str) -> str:
    """Return the reason why this test may fail, or an empty string."""
    for suites, pattern, reason in GAPS:
        if re.fullmatch(suites, suite) and re.search(pattern, name):
            return reason
    return ""
