"""A member with a list calls every operation of their org: nothing comes through of an artist who is not on it.

With ids of an artist off the list an operation answers as with unknown ids. With ids of one who is on it, and without
ids, it answers the same whatever the other artist is.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx2 as httpx
import pytest

from arti.vocabulary import Role
from tests.conftest import World
from tests.isolation.operation_calls import Call, make_call, operations
from tests.isolation.seeding import SeededArtist, SeededOrg, TenantTables
from tests.isolation.test_every_operation import CHANGING, OWN_ANSWERS, RESTLESS
from tests.isolation.test_roles import DECLARED

# Called with ids of an artist on the list these do not answer 2xx to a manager, for a reason of the operation's own.
LISTED_ANSWERS: dict[str, tuple[set[int], str]] = {
    "get_comparison": ({200, 422}, "without anybody to compare it asks for somebody"),
    **OWN_ANSWERS,
    "delete_exchange_rate": ({404}, "an org states a rate once, so there is none of this id"),
    "delete_royalty_statement": ({404}, "somebody else entered the planted statement, with lines of others perhaps"),
    "delete_import_mapping": ({404}, "a mapping is of the org, so none has the id of an artist"),
    "delete_insight_comment": ({404}, "somebody else wrote the planted comment"),
    "replace_view": ({404}, "somebody else saved the planted view"),
    "delete_view": ({404}, "somebody else saved the planted view"),
    "put_notification_reads": ({404}, "the planted notification is of another member"),
    "delete_tag": ({403}, "a tag is on artists off the list too"),
    "create_webhook_source": ({403}, "a webhook writes about any artist"),
    "delete_webhook_source": ({403}, "a webhook writes about any artist"),
}


_SECRET = re.compile(r'whsec_[^"]+')


class ArtistTrial:
    """One running API, an org with an artist on the caller's list and one who is not, and what was found wrong."""

    def __init__(self, world: World, seeded_database: TenantTables) -> None:
        self.world = world
        self.document: dict[str, Any] = world.document
        self.org = SeededOrg(seeded_database)
        self.listed = SeededArtist(usable=True)
        self.hidden = SeededArtist(has_manager=False)
        self.other = self.hidden.variant()  # in the place of the hidden one: other marks, days and numbers
        self.more = SeededArtist(has_manager=False)
        self.unknown = SeededArtist()  # never planted
        self.token = ""
        self.wrong: list[str] = []
        self.calls = 0

    async def seed(self, *hidden: SeededArtist) -> None:
        self.org.artists = [self.listed, *hidden]
        await self.org.seed()

    async def begin(self) -> None:
        await self.seed(self.hidden)
        self.token = await self.world.token(self.listed.manager_id, self.listed.email)

    async def send(self, call: Call) -> httpx.Response:
        self.calls += 1
        async with self.world.client(self.token, self.org.id) as client:
            return await client.request(**call.arguments())

    def _normalized(self, answer: httpx.Response) -> tuple[int, str]:
        text = answer.text.replace(self.hidden.mark, "_").replace(self.unknown.mark, "_")
        return answer.status_code, CHANGING.sub("_", _SECRET.sub("_", text))

    def record_violation(self, call: Call, what: str, answer: httpx.Response) -> None:
        self.wrong.append(f"{call.operation} {what}: {answer.status_code} {answer.text[:300]}")

    async def try_hidden(self, method: str, path: str) -> None:
        """Ids of the hidden artist, a cursor too: as if they did not exist, and nothing of the artist changes."""
        await self.seed(self.hidden)
        before = await self.org.rows_of(self.hidden)
        for cursor in (False, True):
            call = make_call(self.document, method, path, self.hidden, cursor=cursor)
            if cursor and "cursor" not in call.slots:
                continue
            answer = await self.send(call)
            if self.hidden.mark in answer.text + str(answer.headers):
                self.record_violation(call, "shows an artist off the list", answer)
            if answer.status_code >= 500 and call.operation not in OWN_ANSWERS:
                self.record_violation(call, "breaks", answer)
            if call.slots:
                same = await self.send(make_call(self.document, method, path, self.unknown, cursor=cursor))
                if call.operation not in RESTLESS and self._normalized(answer) != self._normalized(same):
                    self.record_violation(call, f"differs from unknown ids, {same.status_code} {same.text}", answer)
        after = [row for row in await self.org.rows_of(self.hidden) if str(self.listed.id) not in row]
        if after != before:
            self.wrong.append(f"{method} {path} changed hidden rows: {set(before) ^ set(after)}")

    async def try_listed(self, *paths: tuple[str, str]) -> None:
        """The listed artist's ids are taken, and what comes back depends on nothing of the hidden artist.

        `paths` are methods and paths. Each call is sent beside one hidden artist, and beside others.
        """
        sent = [call for method, path in paths for call in self._listed_calls(method, path)]
        answers: list[list[httpx.Response]] = [[] for _ in sent]
        for hidden in ((self.hidden,), (self.other, self.more)):
            for call, found in zip(sent, answers, strict=True):
                await self.seed(*hidden)
                found.append(await self.send(call))
                for artist in hidden:
                    if artist.mark in found[-1].text:
                        self.record_violation(call, "shows an artist off the list", found[-1])
        for call, (one, other) in zip(sent, answers, strict=True):
            self._compare(call, one, other)

    def _listed_calls(self, method: str, path: str) -> Iterator[Call]:
        call = make_call(self.document, method, path, self.listed)
        for person in {"owner_id", "assigned_to"} & (call.body or {}).keys():
            call.body[person] = str(self.listed.manager_id)
        yield call
        parameters = self.document["paths"][path][method.lower()].get("parameters", [])
        optional = {parameter["name"] for parameter in parameters if not parameter.get("required")}
        if optional & call.query.keys():  # a list of all artists instead of one
            yield replace(call, query={name: value for name, value in call.query.items() if name not in optional})

    def _compare(self, call: Call, one: httpx.Response, other: httpx.Response) -> None:
        if call.operation not in RESTLESS and self._normalized(one) != self._normalized(other):
            self.record_violation(call, f"depends on a hidden artist, {other.status_code} {other.text}", one)
        may = call.operation not in DECLARED or Role.MANAGER in DECLARED[call.operation]
        expected, _ = LISTED_ANSWERS.get(call.operation, (set(range(200, 300)), ""))
        if one.status_code not in (expected if may else {403}):
            self.record_violation(call, f"cannot be called for an artist on the list {call.arguments()}", one)


