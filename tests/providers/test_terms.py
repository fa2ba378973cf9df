"""Every connector's data carries terms that we know."""

import pytest

from arti.providers.connectors import CONNECTORS
from arti.providers.terms import OWN, OWN_LABEL, TERMS, terms_of
from arti.vocabulary import Provider


def test_every_connector_has_terms() -> None:
    assert {connector.terms for connector in CONNECTORS.values()} | {OWN, OWN_LABEL} == set(TERMS)
    assert {f"{provider}_api" for provider in Provider} == set(TERMS) - {OWN, OWN_LABEL}
    assert all(provider is connector.provider for provider, connector in CONNECTORS.items())


def test_spotify_data_may_not_reach_a_model_or_a_score() -> None:
    terms = terms_of("spotify_api")
    assert (terms.may_reach_model, terms.may_be_scored, terms.may_be_blended) == (False, False, False)
    assert not terms_of("youtube_api").may_be_blended
    assert terms_of(OWN).may_reach_model


def test_unknown_terms_allow_nothing() -> None:
    with pytest.raises(KeyError):
        terms_of("napster_api")
