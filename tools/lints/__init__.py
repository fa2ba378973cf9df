"""One lint a module: `find_violations(checkout)` returns a sentence for each violation, and `python -m` prints them."""