@pytest.fixture
async def trial(world: World) -> AsyncIterator[ArtistTrial]:
    async with TenantTables.of(world.database) as seeded_database:
        opened = ArtistTrial(world, seeded_database)
        await opened.begin()
        yield opened


@pytest.mark.timeout(300)
async def test_no_operation_shows_an_artist_off_the_list(trial: ArtistTrial) -> None:
    paths = [(method, path) for _, method, path in operations(trial.document)]
    await trial.try_listed(*(each for each in paths if each[0] == "GET"))
    for method, path in paths:
        await trial.try_hidden(method, path)
        if method != "GET":  # what it changes elsewhere, the others would show
            await trial.try_listed((method, path))
    assert trial.wrong == [], "\n" + "\n".join(trial.wrong)
    assert trial.calls >= 3 * len(operations(trial.document))


async def test_every_exception_still_applies_to_an_operation(trial: ArtistTrial) -> None:
    assert LISTED_ANSWERS.keys() <= {operation for operation, _, _ in operations(trial.document)}


@pytest.mark.parametrize("path", ["/api/artists", "/api/insights", "/api/deliveries", "/api/documents"])
async def test_the_trial_detects_an_artist_policy_that_is_open(trial: ArtistTrial, world: World, path: str) -> None:
    """The test of the test: one policy is opened, then the lists of its table show what they must not."""
    for table in {"artists", "series", path.rsplit("/", 1)[1]}:  # an insight is shown with its series
        await world.database.as_owner(f"alter policy visible_artists_only on {table} using (true)")
    await trial.try_listed(("GET", path))
    assert any("shows an artist off the list" in line for line in trial.wrong)
    assert any("depends on a hidden artist" in line for line in trial.wrong)
