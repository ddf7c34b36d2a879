"""Links, mergers and splits of a desk for event loops."""

import asyncio
from pathlib import Path

from itsmkit.desk import ManualClock
from itsmkit.testing import A_MONDAY, AN_AGENT
from itsmkit_sql import AsyncDesk


def test_tickets_are_linked_merged_and_split(tmp_path: Path) -> None:
    async def work() -> None:
        async with AsyncDesk.open(f"sqlite:///{tmp_path / 'desk.db'}", clock=ManualClock(A_MONDAY)) as opened:
            desk = opened.acting_as(AN_AGENT)
            one, other = [(await desk.incidents.log(title, requester=title)).id for title in ("eve", "bob")]
            await desk.links.link(one, "blocks", other)
            assert [each.name for each in await desk.links.of(other)] == ["blocked_by"]
            await desk.links.unlink(other, "blocked_by", one)
            new = await desk.links.split(one, "The lamp")
            merged = await desk.links.merge(new.id, into=other)
            assert await desk.links.goes_on_in(new.id) == merged
            assert [each.number for each in await desk.links.family(other)] == ["INC-2", "INC-3"]
            assert {each.ticket_id for each in await desk.links.timeline(other)} == {other, new.id}
            assert (await desk.links.unmerge(new.id)).merged_into is None

    asyncio.run(work())
