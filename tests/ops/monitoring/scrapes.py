"""Read an answer of /metrics."""

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families


def samples(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


def total(text: str, name: str, /, **labels: str) -> float:
    """Return the sum of the samples of a name with these labels."""
    return sum(value for found, having, value in samples(text) if found == name and labels.items() <= having.items())
