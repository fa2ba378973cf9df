"""Sentences of the API are in the language of whoever reads the answer; codes and what people wrote are not touched."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2 as httpx

from arti.language.messages.catalogue import translate
from arti.language.reader_locale import ReaderLocale
from tests.conftest import Member, World
from tests.isolation.operation_calls import make_call, operations
from tests.isolation.seeding import SeededOrg, TenantTables

GERMAN = ReaderLocale("de")


async def read_in_german(member: Member, **choices: str) -> None:
    answer = await member.http.patch("/auth/me", json={"language": "de", **choices})
    assert answer.status_code == 200, answer.text


def list_texts(body: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(body, str):
        yield path, body
    elif isinstance(body, list):
        for each in body:
            yield from list_texts(each, path)
    elif isinstance(body, dict):
        for name, each in body.items():
            yield from list_texts(each, f"{path}.{name}")


def find_english(answer: httpx.Response) -> list[tuple[str, str]]:
    """Return the sentences of an answer that the catalogue has in German."""
    if not answer.content or not answer.headers.get("content-type", "").startswith("application/json"):
        return []
    return [
        (path, text)
        for path, text in list_texts(answer.json())
        if text.count(" ") > 1 and text[-1] in ".?" and translate(text, GERMAN) != text
    ]


async def test_no_operation_sends_a_german_reader_an_english_sentence(world: World) -> None:
    member = await world.member()
    await read_in_german(member)
    document = world.document
    german, english = 0, []
    async with TenantTables.of(world.database) as seeded_database:
        for _, method, path in operations(document):
            call = make_call(document, method, path, SeededOrg(seeded_database))
            # Where the member's row is not read, the header alone says it; the web app always sends it.
            of_operation = document["paths"][path][method.lower()]
            names_org = any(each["name"] == "X-ARTi-Org" for each in of_operation.get("parameters", ()))
            reads_row = names_org and not path.endswith("/series")
            headers = {} if reads_row else {"Accept-Language": "de"}
            own, unplanted = call.arguments(), {**call.arguments(), "json": {"\0": 1}}
            for arguments in (own, unplanted):
                answer = await member.http.request(**arguments, headers=headers)
                english += [(method, path, *found) for found in find_english(answer)]
                german += answer.status_code >= 400
    assert not english
    assert german > 100


async def test_the_profile_goes_before_the_header_and_english_is_what_is_left(world: World) -> None:
    member = await world.member()
    unknown = f"/api/artists/{uuid4()}"

    async def message(**headers: str) -> str:
        answer = await member.http.get(unknown, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
        return str(answer.json()["message"])

    assert await message() == "There is no such artist here. Check the id, or pick another org."
    assert await message(**{"Accept-Language": "fr-CA, en;q=0.5"}) == (
        "Introuvable : artiste. Vérifiez l’identifiant ou choisissez une autre organisation."
    )
    await read_in_german(member)
    german = "Künstler nicht gefunden. Prüfen Sie die ID oder wechseln Sie die Organisation."
    assert await message(**{"Accept-Language": "fr"}) == german
    assert await message() == german


async def test_each_field_of_a_form_is_refused_in_german(world: World) -> None:
    member = await world.member()
    await read_in_german(member)
    answer = await member.http.post("/api/artists", json={"name": "", "country": "Germany", "mood": "good"})
    assert answer.json()["error"] == "invalid"
    messages = {each["field"]: each["message"] for each in answer.json()["problems"]}
    assert messages == {
        "name": "Bitte ausfüllen: Name.",
        "country": "Land: Die Form stimmt nicht.",
        "mood": "Hier nicht bekannt: Mood.",
    }


async def test_numbers_of_a_sentence_have_the_form_of_the_reader(world: World) -> None:
    member = await world.member()
    await read_in_german(member, number_form="apostrophe_point")
    answer = await member.http.post("/api/campaigns", json={"notes": "x" * 10_001})
    messages = {each["field"]: each["message"] for each in answer.json()["problems"]}
    assert messages["notes"] == "Notizen: zu lang, höchstens 10’000 Zeichen."


async def test_names_stay_as_they_are(world: World) -> None:
    member = await world.member()
    await read_in_german(member)
    name = "There is no such artist here."
    created = await member.http.post("/api/artists", json={"name": name})
    assert created.json()["name"] == name
    again = await member.http.post("/api/artists", json={"name": name})
    assert again.json()["message"] == f"Einen Künstler namens {name} gibt es schon."
