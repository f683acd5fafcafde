"""Workers on other machines, as the tree knows them."""

import json

from aggregator.publish.tree_writers import FOLDER


def move_elsewhere(folder, number):
    """Note a worker as one of another container, whose processes nobody here can ask for, or end."""
    for noted in (folder / FOLDER).iterdir():
        told = json.loads(noted.read_text(encoding="utf-8"))
        if told["number"] == number:
            noted.write_text(json.dumps({**told, "space": "pid:[1]"}), encoding="utf-8")
