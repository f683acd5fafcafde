"""Which validators a poll sends, and what answers say about how far they can be trusted; pure.

Some servers send the same ETag for ever, whatever their feed holds, and answer every conditional request
with 304: the source would look quiet for years. So now and then a poll asks without them. Where the answer
has the very validators that would have been sent, and yet new entries, they mean nothing, and the source is
asked without them until they change with what it publishes.

They are sent only to the origin that gave them: where redirects led there, not to the source's own address.

asked without      after MAX_UNREAD_POLLS answers 304 in a row, once the last whole document is
                   WHOLE_EVERY old: once a day for what is polled hourly, once in eight days for
                   what is polled daily
"""

from datetime import datetime, timedelta

from aggregator.model import Fetched, SourceState, revise

WHOLE_EVERY = timedelta(days=1)
MAX_UNREAD_POLLS = 8


def choose_validators(state: SourceState, *, now: datetime) -> tuple[str | None, str | None]:
    """Return the ETag and the Last-Modified to send, as received; twice None to get the whole document."""
    is_old = state.whole_at is not None and now - state.whole_at >= WHOLE_EVERY
    if state.has_frozen_validators or (is_old and state.unread_polls >= MAX_UNREAD_POLLS):
        return None, None
    return state.etag, state.last_modified


def note_answer(state: SourceState, fetched: Fetched, *, now: datetime) -> SourceState:
    """Return ``state`` with the validators of an answer, who gave them, and when it was a whole document.

    A 304 need not repeat a validator that has not changed (RFC 9110 section 15.4.5); any other answer
    replaces both.
    """
    if fetched.status == 304:
        return revise(
            state,
            etag=fetched.etag or state.etag,
            last_modified=fetched.last_modified or state.last_modified,
            validators_url=_validators_url_of(fetched),
            whole_at=state.whole_at or now,
            unread_polls=state.unread_polls + 1,
        )
    return revise(
        state,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        validators_url=_validators_url_of(fetched),
        whole_at=now,
        unread_polls=0,
    )


def are_validators_frozen(state: SourceState, fetched: Fetched, *, was_conditional: bool) -> bool:
    """Tell whether a source's validators mean nothing, where its document brings something new.

    They do where an unconditional poll brought it under the validators that are known: asked with them, the
    source would have answered 304. They are trusted again once they move with what is new.
    """
    if not _have_same_validators(state, fetched):
        return False
    return state.has_frozen_validators or not was_conditional


def seen_until(state: SourceState, *, was_conditional: bool) -> datetime | None:
    """Return the time until which all that was published has been seen; None where nothing was.

    After a failed poll, and for a poll that does not believe the answers 304, that is when the last whole
    document came.
    """
    is_believed = was_conditional or (state.etag is None and state.last_modified is None)
    return state.polled_at if is_believed and not state.failures else state.whole_at


def _validators_url_of(fetched: Fetched) -> str | None:
    return fetched.final_url if fetched.final_url != fetched.url else None


def _have_same_validators(state: SourceState, fetched: Fetched) -> bool:
    """Compare the ETags where there is one, whatever the date says (RFC 9110 section 13.1.3)."""
    if state.etag is not None or fetched.etag is not None:
        return state.etag == fetched.etag
    return state.last_modified is not None and state.last_modified == fetched.last_modified
