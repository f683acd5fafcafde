"""Authors and languages, cleaned."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.people.names import MAX_AUTHORS, clean_authors, clean_language, read_authors


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Jane Doe", "Jane Doe"),
        ("jane@site.example (Jane Doe)", "Jane Doe"),
        ("Jane Doe <jane@site.technology>", "Jane Doe"),
        ("mailto:jane@site.example", None),
        ("By Jane Doe", "Jane Doe"),
        ("Byron Bay", "Byron Bay"),
        ("<a href='https://x.example/'>Jane &amp; Joe</a>", "Jane & Joe"),
        ("Jane &lt;jane@site.example&gt;", "Jane"),
        ("Ann (Reuters)", "Ann (Reuters)"),
        ("https://site.example/author/jane", None),
        ("admin", None),
        ("12345", None),
        ("李明", "李明"),
        ("x" * 500, None),
        ("a@" * 5_000, None),
    ],
)
def test_authors_are_names_and_never_addresses(written, name):
    """E-mail and web addresses are taken off; what is no name then is none."""
    assert clean_authors([written]) == ((name,) if name else ())


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Alice Archer, Bob Baker", "Alice Archer|Bob Baker"),
        ("Alice Archer, Bob Baker, and Carol Carter", "Alice Archer|Bob Baker|Carol Carter"),
        ("By Alice Archer and Bob Baker", "Alice Archer|Bob Baker"),
        ("Alice Archer &amp; Bob Baker", "Alice Archer|Bob Baker"),
        ("Alice Archer und Bob Baker", "Alice Archer|Bob Baker"),
        ("Alice Archer, Bob Baker et Carol Carter", "Alice Archer|Bob Baker|Carol Carter"),
        ("José García y Ana Pérez", "José García|Ana Pérez"),
        ("Archer, Alice; Baker, Bob", "Archer, Alice|Baker, Bob"),
        ("García Márquez, Ana María; Roe, John", "García Márquez, Ana María|Roe, John"),
        ("Archer, A., Baker, B., & Carter, C.", "Archer, A.|Baker, B.|Carter, C."),
        ("Wolf, Anna und Bauer, Bernd", "Wolf, Anna|Bauer, Bernd"),
        ("Archer A, Baker B, Carter C", "Archer A|Baker B|Carter C"),
        ("a@b.example (Alice Archer), c@d.example (Bob Baker)", "Alice Archer|Bob Baker"),
        ("Alice Archer <a@b.example>, Bob Baker <c@d.example>", "Alice Archer|Bob Baker"),
        ("<a href='x'>Archer</a>, <a href='y'>Bob Baker</a> and <a href='z'>Cy</a>", "Archer|Bob Baker|Cy"),
        ("Jane Doe, PhD, and John Roe, MD", "Jane Doe, PhD|John Roe, MD"),
        ("Alice Archer (1), Bob Baker (1 and 2)", "Alice Archer|Bob Baker"),
        ("Alice Archer (MIT), Bob Baker (Harvard, Cambridge)", "Alice Archer (MIT)|Bob Baker (Harvard, Cambridge)"),
        ("Alice Archer, Bob Baker et al.", "Alice Archer|Bob Baker"),
        ("F. Costa e Silva, A.V. Correia", "F. Costa e Silva|A.V. Correia"),
        ("Ludwig van Beethoven, Johann von Goethe", "Ludwig van Beethoven|Johann von Goethe"),
        ("Alice Archer, Bob Baker, Plato, Dan Dyer", "Alice Archer|Bob Baker|Plato|Dan Dyer"),
        ("李明、王芳", "李明|王芳"),
        ("李明, 王芳", "李明|王芳"),
        ("Mario Rossi e Luigi Bianchi", "Mario Rossi|Luigi Bianchi"),
        ("Иван Иванов и Пётр Петров", "Иван Иванов|Пётр Петров"),
        ("محمد علي، أحمد حسن", "محمد علي|أحمد حسن"),
        ("Alice Archer | Bob Baker", "Alice Archer|Bob Baker"),
        ("Alice Archer / Bob Baker", "Alice Archer|Bob Baker"),
        ("Alice Archer with Bob Baker", "Alice Archer|Bob Baker"),
        ("Alice Archer\n  and Bob Baker", "Alice Archer|Bob Baker"),
        ("Alice Archer\n  Bob Baker", "Alice Archer|Bob Baker"),
        ("Alice\n  Archer", "Alice Archer"),
        ("[Alice Archer, Bob Baker]", "Alice Archer|Bob Baker"),
        ("Alice Archer and 3 others", "Alice Archer"),
        ("Y Combinator, Bob Baker", "Y Combinator|Bob Baker"),
        ("Jane Doe | The Guardian", "Jane Doe | The Guardian"),
        ("Jane Doe / AFP", "Jane Doe / AFP"),
        ("@jane Jane Doe", "Jane Doe"),
        ("@jane", "@jane"),
        ("Archer, Alice", "Archer, Alice"),
        ("Jane Doe, Chief Economist", "Jane Doe, Chief Economist"),
        ("Jane Doe, Head of Research", "Jane Doe, Head of Research"),
        ("Jane Doe, BBC News", "Jane Doe, BBC News"),
        ("Jane Doe, New York", "Jane Doe, New York"),
        ("Martin Luther King, Jr.", "Martin Luther King, Jr."),
        ("Acme, Inc.", "Acme, Inc."),
        ("José Ortega y Gasset", "José Ortega y Gasset"),
        ("US Fish and Wildlife Service", "US Fish and Wildlife Service"),
        ("Food and Drug Administration", "Food and Drug Administration"),
        ("Text: Jane Doe, Fotos: John Roe", "Text: Jane Doe, Fotos: John Roe"),
        ("Jane & Joe", "Jane & Joe"),
    ],
)  # fmt: skip
def test_each_author_of_a_byline_is_named(written, names):
    """Several names in one text are told apart; what may be one name, a post or a body stays whole."""
    assert read_authors([written]) == tuple(re.split(r"(?<! )\|", names))


def test_long_bylines_lose_no_author_but_those_beyond_the_bound():
    """A list of more characters than any name has is none the less read; links in it do not count."""
    names = [f"Alexandra{chr(97 + number)} Archer" for number in range(26)]
    assert read_authors([", ".join(names[:12])]) == tuple(names[:12])
    assert read_authors(["; ".join(names)]) == tuple(names[:MAX_AUTHORS])
    links = ", ".join(f'<a href="https://x.example/find?author={"x" * 60}">{name}</a>' for name in names[:15])
    assert read_authors([links]) == tuple(names[:15])


@pytest.mark.parametrize(
    "hostile", ["a, " * 50_000, "(" * 100_000, "a and " * 50_000, "<a " * 50_000, " & " * 50_000]
)
def test_hostile_bylines_take_no_time(hostile):
    """A byline of megabytes is read as far as the bound, and names nobody much longer than a name."""
    assert all(len(name) <= 120 for name in read_authors([hostile]))


def test_authors_are_named_once_and_are_few():
    """Names that differ in case only are one; a list has its bound."""
    assert clean_authors(["Ann", None, "ann", "", "Bob"]) == ("Ann", "Bob")
    assert len(clean_authors(f"Ann {chr(97 + number)}" for number in range(26))) == MAX_AUTHORS


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en-US", "en-us"), ("en_US", "en-us"), (" de ", "de"), ("en_US.UTF-8", "en-us"), ("zh-Hans-CN", "zh-hans-cn"),
        ("x-default", None), ("english", None), ("und", None), ("", None), (None, None), ("en us", None),
    ],
)  # fmt: skip
def test_languages_are_lower_case_tags_or_none(written, tag):
    """A well-formed tag in lower case, None for what is no language."""
    assert clean_language(written) == tag


@given(st.lists(st.from_regex(r"[^\W\d_]+|by|admin", fullmatch=True), min_size=1, max_size=4).map(" ".join))
def test_plain_names_are_read_as_those_with_an_address(name):
    """A name of nothing but letters, which needs no cleaning, comes out as one that needs it."""
    assert clean_authors([name]) == clean_authors([f"{name} <mail@example.org>"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Von Jane Doe", ["Jane Doe"]),
        ("Par Jane Doe et John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe con John Roe", ["Jane Doe", "John Roe"]),
        ("Νίκος Παππάς και Μαρία Νικολάου", ["Νίκος Παππάς", "Μαρία Νικολάου"]),
        ("Wernher von Braun", ["Wernher von Braun"]),
        ("Von Miller", ["Von Miller"]),
        ("Autor: Jan Novak", ["Jan Novak"]),
        ("Jane Doe and", ["Jane Doe"]),
        ('{"name": "Jane Doe"}', ["Jane Doe"]),
        ("N/A", []),
        ("anonymous", []),
    ],
)
def test_bylines_of_other_languages_and_of_software(text, names):
    """A word before a name is none of it, and what software writes for nobody is nobody."""
    assert list(read_authors([text])) == names
