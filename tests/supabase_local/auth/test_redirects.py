"""The guard against open redirects: where a link may lead back to, and what hostile addresses get."""

import pytest

from arti_core.errors import Misconfigured
from supabase_local.auth.redirects import Redirects, UnparsableURL, parse_url
from tests.supabase_local.conftest import Gateway

SITE = "https://app.arti.example"
ALLOWED = (
    "https://*.preview.arti.example/**, https://exact.example/callback, com.my_app.arti://callback,"
    "arti://**, http://localhost:3000/*, https://{one,two}.example/, https://x?.example/[a-c][!0-9], https://bare.example**"
)


@pytest.fixture(scope="module")
def redirects() -> Redirects:
    return Redirects(SITE, ALLOWED)


@pytest.mark.parametrize(
    "url",
    [
        SITE,
        f"{SITE}/",
        f"{SITE}/anywhere?x=1#y",
        f"{SITE}?next=https://evil.example",
        "HTTPS://app.arti.example/",  # schemes are case-insensitive
        "https://me:secret@app.arti.example/",  # the host is still the site's
        "https://pr-7.preview.arti.example/a/b.c?d=e",
        "https://exact.example/callback",
        "https://exact.example/callback#anything",
        "https://bare.example?x=1",
        "com.my_app.arti://callback",
        "arti://open/insight?id=7",
        "http://localhost:3000/in",
        "https://one.example/",
        "https://two.example/",
        "https://xy.example/bz",
        "http://127.0.0.1/",  # loopback, on any port: native apps listen there (RFC 8252, 7.3)
        "http://127.0.0.1:50123/cb",
        "http://127.8.9.1:1/",
        "http://[::1]:8080/cb",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_allowed(redirects: Redirects, url: str) -> None:
    assert redirects.allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "//app.arti.example/",
        "https://evil.example/",
        "http://app.arti.example/",  # another scheme
        "https://app.arti.example:8443/",  # another port
        "https://app.arti.example.evil.example/",
        "https://evilapp.arti.example/",
        "https://app.arti.example@evil.example/",
        "https://app.arti.example%40evil.example/",
        "https://app.arti.example%2eevil.example/",
        "https://app.arti.example\\@evil.example/",
        "https://evil.example\\.preview.arti.example/x",
        "https://evil.example\\/.preview.arti.example/x",
        "https:\\\\evil.example\\.preview.arti.example/x",
        "https:/\\evil.example/",
        "https:evil.example",
        "https:///evil.example/",
        "https:////evil.example/",
        "\thttps://app.arti.example/",
        " https://app.arti.example/",
        "https://app.arti.example/\r\nSet-Cookie: a=b",
        "https://app.arti.example/\x00",
        "https://app.arti.example/a b",
        "java\nscript:alert(1)",
        "javascript:alert(document.domain)",
        "javascript://app.arti.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "https://2130706433/",  # 127.0.0.1 as one number
        "https://3232235777:80/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "https://10.0.0.1/",
        "https://192.168.1.1/callback",
        "https://169.254.169.254/latest/meta-data/",
        "https://8.8.8.8/",
        "https://[2001:db8::1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[::1%25eth0]/",
        "https://[::1/",
        "https://evil.example:99999x/",
        "https://a:b:c/",
        "https://2130706433/%zz",
        "https://app.arti.example/%zz",
        "https://app.arti.example/#%zz",
        "https://аpp.arti.example/",  # a Cyrillic letter
        "https://app。arti。example/",
        "https://-evil.example/",
        "https://evil.example.",
        "https://evil_host.preview.arti.example/x",
        "https://a.b.preview.arti.example/x",  # * stops at a dot
        "https://preview.arti.example/x",
        "https://x/.preview.arti.example/",
        "https://evil.example/?.preview.arti.example/x",
        "https://evil?.preview.arti.example/x",  # * takes the question mark too, and a browser goes to the host evil
        "HTTPS://localhost:8443?.preview.arti.example/x",
        "https://evil.example/#.preview.arti.example/x",
        "https://exact.example/callback/",
        "https://exact.example/callback?x=1",
        "https://exact.example/callbackx",
        "https://sub.exact.example/callback",
        "com.my_app.arti://other",
        "com.other://callback",
        "http://localhost:3000/in/deeper",
        "http://localhost:4000/in",  # any port is allowed only where the site itself is localhost
        "https://three.example/",
        "https://xyz.example/bz",
        "https://xy.example/dz",
        "https://xy.example/b7",
        "https://exact.example/callback".replace("exact", "exact\u200b"),
    ],
)
def test_refused(redirects: Redirects, url: str) -> None:
    assert not redirects.allows(url)


def test_a_loopback_site_allows_every_port() -> None:
    local = Redirects("http://localhost:3000", "")
    assert local.allows("http://localhost:5173/in")
    assert not local.allows("https://localhost:3000/")
    assert not local.allows("http://localhost.evil.example:3000/")


@pytest.mark.parametrize("glob", ["https://{a,b.example/", "https://[a.example/", "https://[z-a].example/"])
def test_an_invalid_glob_stops_the_start(glob: str) -> None:
    with pytest.raises(Misconfigured, match="ADDITIONAL_REDIRECT_URLS"):
        Redirects(SITE, glob)


@pytest.mark.parametrize("url", ["http://%zz/", ":no", "http://[::1", "http://a b/", "a_b:c", "http://h:p/"])
def test_unparsable_urls(url: str) -> None:
    with pytest.raises(UnparsableURL):
        parse_url(url)


async def test_redirect_to_is_read_from_three_places(gateway: Gateway) -> None:
    """The header, then the query, then the referrer; whatever is not allowed leads to SITE_URL."""
    site = gateway.settings.site_url
    for headers, query, expected in (
        ({}, "", site),
        ({}, "&redirect_to=https://evil.example/", site),
        ({}, f"&redirect_to={site}/in", f"{site}/in"),
        ({"redirect_to": f"{site}/header"}, f"&redirect_to={site}/in", f"{site}/header"),
        ({"referer": f"{site}/page"}, "&redirect_to=https://evil.example/", f"{site}/page"),
        ({"referer": "https://evil.example/"}, "", site),
        ({"host": "evil.example", "x-forwarded-host": "evil.example"}, "", site),
    ):
        response = await gateway.http.get(f"/auth/v1/verify?type=signup&token=none{query}", headers=headers)
        assert response.status_code == 303
        assert response.headers["location"].partition("#")[0] == expected


async def test_mailed_links_use_the_configured_gateway_url(gateway: Gateway) -> None:
    body = {"type": "magiclink", "email": "ada@example.test", "redirect_to": "https://evil.example/"}
    for headers in ({}, {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "ftp"}):
        response = await gateway.admin.post("/auth/v1/admin/generate_link", json=body, headers=headers)
        link = response.json()["action_link"]
        assert link.startswith(f"{gateway.url}/auth/v1/verify?token=")
        assert link.endswith(f"&redirect_to={gateway.settings.site_url}")
