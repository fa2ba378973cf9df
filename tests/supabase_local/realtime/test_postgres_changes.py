"""postgres_changes: every event, in commit order, to the subscribers that policies allow."""

from typing import Any

import pytest

from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import TASKS, Socket, add_task, member, socket

NOTES = {"event": "*", "schema": "public", "table": "notes"}


async def listen(ada: Socket, stage: Stage, **binding: Any) -> None:
    await ada.join([NOTES | binding], stage.token)


@pytest.mark.parametrize("version", [1, 2])
async def test_member_receives_every_event(stage: Stage, version: int) -> None:
    async with socket(stage.gateway, version) as ada:
        assert (await ada.request("phoenix", "heartbeat", {}, "7"))["response"] == {}
        every, named = await ada.join([TASKS, TASKS | {"filter": "name=eq.insights.detect"}], stage.token)
        await add_task(stage.gateway, stage.other_team)
        task = await add_task(stage.gateway, stage.team)
        frame = await ada.receive()
        assert (frame["event"], frame["ref"], frame["payload"]["ids"]) == ("postgres_changes", None, [every])
        data = frame["payload"]["data"]
        assert (data["type"], data["schema"], data["table"], data["errors"]) == ("INSERT", "public", "tasks", None)
        assert (data["record"]["id"], data["record"]["team_id"]) == (str(task), str(stage.team))
        assert {"name": "attempts", "type": "int4"} in data["columns"]
        await add_task(stage.gateway, stage.team, "insights.detect")
        assert (await ada.receive())["payload"]["ids"] == [every, named]
        await stage.run(f"update tasks set status = 'done' where id = '{task}'")
        changed = await ada.receive_change()
        key = {"team_id": str(stage.team), "id": str(task)}
        assert (changed["type"], changed["record"]["status"], changed["old_record"]) == ("UPDATE", "done", key)
        await stage.run(
            f"delete from tasks where id = '{task}'", f"delete from tasks where team_id = '{stage.other_team}'"
        )
        gone = await ada.receive_change()
        assert (gone["type"], gone["old_record"], "record" in gone) == ("DELETE", key, False)
        assert await ada.is_silent()


async def test_subscribers_without_select_receive_nothing(stage: Stage) -> None:
    guest = await member(stage.gateway, stage.team, can_read=False)
    async with (
        socket(stage.gateway) as allowed,
        socket(stage.gateway) as without_permission,
        socket(stage.gateway) as of_other_team,
        socket(stage.gateway) as anonymous,
        socket(stage.gateway, key=stage.gateway.keys.secret_key) as service,
    ):
        await allowed.join([TASKS], stage.token)
        await without_permission.join([TASKS], guest["access_token"])
        await of_other_team.join([TASKS], stage.bob["access_token"])
        await anonymous.join([TASKS], None)
        await service.join([TASKS], None)
        task = await add_task(stage.gateway, stage.team)
        await stage.run(
            f"update tasks set progress = '{{}}' where id = '{task}'", f"delete from tasks where id = '{task}'"
        )
        for one in (allowed, service):
            assert [(await one.receive_change())["type"] for _ in range(3)] == ["INSERT", "UPDATE", "DELETE"]
        for one in (without_permission, of_other_team, anonymous):
            assert await one.is_silent()


async def test_update_that_changes_visibility_is_sent_as_update(notes: Stage) -> None:
    ada_id, bob_id = notes.ada["user"]["id"], notes.bob["user"]["id"]
    async with socket(notes.gateway) as ada, socket(notes.gateway) as bob:
        await ada.join([NOTES], notes.token)
        await bob.join([NOTES], notes.bob["access_token"])
        await notes.run(
            f"insert into notes (owner, body) values ('{bob_id}', 'theirs')",
            f"update notes set owner = '{ada_id}', body = 'ours'",
            f"update notes set owner = '{bob_id}', body = 'theirs again'",
        )
        assert (await ada.receive_change())["record"]["body"] == "ours"
        assert [(await bob.receive_change())["record"]["body"] for _ in range(2)] == ["theirs", "theirs again"]
        assert await ada.is_silent()


