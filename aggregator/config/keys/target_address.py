"""The address of an object store, as ``publish.target`` takes it."""

import re
from typing import Annotated

from pydantic import AfterValidator

from aggregator.config.keys.fields import Allowed, Raw, check_base_address, refuse

_SCHEME = "s3://"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
MAX_CHARACTERS = 300


def _check_target(value: str) -> str:
    if not value:
        return value
    if not value.startswith(_SCHEME):
        raise refuse("is no address of s3://")
    bucket, *parts = value.removeprefix(_SCHEME).removesuffix("/").split("/")
    if not _BUCKET.fullmatch(bucket):
        raise refuse("names no bucket")
    if not all(map(_PART.fullmatch, parts)) or len(value) > MAX_CHARACTERS:
        raise refuse("has a prefix of other signs than letters, digits and . _ - /")
    return value.removesuffix("/")


def _check_endpoint(value: str) -> str:
    return check_base_address(value) if value else value


Target = Annotated[Raw, AfterValidator(_check_target), Allowed('s3://BUCKET/PREFIX, or "" for none')]
Endpoint = Annotated[
    Raw, AfterValidator(_check_endpoint), Allowed('an absolute http or https address, or "" for Amazon S3')
]
