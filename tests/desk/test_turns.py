"""The desk asks for one thing at a time, in a thread, and gives up waiting."""

import asyncio
import time
from threading import Event

import pytest

from aggregator.desk.turns import DeskTurns


def test_one_thing_is_asked_at_a_time():
    """However many ask at once, no two run together, and the loop goes on meanwhile."""
    running, most, beats = [], [], []

    def work():
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        running.pop()
        return "done"

    async def ask():
        turns = DeskTurns()
        beat = asyncio.create_task(count_beats())
        answers = await asyncio.gather(*(turns.take(work, 5) for _ in range(6)))
        beat.cancel()
        return answers

    async def count_beats():
        while True:
            beats.append(1)
            await asyncio.sleep(0.005)

    assert asyncio.run(ask()) == ["done"] * 6
    assert max(most) == 1
    assert len(beats) > 5


def test_what_is_late_holds_up_nobody_for_ever():
    """Who waits for it gives up in time, and so do others until it ends; then they have their turn."""
    goes_on = Event()

    async def ask():
        turns = DeskTurns()
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await turns.take(goes_on.wait, 0.05)
        goes_on.set()
        return await turns.take(lambda: "next", 5)

    assert asyncio.run(ask()) == "next"


def test_an_error_is_raised_and_ends_the_turn():
    """The next one is asked all the same."""

    async def ask():
        turns = DeskTurns()
        with pytest.raises(ZeroDivisionError):
            await turns.take(lambda: 1 // 0, 5)
        return await turns.take(lambda: "next", 5)

    assert asyncio.run(ask()) == "next"
