import asyncio
import threading

import pytest

from qa.app.web_desk import Busy, Desk, Late


def test_a_job_returns_its_value_or_its_error():
    async def scene():
        desk = Desk()
        assert await desk.run(lambda: 7) == 7
        with pytest.raises(ZeroDivisionError):
            await desk.run(lambda: 1 // 0)
        assert desk.waiting == 0
        desk.close()

    asyncio.run(scene())


def test_a_full_line_is_told_busy_and_the_others_are_served():
    async def scene():
        gate = threading.Event()
        desk = Desk(workers=1, line=3)
        jobs = [asyncio.create_task(desk.run(lambda: gate.wait(5))) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="busy"):
            await desk.run(lambda: True)
        gate.set()
        assert await asyncio.gather(*jobs) == [True, True, True]
        assert await desk.run(lambda: "again") == "again"
        desk.close()

    asyncio.run(scene())


def test_a_late_job_is_given_up_but_counted_until_it_ends():
    async def scene():
        gate = threading.Event()
        desk = Desk(workers=1, deadline=0.05)
        with pytest.raises(Late, match=r"0\.05"):
            await desk.run(lambda: gate.wait(5))
        assert desk.waiting == 1
        assert not await desk.drained(0.1)
        gate.set()
        assert await desk.drained(2)
        desk.close()

    asyncio.run(scene())


def test_an_asker_who_leaves_does_not_stop_the_count():
    async def scene():
        gate = threading.Event()
        desk = Desk(workers=1)
        task = asyncio.create_task(desk.run(lambda: gate.wait(5)))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert desk.waiting == 1
        gate.set()
        assert await desk.drained(2)
        desk.close()

    asyncio.run(scene())
