"""How often tests of chance are repeated: a few times in the gate, many times when asked for.

``pytest --hypothesis-profile=large`` asks for many.
"""

from hypothesis import HealthCheck, settings

# How fast the machine is says nothing about whether the code is right.
GATE = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LARGE = settings(GATE, max_examples=1_000)
# For tests whose examples may share what a fixture gives.
FIXTURES_SHARED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def register_profiles() -> None:
    """Let the command line choose between the two; the gate's is used unless it does."""
    settings.register_profile("gate", GATE)
    settings.register_profile("large", LARGE)
    settings.load_profile("gate")


def repeat(few: int, *, large: int) -> int:
    """Return how often to repeat something costly: ``few`` times, or ``large`` under that profile."""
    return large if settings.get_current_profile_name() == "large" else few
