"""The limits of a topic, as operators write them."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.config import check_config, load_config
from aggregator.model import UNLIMITED, QuietHours, TopicLimits


def read_topic(folder, keys):
    """Return the topic of a configuration with these keys, as YAML."""
    (folder / "topics.yaml").write_text(f"topics: [{{id: a, name: A, {keys}}}]", encoding="utf-8")
    return load_config(folder, {}).topics[0]


def test_limits_become_a_record(folder):
    """Every key of them; hours without a zone are in UTC."""
    assert read_topic(folder, "limit: 3").limits == UNLIMITED
    keys = 'max_per_provider: 10, max_in_a_row: 2, delay_min: 1.5, quiet_hours: "22:00-07:30", time_zone: Asia/Tokyo'
    assert read_topic(folder, keys).limits == TopicLimits(
        max_per_provider=10,
        max_in_a_row=2,
        delay=timedelta(seconds=90),
        quiet=QuietHours(time(22), time(7, 30), ZoneInfo("Asia/Tokyo")),
    )


@pytest.mark.parametrize(
    ("written", "begins", "ends"),
    [
        ("9:00-17:05", time(9), time(17, 5)),
        ("22:00 – 24:00", time(22), time(0)),
        ("00:00-24:00", None, None),
        ("07:00-07:00", None, None),
        ("25:00-07:00", None, None),
        ("22-7", None, None),
        ("22:00-24:30", None, None),
    ],
)
def test_hours_are_read_as_people_write_them(folder, written, begins, ends):
    """With one digit, with a dash, up to midnight; what names no span of hours is a problem."""
    if begins is not None:
        quiet = read_topic(folder, f'quiet_hours: "{written}"').limits.quiet
        assert quiet == QuietHours(begins, ends, ZoneInfo("UTC"))
        return
    (folder / "topics.yaml").write_text(
        f'topics: [{{id: a, name: A, quiet_hours: "{written}"}}]', encoding="utf-8"
    )
    (problem,) = (one for one in check_config(folder, {}) if "quiet_hours" in str(one))
    assert 'allowed: hours such as "22:00-07:00", quoted' in str(problem)


@pytest.mark.parametrize("written", ["Mars/Base", "../etc/passwd", "/etc/passwd", "3", "''"])
def test_an_unknown_time_zone_is_a_problem(folder, written):
    """Also one that would be a path."""
    (folder / "topics.yaml").write_text(
        f'topics: [{{id: a, name: A, quiet_hours: "22:00-07:00", time_zone: {written}}}]', encoding="utf-8"
    )
    (problem,) = (one for one in check_config(folder, {}) if "time_zone" in str(one))
    assert "allowed: the name of a time zone such as Europe/Vienna" in str(problem)
