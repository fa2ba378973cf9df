"""Two gateways over two databases that differ in one thing: what an artist is whom the caller does not see.

The caller is a member of the artist's org, with a list. On one side that artist has other names, days and numbers, and
there is one artist less; whatever the caller requests, both must respond alike. Ids are the same on both sides, since
who chooses the id of a row learns whether it is taken.
"""

from dataclasses import fields

from tests.isolation.seeding import SeededArtist
from tests.isolation.trial import ComparedGateway, Comparison, token_for


class ArtistComparison(Comparison):
    """A trial whose tenants are two members of one org, each with a list of one artist."""

    async def foreign_rows(self) -> list[str]:
        rows = await self.full.own.rows_of(self.full.own.artists[1])
        return [row for row in rows if self.words["own"] not in row]  # which may name the other in a text


async def open_artist_comparison(trial: Comparison) -> ArtistComparison:
    """Seed the artists on both sides, and sign both members in."""
    own, foreign, extra = SeededArtist(), SeededArtist(), SeededArtist(has_manager=False)
    trial.full.own.artists = [own, foreign, extra]
    trial.bare.own.artists = [own, foreign.variant()]
    for side in (trial.full, trial.bare):
        side.foreign = None
        await side.seed()
    known = {field.name: getattr(trial, field.name) for field in fields(Comparison)}
    words = _words(trial.full, own, foreign)
    settings = trial.full.settings
    tokens = {
        str(artist.id): await token_for(trial.full.seeded_database, trial.full.keys, artist, settings)
        for artist in (own, foreign)
    }
    return ArtistComparison(
        **known
        | {
            "words": words,
            "swapped": _words(trial.full, foreign, own),
            "bare_words": dict(words),
            "tokens": tokens,
            "bare_token": await token_for(trial.bare.seeded_database, trial.bare.keys, own, settings),
            "difference": ("with a hidden artist", "with another in its place"),
        }
    )


def _words(side: ComparedGateway, own: SeededArtist, foreign: SeededArtist) -> dict[str, str]:
    words = {"own": str(own.id), "foreign": str(foreign.id), "mark": own.mark, "piece": foreign.mark[:9]}
    return words | {"org": str(side.own.id), "foreign-org": str(side.own.id)}