async def test_row_that_is_deleted_at_once_is_still_sent(stage: Stage) -> None:
    async with socket(stage.gateway) as ada:
        await ada.join([TASKS], stage.token)
        await stage.run(
            f"""do $$ begin
                  for n in 1..20 loop
                    insert into public.tasks (team_id, name) values ('{stage.team}', 'j' || n);
                    commit;
                    delete from public.tasks where name = 'j' || n;
                    commit;
                  end loop;
                end $$"""
        )
        frame = [await ada.receive_change() for _ in range(40)]
        assert [one["type"] for one in frame] == ["INSERT", "DELETE"] * 20
        assert [one["record"]["name"] for one in frame[::2]] == [f"j{n}" for n in range(1, 21)]
        gone = [one["old_record"]["id"] for one in frame[1::2]]
        assert gone == [one["record"]["id"] for one in frame[::2]]


async def test_versions_arrive_in_commit_order(stage: Stage) -> None:
    task = await add_task(stage.gateway, stage.team)
    async with socket(stage.gateway) as ada:
        await ada.join([TASKS | {"event": "UPDATE"}], stage.token)
        await stage.run(
            f"""do $$ begin
                  for n in 1..200 loop
                    update public.tasks set attempts = n where id = '{task}';
                    if n % 7 = 0 then commit; end if;
                  end loop;
                end $$"""
        )
        assert [(await ada.receive_change())["record"]["attempts"] for _ in range(200)] == list(range(1, 201))
        assert await ada.is_silent()


async def test_large_transaction_does_not_disconnect_a_reading_client(notes: Stage) -> None:
    async with socket(notes.gateway) as ada:
        await listen(ada, notes)
        await notes.run(
            f"insert into notes (owner, size) select '{notes.ada['user']['id']}', n from generate_series(1, 2000) n"
        )
        assert [(await ada.receive_change())["record"]["size"] for _ in range(2000)] == list(range(1, 2001))
        assert await ada.is_silent()


async def test_record_types(notes: Stage) -> None:
    async with socket(notes.gateway) as ada:
        await listen(ada, notes)
        await notes.run(
            f"""insert into notes (id, owner, body, size, done, rating, tags, more, happened_at, secret)
                values (7, '{notes.ada["user"]["id"]}', 'Grüße 🦉', -3, true, 1234.50, '{{a,"b,c"}}',
                        '{{"deep": [1, null, "x"]}}', '2026-11-22T10:00:00.25+02', 'hidden')"""
        )
        data = await ada.receive_change()
        assert data["record"] == {
            "id": 7,
            "owner": notes.ada["user"]["id"],
            "body": "Grüße 🦉",
            "size": -3,
            "done": True,
            "rating": 1234.5,
            "tags": ["a", "b,c"],
            "more": {"deep": [1, None, "x"]},
            "happened_at": "2026-11-22T08:00:00.25+00:00",
        }
        assert "secret" not in {column["name"] for column in data["columns"]}
        assert {"name": "tags", "type": "_text"} in data["columns"]
        assert data["commit_timestamp"].endswith("Z")


async def test_unchanged_toasted_value_is_included(notes: Stage) -> None:
    await notes.run("grant select on notes to service_role")
    async with socket(notes.gateway) as ada:
        await listen(ada, notes)
        await notes.run(
            f"""insert into notes (owner, body) select '{notes.ada["user"]["id"]}',
                string_agg(md5(n::text), '') from generate_series(1, 3000) n"""
        )
        body = (await ada.receive_change())["record"]["body"]
        assert len(body) == 96_000
        await notes.run("update notes set size = 2")
        assert (await ada.receive_change())["record"]["body"] == body


