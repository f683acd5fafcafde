"""What an object store answered where something went wrong, and what to do about it, on one line."""

import re

_CODE = re.compile(r"<Code>(\w+)</Code>")
_MESSAGE = re.compile(r"<Message>([^<]{1,200})</Message>")
_TRIED = re.compile(r" in [\d.]+.?s\b(?:, after \d+ retries, max_retries: \d+, retry_timeout: \S+ )?")
_KEYS = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_RIGHTS = "let these credentials put, delete and list objects there"
_REGION = "set AWS_REGION to that of the bucket"
_ADVICE = {
    "NoSuchBucket": "make the bucket, or change publish.target",
    "AccessDenied": f"{_RIGHTS}, or {_KEYS}",
    "InvalidAccessKeyId": _KEYS,
    "SignatureDoesNotMatch": _KEYS,
    "ExpiredToken": "renew AWS_SESSION_TOKEN",
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "RequestTimeTooSkewed": "set this machine's clock",
}
_ELSE = "check the network, and publish.target_endpoint or AWS_ENDPOINT_URL; the next upload tries again"


def advise(said: str) -> str:
    """Return what the library said of a failure in our words: the store's code, and what to do."""
    code = _CODE.search(said)
    if code is None:
        first = _TRIED.sub("", said.partition("\n")[0])
        return f"it does not answer as it should ({first[:300].strip()}): {_ELSE}"
    message = _MESSAGE.search(said)
    meant = f" ({message[1]})" if message else ""
    return f"the store answers {code[1]}{meant}: {_ADVICE.get(code[1], 'the next upload tries again')}"
