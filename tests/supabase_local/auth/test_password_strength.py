"""Passwords that are guessed first are refused wherever one is set, and the answer says why as GoTrue does."""

from typing import Any

import pytest

from supabase_local.auth.users.breached_passwords import DIGESTS, is_breached
from supabase_local.auth.users.password_strength import find_weakness, words_of
from tests.supabase_local.conftest import Gateway

ADA = "ada.lovelace@example.test"
GUESSED = [
    "123456789012",  # of the packaged list, as it stands
    "1q2w3e4r5t6y",
    "Password1234!",  # of the list, with what rules of composition ask for
    "iloveyou123456",
    "aaaaaaaaaaaa",
    "            ",
    "abcdefghijkl",
    "qwertyuiop12",
    "secretsecret",
    "adalovelace12",  # the user's own address
    "soundcloud123",  # a word of the product
]


def weakness_of(password: str) -> list[str]:
    words = words_of([ADA, "soundcloud"])
    weakness = find_weakness(password, min_length=12, refuse_common=True, words=words)
    return weakness["reasons"] if weakness else []


@pytest.mark.parametrize("password", GUESSED)
def test_a_password_that_is_guessed_first_is_weak(password: str) -> None:
    assert weakness_of(password) == ["pwned"]


@pytest.mark.parametrize(
    "password",
    ["nEMvXyHeqDd5OQxyXYZI", "141312190296q", "hjpjxrf23062007", "ipo54tj45uy856", "LOVE777321777", "ghjatccbjyfk"],
)
def test_a_long_password_of_breaches_is_weak_though_it_looks_random(password: str) -> None:
    assert weakness_of(password) == ["pwned"]


def test_the_list_of_long_passwords_is_whole_and_sorted() -> None:
    data = DIGESTS.read_bytes()
    digests = [data[at : at + 5] for at in range(0, len(data), 5)]
    assert len(digests) == len(set(digests)) == 43_940
    assert digests == sorted(digests)
    assert not is_breached("a sentence that nobody has used before, with a comma")


@pytest.mark.parametrize("password", ["correct horse", "a long enough sentence", "qX9-vBn!4Lz2", "ünïcödé straße"])
def test_a_sentence_or_a_random_password_is_not(password: str) -> None:
    assert weakness_of(password) == []


def test_both_reasons_are_given() -> None:
    assert weakness_of("password") == ["length", "pwned"]
    assert weakness_of("qX9-vBn!4Lz") == ["length"]
    assert find_weakness("password", min_length=6, refuse_common=False, words=[]) is None


async def test_every_way_to_set_a_password_refuses_a_weak_one(gateway: Gateway) -> None:
    weak: dict[str, Any] = {"password": "adalovelace12"}
    session = await gateway.sign_up(ADA)
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    user = f"/auth/v1/admin/users/{session['user']['id']}"
    others = {"password": "beahyacinth12", "email": "bea.hyacinth@example.test"}
    answers = {
        "own": await gateway.http.put("/auth/v1/user", json=weak, headers=headers),
        "administrator": await gateway.admin.put(user, json=weak),
        "sign-up": await gateway.http.post("/auth/v1/signup", json=others),
        "creation": await gateway.admin.post("/auth/v1/admin/users", json=others),
        "link": await gateway.admin.post("/auth/v1/admin/generate_link", json=others | {"type": "signup"}),
    }
    for name, answer in answers.items():
        body = answer.json()
        assert (answer.status_code, body["error_code"]) == (422, "weak_password"), name
        assert body["weak_password"] == {"reasons": ["pwned"]}, name
        assert "easy to guess" in body["msg"], name
