"""What the API and the gateway read of a body, of whom, and what they answer otherwise."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx
import psutil
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from arti.imports.upload_links.route import UploadRoute
from arti.orgs.api_route import ApiRoute
from arti.settings import Settings
from arti.vocabulary import Role
from arti_core import clock
from arti_core.large_bodies import LargeBodySlots, Slot
from arti_core.request_body import ANONYMOUS_BYTES, JSON_BYTES
from tests.conftest import MASTER_KEY, World, free_port
from tests.factories.observations import make_artist
from tests.isolation.operation_calls import make_call, operations
from tests.isolation.seeding import SeededOrg, TenantTables

JSON = {"Content-Type": "application/json"}


class Watched(httpx.AsyncByteStream):
    """A chunked body that says how much of it was taken."""

    def __init__(self, size: int, piece: bytes = b"a" * 16_384) -> None:
        self.taken, self._size, self._piece = 0, size, piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.taken < self._size:
            self.taken += len(self._piece)
            yield self._piece


def test_every_route_admits_bodies_by_its_class(api: FastAPI) -> None:
    routes = [context.original_route for context in iter_route_contexts(api.routes)]
    assert [r for r in routes if isinstance(r, APIRoute) and not isinstance(r, ApiRoute | UploadRoute)] == []


async def test_no_operation_reads_a_byte_of_an_anonymous_caller(world: World, api: FastAPI) -> None:
    routes = [context.original_route for context in iter_route_contexts(api.routes)]
    needs_no_sign_in = {
        route.path for route in routes if isinstance(route, ApiRoute) and getattr(route.endpoint, "public", False)
    }
    async with TenantTables.of(world.database) as seeded_database:
        for _, method, path in operations(world.document):
            if method.upper() in ("GET", "DELETE", "HEAD"):
                continue
            call = make_call(world.document, method, path, SeededOrg(seeded_database)).arguments()
            for token in (None, "not.a.token"):
                body = Watched(10 * JSON_BYTES)
                sender = world.client(token) if token else world.anonymous
                answer = await sender.request(call["method"], call["url"], headers=JSON, content=body)
                assert answer.status_code in (401, 413, 415, 422, 503), (method, path, answer.status_code)
                allowed = ANONYMOUS_BYTES + 16_384 if path in needs_no_sign_in else 0
                assert body.taken <= allowed, (method, path)


async def test_whoever_is_signed_in_may_send_one_mebibyte_of_json(world: World) -> None:
    member = await world.member()
    text = {"title": "Notes", "text": "a" * (JSON_BYTES - 1000)}
    fitting = await member.http.post("/api/documents", json=text)
    assert fitting.json().get("error") != "too_large"
    for body in (b"a" * (JSON_BYTES + 1), Watched(200 * JSON_BYTES)):
        refused = await member.http.post("/api/documents", headers=JSON, content=body)
        assert (refused.status_code, refused.json()["error"]) == (413, "too_large")
        assert refused.json()["message"] == "The body is larger than 1 MiB. Send less in one request."
        assert refused.headers["x-request-id"] == refused.json()["request_id"]
        assert refused.headers["x-content-type-options"] == "nosniff"
        if isinstance(body, Watched):
            assert body.taken <= JSON_BYTES + 16_384


async def test_json_is_bounded_in_depth_and_values(world: World) -> None:
    member = await world.member()
    for body, said in (
        (b'{"title":' + b"[" * 70 + b"]" * 70 + b"}", "nested deeper than 64"),
        (b'{"title":[' + b"[]," * 200_000 + b"[]]}", "more than 100,000 values"),
    ):
        answer = await member.http.post("/api/documents", headers=JSON, content=body)
        assert (answer.status_code, answer.json()["error"], answer.json()["field"]) == (422, "invalid", "body")
        assert said in answer.json()["message"]


async def test_a_file_is_read_of_members_who_may_import_only(world: World) -> None:
    member, other = await world.member(), await world.member()
    guest = await world.member(member.org_id, Role.GUEST)
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    cases = (
        (world.client(member.token, other.org_id), 404),
        (world.client(member.token, uuid4()), 404),
        (guest.http, 403),
    )
    for client, status in cases:
        body = Watched(200 * JSON_BYTES)
        answer = await client.post("/api/imports", headers=multipart, content=body)
        assert (answer.status_code, body.taken) == (status, 0), answer.text


async def test_a_chunked_file_is_counted_and_one_that_fits_is_taken(
    world: World, api: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = api.state.context.settings.model_copy(update={"arti_upload_max_bytes": 20 * 1024 * 1024})
    monkeypatch.setattr(api.state, "context", replace(api.state.context, settings=settings))
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    head = (
        f'--x\r\nContent-Disposition: form-data; name="artist_id"\r\n\r\n{artist}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    ).encode()

    async def parts(lines: int) -> AsyncIterator[bytes]:
        yield head
        for _ in range(lines):
            yield b"date,streams\n" * 1000
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    taken = await member.http.post("/api/imports", headers=headers, content=parts(10))
    assert taken.status_code == 201, taken.text
    refused = await member.http.post("/api/imports", headers=headers, content=parts(2000))
    assert (refused.status_code, refused.json()["error"]) == (413, "too_large")
    assert refused.json()["message"] == "The file is larger than 20 MB. Export a shorter period."


async def test_a_large_body_takes_a_slot_of_its_org(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[str, str]] = []
    acquire = LargeBodySlots.acquire

    async def watch(slots: LargeBodySlots, caller: str, org: str = "") -> Slot:
        taken.append((caller, org))
        return await acquire(slots, caller, org)

    monkeypatch.setattr(LargeBodySlots, "acquire", watch)
    member, other = await world.member(), await world.member()
    artist = await make_artist(world.database, member.org_id)
    file = {"file": ("a.csv", b"a" * 2 * ANONYMOUS_BYTES)}
    text = {"title": "Notes", "text": "a" * 2 * ANONYMOUS_BYTES}
    await member.http.post("/api/imports", files=file, data={"artist_id": str(artist)})
    await member.http.post("/api/documents", json=text)
    link = (await member.http.post("/api/upload-links", json={"artist_id": str(artist)})).json()
    token = {"Authorization": f"UploadLink {link['url'].partition('#')[2]}"}
    await world.anonymous.post("/api/uploads", files=file, headers=token)
    assert [org for _, org in taken] == [str(member.org_id)] * 3
    assert [caller for caller, _ in taken][:2] == [str(member.user_id)] * 2
    foreign = await world.client(member.token, other.org_id).post("/api/documents", json=text)
    assert (foreign.status_code, len(taken)) == (404, 3)


async def test_a_webhook_is_read_only_with_a_recent_signature_of_a_known_source(world: World) -> None:
    org = await world.org()
    now = {"webhook-id": "a", "webhook-timestamp": "1000000000", "webhook-signature": "v1,x"}
    calls: tuple[tuple[str, dict[str, str], int], ...] = (
        (f"/webhooks/n8n?org={org}", {}, 401),
        (f"/webhooks/n8n?org={org}", now, 401),
        (f"/webhooks/meta?org={org}", {"x-hub-signature-256": "sha256=0"}, 503),
        ("/webhooks/insight-created", {}, 401),
        ("/webhooks/insight-created", {"Authorization": "Bearer wrong"}, 401),
    )
    for path, headers, status in calls:
        body = Watched(200_000)
        answer = await world.anonymous.post(path, headers=JSON | headers, content=body)
        assert (answer.status_code, body.taken) == (status, 0), (path, headers)


@contextmanager
def running_api(settings: Settings) -> Iterator[tuple[int, psutil.Process]]:
    """Run the API as a process of its own."""
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(Path(__file__).parents[1] / "src"),
        "ARTI_API_PORT": str(port),
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "CLAIMS_SIGNING_KEY": settings.claims_signing_key.get_secret_value(),
        "WORKER_DATABASE_URL": settings.worker_database_url.get_secret_value(),
        "SUPABASE_JWKS": settings.supabase_jwks,
        "SUPABASE_URL": settings.supabase_url,
        "ARTI_MASTER_KEY": MASTER_KEY,
        "ARTI_WEBHOOK_SECRET": f"whsec_{MASTER_KEY}",
    }
    environment |= {name: value for name, value in os.environ.items() if name == clock.ENVIRONMENT_VARIABLE}
    server = subprocess.Popen([sys.executable, "-c", "from arti.api import run; run()"], env=environment)
    try:
        yield port, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(20)


def resident(api: psutil.Process, name: str) -> int:
    """Return a field of the kernel's account of the process, in bytes."""
    for line in Path(f"/proc/{api.pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def reset_peak(api: psutil.Process) -> None:
    Path(f"/proc/{api.pid}/clear_refs").write_text("5")


async def send_until_answered(port: int, head: bytes, size: int) -> bytes:
    """Send a head and `size` bytes, and return the status line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.create_task(reader.readline())
    with suppress(ConnectionError):
        writer.write(head)
        for _ in range(size // 65_536):
            if answer.done():
                break
            writer.write(b"10000\r\n%s\r\n" % (b"a" * 65_536) if b"chunked" in head else b"a" * 65_536)
            await writer.drain()
    line = await asyncio.wait_for(answer, 60)
    writer.close()
    return line


async def test_parallel_bodies_do_not_fill_the_memory(world: World) -> None:
    """bench/bodies has the figure for 50 bodies of 200 MB; the old API kept each of them whole."""
    member = await world.member()
    signed_in = f"Authorization: Bearer {member.token}\r\nX-ARTi-Org: {member.org_id}\r\n"
    with running_api(world.settings) as (port, api):
        for _ in range(900):
            with suppress(OSError):
                assert b" 401 " in await send_until_answered(port, head_of("", "Content-Length: 0"), 0)
                break
            await asyncio.sleep(0.1)
        for sender, length, status in (
            ("", "Content-Length: 40000000", b" 401 "),
            ("", "Transfer-Encoding: chunked", b" 401 "),
            (signed_in, "Content-Length: 40000000", b" 413 "),
            (signed_in, "Transfer-Encoding: chunked", b" 413 "),
        ):
            before = resident(api, "VmRSS")
            reset_peak(api)
            head = head_of(sender, length)
            answers = await asyncio.gather(*(send_until_answered(port, head, 40_000_000) for _ in range(12)))
            assert all(status in answer for answer in answers), answers
            assert resident(api, "VmHWM") - before < 40_000_000, (sender, length)


def head_of(sender: str, length: str) -> bytes:
    lines = f"Host: a\r\nContent-Type: application/json\r\n{sender}{length}\r\n\r\n"
    return f"POST /api/documents HTTP/1.1\r\n{lines}".encode()
