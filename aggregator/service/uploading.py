"""The job that brings what was published to ``publish.target``, beside all others: publishing never waits."""

import asyncio
import os
import time

import structlog

from aggregator.errors import AggregatorError
from aggregator.pipeline.upload import (
    Uploads,
    describe_target,
    drop_uploads,
    find_urgent,
    has_uploads,
    upload_round,
)
from aggregator.publish.folder_locks import try_to_lock_uploads
from aggregator.publish.lock_holders import Hold
from aggregator.service.state import ServiceState, Work
from aggregator.service.upload_state import UploadState
from aggregator.store import UPLOAD_FAILURE, write_note
from aggregator.target import ObjectStore, open_object_store

log = structlog.get_logger()


async def upload_tree(state: ServiceState) -> Work:
    """Upload what waits, round by round, until nothing does or the target fails."""
    keys, upload = state.context.rules.publishing, state.upload
    folder, label = state.context.rules.feeds_dir, describe_target(keys)
    if not label:
        await asyncio.to_thread(drop_uploads, folder)
        state.upload = UploadState()
        return Work.NONE
    now_s = time.monotonic()
    if not await asyncio.to_thread(has_uploads, folder, label):
        upload.behind_since_s = None
        return Work.NONE
    upload.behind_since_s = now_s if upload.behind_since_s is None else upload.behind_since_s
    if now_s < upload.again_at_s:
        return Work.NONE
    with try_to_lock_uploads(folder) as hold:
        if hold is not None:
            await _upload_all(state, label, hold)
    return Work.NONE


async def _upload_all(state: ServiceState, label: str, hold: Hold) -> None:
    upload = state.upload
    try:
        store = _open_store(state, label)
        while (done := await _do_round(state, label, store, hold)).left and (done.put or done.deleted):
            if describe_target(state.context.rules.publishing) != label:
                return
    except AggregatorError as error:
        await _note_failure(state, str(error))
        raise
    if upload.failure is not None:
        log.info("upload", target=label, problem="over")
        await asyncio.to_thread(write_note, state.context.store, UPLOAD_FAILURE, "")
    upload.note_success()
    if not done.left:
        upload.behind_since_s = None


async def _do_round(state: ServiceState, label: str, store: ObjectStore, hold: Hold) -> Uploads:
    context = state.context
    folder, now = context.rules.feeds_dir, context.clock()
    is_urgent = await asyncio.to_thread(find_urgent, folder, context.store)
    done = await upload_round(
        folder=folder, label=label, target=store, is_urgent=is_urgent, now=now, hold=hold
    )
    for problem in done.errors:
        log.error("upload", error=problem)
    state.metrics.record_uploads(
        put=done.put, deleted=done.deleted, is_done=not done.left, at_s=now.timestamp()
    )
    if done.put or done.deleted:
        log.info("upload", target=label, put=done.put, deleted=done.deleted, left=done.left)
    return done


async def _note_failure(state: ServiceState, why: str) -> None:
    """Have `aggregator status` say why files wait; each reason is noted once."""
    is_new = state.upload.failure != why
    state.upload.note_failure(why, time.monotonic())
    if is_new:
        await asyncio.to_thread(write_note, state.context.store, UPLOAD_FAILURE, why)


def _open_store(state: ServiceState, label: str) -> ObjectStore:
    upload, keys = state.upload, state.context.rules.publishing
    if upload.store is None or upload.label != label:
        upload.store, upload.label = open_object_store(keys.target, keys.target_endpoint, os.environ), label
    return upload.store
