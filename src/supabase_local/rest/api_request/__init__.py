"""PostgREST's query grammar, a part a file."""

from supabase_local.rest.api_request.query_params import parse_query

__all__ = ["parse_query"]
