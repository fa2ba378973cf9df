"""The genres an artist may have: the names that stores and platforms share. Anything else is a tag of the org.

Migration 20261129000420_artist_facts.sql checks the same list; a test compares them.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from arti_core.errors import Invalid

GENRES: Final[tuple[str, ...]] = tuple(
    genre.strip()
    for genre in """
acoustic, afro house, afrobeats, alternative, alternative rock, amapiano, ambient, americana, anime, arabic, art pop,
avant-garde, bachata, baile funk, bass, bedroom pop, bhangra, black metal, bluegrass, blues, bollywood, bossa nova,
brazilian, breakbeat, britpop, c-pop, cantopop, chamber pop, chanson, children's music, christian, classical, comedy,
contemporary r&b, corridos, country, cumbia, dance, dancehall, dark wave, death metal, deep house, disco, doom metal,
downtempo, dream pop, drill, drum and bass, dub, dubstep, easy listening, edm, electro, electronic, electropop, emo,
experimental, fado, flamenco, folk, folk rock, forró, french pop, funk, future bass, garage, garage rock, german pop,
glitch, gospel, gothic, grime, grunge, hard rock, hardcore, hardstyle, heavy metal, hip hop, house, hyperpop, idm,
indie, indie folk, indie pop, indie rock, industrial, instrumental, j-pop, j-rock, jazz, jazz fusion, jungle, k-pop,
k-r&b, klezmer, latin, latin alternative, latin jazz, latin pop, latin trap, lo-fi, lounge, mandopop, mariachi,
math rock, melodic techno, merengue, metal, metalcore, minimal, mpb, musical, neo soul, neoclassical, new age, new wave,
noise, norteño, opera, orchestral, phonk, piano, pop, pop punk, pop rock, post-punk, post-rock, progressive house,
progressive metal, progressive rock, psychedelic rock, psytrance, punk, r&b, ragga, rap, reggae, reggaeton,
regional mexican, rock, rock and roll, rockabilly, rumba, salsa, samba, schlager, screamo, sertanejo, shoegaze,
singer-songwriter, ska, slowcore, soca, soft rock, soul, soundtrack, southern rock, spoken word, surf rock, swing,
synthpop, synthwave, tango, tech house, techno, thrash metal, traditional, trance, trap, trip hop, tropical house,
turkish pop, uk garage, urbano, vaporwave, vocal, world, zouk
""".replace("\n", " ").split(",")
)
_GENRES: Final = frozenset(GENRES)


def normalise_genres(genres: Sequence[str]) -> list[str]:
    """Return the genres as the list spells them, each once. Raises Invalid for one that is not on it."""
    normalised = []
    for genre in genres:
        name = " ".join(genre.casefold().split())
        if name not in _GENRES:
            close = get_close_matches(name, GENRES, n=3, cutoff=0.5)
            hint = f" Did you mean {', '.join(close)}?" if close else ""
            raise Invalid(f"{genre} is not on the list of genres.{hint} Add a tag for anything else.", field="genres")
        normalised.append(name)
    return list(dict.fromkeys(normalised))
