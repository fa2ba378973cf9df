"""What the providers' terms allow to be stored and done with data of their APIs. Every series carries the tag.

Sources: Spotify Developer Policy III.13 and III.14; YouTube API Services Developer Policies III.E and the
derived-metrics amendment of May 2026; Meta Platform Terms 3; SoundCloud API Terms of Use.
"""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Terms:
    """What is allowed for data of one origin."""

    tag: str
    source_name: str
    may_reach_model: bool  # in a prompt or an embedding
    may_be_scored: bool  # in a number derived from it
    may_be_blended: bool  # in a number that mixes it with other providers'
    delete_on_disconnect: bool
    recheck_consent_days: int | None  # delete unless the authorization was verified within so many days
    note: str


OWN: Final = "own"
OWN_LABEL: Final = "own_label"
TERMS: Final[dict[str, Terms]] = {
    terms.tag: terms
    for terms in (
        Terms(
            OWN,
            source_name="imported files",
            may_reach_model=True,
            may_be_scored=True,
            may_be_blended=True,
            delete_on_disconnect=False,
            recheck_consent_days=None,
            note="The artist's own files, free to use.",
        ),
        Terms(
            OWN_LABEL,
            source_name="files of a label's team (that label's tracks only)",
            may_reach_model=True,
            may_be_scored=True,
            may_be_blended=True,
            delete_on_disconnect=False,
            recheck_consent_days=None,
            note="The label's own files, free to use. They cover its tracks only, so they are a series of their own.",
        ),
        Terms(
            "spotify_api",
            source_name="Spotify Web API",
            may_reach_model=False,
            may_be_scored=False,
            may_be_blended=False,
            delete_on_disconnect=True,
            recheck_consent_days=None,
            note="Identity and catalogue only. Spotify forbids derived metrics, and models on its content.",
        ),
        Terms(
            "instagram_api",
            source_name="Instagram API",
            may_reach_model=True,
            may_be_scored=True,
            may_be_blended=True,
            delete_on_disconnect=True,
            recheck_consent_days=None,
            note="For the account's owner and those they work with; deleted on request.",
        ),
        Terms(
            "youtube_api",
            source_name="YouTube API",
            may_reach_model=True,
            may_be_scored=False,
            may_be_blended=False,
            delete_on_disconnect=True,
            recheck_consent_days=30,
            note="Shown as YouTube gives it. A score needs the accepted amendment; consent is verified every 30 days.",
        ),
        Terms(
            "soundcloud_api",
            source_name="SoundCloud API",
            may_reach_model=True,
            may_be_scored=True,
            may_be_blended=True,
            delete_on_disconnect=True,
            recheck_consent_days=None,
            note="With the org's own app and for non-commercial use, unless SoundCloud agreed otherwise.",
        ),
    )
}


def source_of(tag: str) -> Literal["import", "label_import", "sync"]:
    """Return where the values of a series come from, as the API names it."""
    return "import" if tag == OWN else "label_import" if tag == OWN_LABEL else "sync"


def terms_of(tag: str) -> Terms:
    """Return the terms of a series. An unknown tag is a bug, not a permission: raises KeyError."""
    return TERMS[tag]
