"""What the program ships of languages is what wordfreq and Babel know, and nothing of it is lost."""

import pytest

from aggregator.stories import language_data


@pytest.fixture
def wordfreq():
    """The library, imported by who runs these tests, not by all who collect them: it takes long."""
    import wordfreq

    return wordfreq


def test_all_languages_that_were_counted_are_there(wordfreq):
    """A language is left out of neither."""
    assert language_data.list_counted_languages() == wordfreq.available_languages("small").keys()


@pytest.mark.parametrize("language", ["en", "de", "ja", "sh"])
def test_words_are_as_frequent_as_they_were_counted(language, wordfreq):
    """Words, frequencies and their order are the same."""
    counted = wordfreq.get_frequency_dict(language, "small")
    assert list(language_data.read_frequencies(language).items()) == list(counted.items())


@pytest.mark.parametrize("language", ["", "tlh", "../frequencies/en", "en.txt.gz\0", "/etc/passwd"])
def test_a_language_that_nobody_counted_has_no_words(language):
    """Feeds may state anything: no file is looked for by it."""
    assert language_data.read_frequencies(language) == {}
    assert language_data.find_calendar_names(language) is None


@pytest.mark.parametrize("locale", ["en", "en_GB", "de", "pt", "uk", "ja", "ar", "no", "iw", "fil"])
def test_names_of_calendars_are_those_of_their_locale(locale):
    """Months, weekdays and joints are Babel's, also by another tag of the same language."""
    from tests.stories.language_files import collect_names  # which imports wordfreq

    assert [*language_data.find_calendar_names(locale)] == collect_names(locale)
