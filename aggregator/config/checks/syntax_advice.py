"""What to do about text that is no YAML, for the mistakes that are made by hand."""

_ADVICE = {
    "mapping values are not allowed": 'a value that holds ": " in quotes',
    "cannot start any token": "a value that begins with a sign such as @, % or ` in quotes",
    "undefined alias": "a value that begins with * in quotes",
    "expected alphabetic or numeric character": "a value that begins with * or & in quotes",
    "unknown escape character": "a value that holds a backslash in single quotes",
    "quoted scalar": "a quote at the end of the value as at its beginning",
    "flow sequence": "a list as [a, b], with a comma between its items and ] at the end",
    "flow mapping": "keys as {a: 1, b: 2}, with a comma between them and } at the end",
    "expected '-' indicator": "items that begin with - below each other, equally far in",
    "did not find expected key": "keys of one entry below each other, equally far in",
    "expected <document start>": "keys below each other, equally far in",
    "could not find expected ':'": "a key and its value as key: value",
    "a single document": "one document, without a line ---",
}


def advise_on(what: str) -> str:
    """Return what is allowed where the YAML reader says ``what``; ``YAML`` where nothing better is known."""
    return next((advice for sign, advice in _ADVICE.items() if sign in what), "YAML")
