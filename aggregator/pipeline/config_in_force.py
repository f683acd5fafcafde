"""The configuration that was taken up last, kept in the store: what is published is made by it.

A change that an operator approved is noted here, too, until it is in force.
"""

import json
from collections.abc import Collection, Iterable, Mapping

from aggregator.config import OWN_SECTIONS, Config, digest_texts, load_packed, pack_texts
from aggregator.rules import Rules
from aggregator.store import Store, read_note, save_notes

IN_FORCE = "configuration in force"
"""The note with the files of the configuration that was taken up last, packed."""
IN_FORCE_DIGEST = "digest of the configuration in force"
APPROVED = "digest of the approved configuration"
WAITING = "configuration that waits"
"""The note with the digest of a configuration that waits to be let go, and why."""
URGENT = "urgent decisions in force"
"""The note with the digest of a configuration that has urgent decisions of one that waits, and their ids."""


def note_in_force(rules: Rules, store: Store) -> None:
    """Note that these rules are taken up, where that is not noted; no change is approved or waits then.

    Where they only hold urgent decisions of a change, that goes on waiting. Rules that were read from no
    files leave no note, as they cannot be found again.
    """
    digest = digest_texts(rules.texts)
    if read_note(store, IN_FORCE_DIGEST) != digest and (digest or read_note(store, IN_FORCE_DIGEST)):
        packed = pack_texts(rules.texts) if rules.texts else ""
        is_ahead = bool(_read_urgent(digest, store))
        others = {} if is_ahead else {APPROVED: "", WAITING: "", URGENT: ""}
        save_notes(store, {IN_FORCE: packed, IN_FORCE_DIGEST: digest, **others})


def note_urgent(before: Config, urgent: Config, ids: Iterable[str], store: Store) -> None:
    """Note that ``urgent``, which is about to be taken up, has these decisions of a change of ``before``.

    Those that ``before`` had of one that waits, it has, too.
    """
    earlier = _read_urgent(digest_texts(before.texts), store)
    all_ids = list(dict.fromkeys((*earlier, *ids)))
    save_notes(store, {URGENT: json.dumps([digest_texts(urgent.texts), all_ids])})


def list_urgent(in_force: Config | None, store: Store) -> tuple[str, ...]:
    """Return the ids of decisions in force that were taken up before the change that they are part of.

    ``in_force`` None: what the store has as in force.
    """
    digest = digest_texts(in_force.texts) if in_force else read_note(store, IN_FORCE_DIGEST)
    return _read_urgent(digest, store)


def _read_urgent(digest: str | None, store: Store) -> tuple[str, ...]:
    noted, ids = json.loads(read_note(store, URGENT) or '["", []]')
    return tuple(ids) if digest and noted == digest else ()


def read_in_force(
    store: Store, *, like: Config, environ: Mapping[str, str], own: Collection[str] = OWN_SECTIONS
) -> Config | None:
    """Return the configuration that was taken up last; None where none was, or it cannot be read any more.

    Headers, and the sections ``own`` of the settings, are those of ``like``, which may be planned.
    """
    packed = read_note(store, IN_FORCE)
    return load_packed(packed, like, environ, own) if packed else None


def is_in_force(config: Config, store: Store) -> bool:
    """Tell whether a configuration, as its files say it, is the one that was taken up last."""
    return read_note(store, IN_FORCE_DIGEST) == digest_texts(config.texts)


def approve(config: Config, store: Store) -> None:
    """Let a configuration be taken up, whatever it changes, as long as its files stay as they are."""
    save_notes(store, {APPROVED: digest_texts(config.texts)})


def is_approved(config: Config, store: Store) -> bool:
    """Tell whether an operator approved a configuration as its files are."""
    return bool(config.texts) and read_note(store, APPROVED) == digest_texts(config.texts)


def note_waiting(config: Config, why: str, store: Store) -> None:
    """Note that a configuration waits to be let go, and why."""
    save_notes(store, {WAITING: json.dumps([digest_texts(config.texts), why])})


def find_waiting(config: Config, store: Store) -> str | None:
    """Return why a configuration, as its files are now, waits to be let go; None where it does not."""
    digest, why = json.loads(read_note(store, WAITING) or '["", ""]')
    waits = digest == digest_texts(config.texts) and not is_approved(config, store)
    return why if waits and why else None
