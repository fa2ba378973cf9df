"""PostgREST's query grammar, a part a file."""

from arti.supabase.rest.grammar.filters import parse_filter
from arti.supabase.rest.grammar.query import parse_query
from arti.supabase.rest.grammar.terms import Filter

__all__ = ["Filter", "parse_filter", "parse_query"]
