"""PostgREST's query grammar, a part a file."""

from arti.supabase.rest.grammar.query import parse_query

__all__ = ["parse_query"]
