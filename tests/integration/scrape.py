"""What ``/metrics`` of a running service says, read by the parser that comes with Prometheus' own library."""

from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families


def scrape(url):
    """Return the values of all samples of a service, by name and labels, and the families by name."""
    with urlopen(f"{url}metrics", timeout=60) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }
    return samples, {family.name: family for family in families}


def value_of(samples, name, **labels):
    """Return the value of one sample of those that ``scrape`` returned."""
    return samples[name, tuple(sorted(labels.items()))]
