"""A request as parsed from HTTP, before the schema cache is consulted."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers

from supabase_local.rest.api_request.media_type import MediaType
from supabase_local.rest.api_request.preferences import Preferences
from supabase_local.rest.errors import RestError


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request. `path` is the name of a table or a function."""

    method: str
    schema: str
    path: str
    is_rpc: bool
    params: Sequence[tuple[str, str]]
    query_string: str
    media_type: MediaType
    preferences: Preferences
    range_header: str
    content_type: str = "application/json"
    body: bytes = b""
    has_profile: bool = False

    @property
    def is_read(self) -> bool:
        return self.method in ("GET", "HEAD")


def negotiate_schema(headers: Headers, method: str, schemas: Sequence[str]) -> tuple[str, bool]:
    """Return the schema of a request, and whether its response names the schema. Raises RestError PGRST106."""
    header = "content-profile" if method in ("POST", "PUT", "PATCH", "DELETE") else "accept-profile"
    profile = headers.get(header)
    if profile is None:
        return schemas[0], len(schemas) > 1
    if profile not in schemas:
        raise RestError(
            406,
            "PGRST106",
            f"Invalid schema: {profile[:63]}",
            hint=f"Only the following schemas are exposed: {', '.join(schemas)}",
        )
    return profile, len(schemas) > 1
