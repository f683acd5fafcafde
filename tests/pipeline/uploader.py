"""A program that uploads a tree as a worker does, to be killed or stopped."""

UPLOADER = """
import asyncio, os, subprocess, sys
from datetime import UTC, datetime
from pathlib import Path
from aggregator.config.keys.settings import PublishKeys
from aggregator.errors import PublishError
from aggregator.pipeline.upload import describe_target, has_uploads, upload_round
from aggregator.publish.folder_locks import try_to_lock_uploads
from aggregator.publish.tree_writers import note_writer
from aggregator.target import open_object_store

folder, address, way, *number = sys.argv[1:]
folder = Path(folder)
note_writer(folder, int(*number or ["3"]))

def is_lock(number):
    try:
        return os.readlink(f"/proc/self/fd/{number}").endswith(".uploading.lock")
    except OSError:
        return False

async def upload_all(hold):
    label = describe_target(PublishKeys(target=address))
    while has_uploads(folder, label):
        await upload_round(
            folder=folder, label=label, target=open_object_store(address, "", os.environ),
            is_urgent=lambda _: False, now=datetime.now(UTC), hold=hold,
        )
    print("done", flush=True)

try:
    with try_to_lock_uploads(folder) as hold:
        if hold is None:
            print("another uploads", flush=True)
        elif way == "leaves its lock":
            lock = next(n for n in os.listdir("/proc/self/fd") if is_lock(n))
            subprocess.Popen(["sleep", "600"], pass_fds=[int(lock)])  # which has the lock, too
        if hold is not None and way != "only locks":
            asyncio.run(upload_all(hold))
except PublishError as error:
    print(error, flush=True)
"""
