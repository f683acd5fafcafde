"""The hub of Flask-WebSub, an implementation by others, on a loopback port: ``python -m … PORT DATABASE``.

It wants Celery for what it does after it answered; threads do here.
"""

import sys
import threading
import time

from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage


class Retry(Exception):
    """That a task is to be done again later."""


class HubTask:
    """A function that is done in a thread of its own."""

    def __init__(self, function, *, bind, max_retries):
        self.function = function
        self.bind = bind
        self.max_retries = max_retries
        self.request = self
        self.retries = 0

    def delay(self, *arguments):
        """Do it soon."""
        threading.Thread(target=self._run, args=arguments).start()

    def retry(self, countdown):
        """Do it again in so many seconds."""
        time.sleep(min(countdown, 1))
        raise Retry

    def _run(self, *arguments):
        for self.retries in range(self.max_retries + 1):  # noqa: B020 - the name that the hub reads
            try:
                self.function(*((self,) if self.bind else ()), *arguments)
            except Retry:
                continue
            return


class Threads:
    """What the hub takes for Celery."""

    def task(self, *, bind=False, max_retries=0):
        """Return a decorator that makes a task of a function."""
        return lambda function: HubTask(function, bind=bind, max_retries=max_retries)


def main(port: int, database: str, algorithm: str) -> None:
    """Serve the hub at ``/hub`` until the process ends."""
    app = Flask(__name__)
    app.config["PUBLISH_SUPPORTED"] = True
    hub = Hub(SQLite3HubStorage(database), Threads(), SIGNATURE_ALGORITHM=algorithm)
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    app.run("127.0.0.1", port, threaded=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3])
