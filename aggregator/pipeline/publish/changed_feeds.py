"""Which files of a topic's feeds show something else than before: those that hubs are told of; pure."""

from collections.abc import Collection

from aggregator.pipeline.publish.manifest import Manifest
from aggregator.publish.topic_documents import TOPIC_DOCUMENTS, TopicDocument
from aggregator.publish.topic_folders import PAGE


def find_changed_feeds(
    topic_id: str, known: Manifest, manifest: Manifest, rewritten: Collection[str]
) -> frozenset[str]:
    """Return the files of feeds, below the tree's root, that were ``rewritten``, or show something else.

    What a process wrote that was killed before it could keep that is on the disk already: it is not written
    again.
    """
    return frozenset(
        name
        for document in TOPIC_DOCUMENTS
        if document.name != PAGE
        for name in [f"{topic_id}/{document.name}"]
        if name in rewritten or _shows_other(document, known, manifest)
    )


def _shows_other(document: TopicDocument, known: Manifest, manifest: Manifest) -> bool:
    """Tell whether a document shows something else than it is known to; of what is not known, it does not."""
    if document.name not in known.layouts:
        return False
    return known.layouts[document.name] != manifest.layouts[document.name] or (
        known.list_digests(document.kind) != manifest.list_digests(document.kind)
    )
