"""`./arti keys`: the keys that sign tokens, API keys, and the master key of an installation."""