FILTERS = {
    "size=eq.5": "five",
    "size=neq.5": "four six",
    "size=lt.5": "four",
    "size=lte.5": "four five",
    "size=gt.5": "six",
    "size=gte.5": "five six",
    'body=in.(four,six,"se,ven")': "four six",
    "body=like.f%": "four five",
    "body=ilike.F%": "four five",
    "body=match.^(four|six)$": "four six",
    "body=imatch.^FO": "four",
    "done=is.true": "four",
    "done=is.null": "six",
    "done=not.is.null": "four five",
    "done=isdistinct.true": "five six",
    "size=not.eq.5": "four six",
    "body=not.in.(four)": "five six",
    "size=gt.4,body=like.%i%": "five six",
    "size=gt.4, body=not.like.%x": "five",
    'body=eq."five"': "five",
    "happened_at=gte.2026-01-02": "five six",
    "": "four five six",
}


async def test_filters(notes: Stage) -> None:
    async with socket(notes.gateway) as ada:
        ids = await ada.join([NOTES | {"filter": one} for one in FILTERS], notes.token)
        await notes.run(
            f"""insert into notes (owner, body, size, done, happened_at)
                select '{notes.ada["user"]["id"]}', body, size, done, day::timestamptz from (values
                  ('four', 4, true, '2026-01-01'), ('five', 5, false, '2026-01-02'), ('six', 6, null, '2026-01-03')
                ) as rows (body, size, done, day)"""
        )
        passed: dict[int, list[str]] = {}
        for _ in range(3):
            payload = (await ada.receive())["payload"]
            for number in payload["ids"]:
                passed.setdefault(number, []).append(payload["data"]["record"]["body"])
    assert {one: " ".join(passed.get(n, ())) for one, n in zip(FILTERS, ids, strict=True)} == FILTERS


async def test_filters_on_deletes_use_the_replica_identity(notes: Stage) -> None:
    owner = notes.ada["user"]["id"]
    await notes.run(f"insert into notes (id, owner, size) values (1, '{owner}', 1), (2, '{owner}', 2)")
    async with socket(notes.gateway) as ada:
        by_key, by_size = await ada.join(
            [NOTES | {"event": "DELETE", "filter": "id=eq.2"}, NOTES | {"event": "DELETE", "filter": "size=eq.2"}],
            notes.token,
        )
        await notes.run("delete from notes")
        frame = await ada.receive()
        assert (frame["payload"]["ids"], frame["payload"]["data"]["old_record"]) == ([by_key], {"id": 2})
        assert await ada.is_silent()
        await notes.run(
            "alter table notes replica identity full",
            f"insert into notes (id, owner, size) values (3, '{owner}', 2), (4, '{notes.bob['user']['id']}', 2)",
            "delete from notes",
        )
        frame = await ada.receive()  # the log contains the whole old row, so policies apply to it
        assert (frame["payload"]["ids"], frame["payload"]["data"]["old_record"]) == ([by_size], {"id": 3})
        assert await ada.is_silent()


async def test_old_record_with_replica_identity_full(notes: Stage) -> None:
    await notes.run("alter table notes replica identity full")
    owner, other = notes.ada["user"]["id"], notes.bob["user"]["id"]
    await notes.run(
        f"insert into notes (id, owner, body, secret) values (1, '{owner}', 'a', 'x'), (2, '{other}', 'b', 'y')"
    )
    async with socket(notes.gateway) as ada:
        await listen(ada, notes, event="UPDATE")
        await notes.run("update notes set body = 'c' where id = 1", f"update notes set owner = '{owner}' where id = 2")
        old = (await ada.receive_change())["old_record"]
        assert (old["body"], old["owner"], "secret" in old) == ("a", owner, False)
        assert (await ada.receive_change())["old_record"] == {"id": 2}  # the old row was not visible


async def test_table_without_policies_sends_the_whole_old_record(notes: Stage) -> None:
    await notes.run(
        "alter table notes replica identity full",
        "alter table notes disable row level security",
        "insert into notes (id, body, secret) values (1, 'a', 'x')",
    )
    async with socket(notes.gateway) as ada:
        await listen(ada, notes, event="DELETE")
        await notes.run("delete from notes")
        old = (await ada.receive_change())["old_record"]
        assert (old["id"], old["body"], "secret" in old) == (1, "a", False)


