"""The web app names metrics as the language files of the product do."""

import json
from pathlib import Path

import pytest

from arti.language.catalogue import LANGUAGES, LanguageCode, load_catalogue
from arti.metrics.catalogue import METRICS

FOLDER = Path(__file__).parents[1] / "web" / "lib" / "metric-names" / "messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_web_app_names_metrics_as_texts_do(language: LanguageCode) -> None:
    named = json.loads((FOLDER / f"{language}.json").read_text())["metrics"]
    flat = {f"{kind}.{own}": name for kind, of_kind in named.items() for own, name in of_kind.items()}
    texts = load_catalogue(language)
    assert flat == {slug: texts.metric(slug, METRICS[slug].name) for slug in load_catalogue("de").metrics}