async def test_too_large_record_keeps_its_small_values(notes: Stage) -> None:
    async with socket(notes.gateway) as ada:
        await listen(ada, notes)
        await notes.run(
            f"""insert into notes (id, owner, body, size) values
               (1, '{notes.ada["user"]["id"]}', repeat('x', 1048600), 5)"""
        )
        data = await ada.receive_change()
        assert data["errors"] == ["Error 413: Payload Too Large"]
        assert (data["record"]["size"], "body" in data["record"]) == (5, False)


async def test_select_columns(notes: Stage) -> None:
    async with socket(notes.gateway) as ada:
        few, every = await ada.join([NOTES | {"select": ["id", "body"]}, NOTES], notes.token)
        await notes.run(f"insert into notes (id, owner, body) values (1, '{notes.ada['user']['id']}', 'x')")
        frame = {
            tuple(one["payload"]["ids"]): one["payload"]["data"] for one in (await ada.receive(), await ada.receive())
        }
        assert frame[few,]["record"] == {"id": 1, "body": "x"}
        assert [column["name"] for column in frame[few,]["columns"]] == ["id", "body"]
        assert frame[every,]["record"]["owner"] == notes.ada["user"]["id"]


async def test_wildcard_tables_and_schemas(notes: Stage) -> None:
    async with socket(notes.gateway) as ada:
        await ada.join([{"event": "INSERT", "schema": "public"}, {"event": "*", "schema": "*"}], notes.token)
        await notes.run(f"insert into notes (owner) values ('{notes.ada['user']['id']}')")
        await add_task(notes.gateway, notes.team)
        assert [(await ada.receive_change())["table"] for _ in range(2)] == ["notes", "tasks"]
        await notes.run("delete from notes")
        assert (await ada.receive_change())["type"] == "DELETE"


async def test_api_keys_have_their_roles(notes: Stage) -> None:
    async with socket(notes.gateway) as anon, socket(notes.gateway, key=notes.gateway.keys.secret_key) as service:
        await anon.join([NOTES], None)
        await notes.run("grant select on notes to service_role")
        await service.join([NOTES], None)
        await notes.run(
            f"insert into notes (owner, body) values ('{notes.ada['user']['id']}', 'hers')",
            "insert into notes (owner, body, secret) values (null, 'anyones', 'x')",
        )
        assert (await anon.receive_change())["record"]["body"] == "anyones"
        frame = [(await service.receive_change())["record"] for _ in range(2)]
        assert [(one["body"], one["secret"]) for one in frame] == [("hers", None), ("anyones", "x")]
        assert await anon.is_silent()


async def test_altered_table_is_reloaded(notes: Stage) -> None:
    async with socket(notes.gateway) as bob:
        await bob.join([NOTES], notes.bob["access_token"])
        await notes.run(
            "alter table notes add column mood text, add column raw bytea",
            "grant select (mood, raw) on notes to authenticated",
            f"insert into notes (owner, mood, raw) values ('{notes.bob['user']['id']}', 'bright', '\\x00ff')",
        )
        record = (await bob.receive_change())["record"]
        assert (record["mood"], record["raw"]) == ("bright", "00ff")


async def test_a_table_can_be_listened_to_as_soon_as_it_is_published(stage: Stage) -> None:
    await stage.run(
        "drop table if exists public.chores",
        "create table public.chores (id bigint primary key)",
        "grant select on public.chores to authenticated",
    )
    chores = {"event": "*", "schema": "public", "table": "chores"}
    async with socket(stage.gateway) as ada:
        config = {"config": {"postgres_changes": [chores]}, "access_token": stage.token}
        await ada.request("realtime:early", "phx_join", config)
        assert (await ada.receive())["payload"]["status"] == "error"
        await stage.run("alter publication supabase_realtime add table public.chores")
        await ada.join([chores], stage.token)
        await stage.run("insert into chores values (7)")
        assert (await ada.receive_change())["record"] == {"id": 7}
