"""Validation of `redirect_to`: upstream's protection against open redirects, ported.

URLs are parsed as Go's `net/url` does; what it would not parse is unparsable here too. Source:
supabase/auth, internal/utilities/request.go (GetReferrer, IsRedirectURLValid).
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request

from arti_core.errors import Misconfigured

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_OR_SPACE = re.compile(r"[\x00-\x20\x7f]")
_DECIMAL = re.compile(r"[0-9]+")
_REGULAR_HOST = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*")
_PORT = re.compile(r"(:[0-9]*)?")
_USERINFO = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")
_HOST_CHARACTERS = re.compile(r"""[A-Za-z0-9\-_.~!$&'()*+,;=:\[\]<>"\x80-\U0010ffff]*""")
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
# In a host only bytes above 0x7f may be escaped.
_BAD_HOST_ESCAPE = re.compile(r"%(?![89a-fA-F][0-9a-fA-F])")
_HOST_ALONE = re.compile(r"https?://[^/]*", re.IGNORECASE)


class UnparsableURL(Exception):
    """Go's url.Parse returns an error for this text."""


@dataclass(frozen=True, slots=True)
class ParsedURL:
    """The parts of a URL that are compared. `host` has no port and no brackets; all are "" when absent."""

    scheme: str
    host: str
    port: str


class Redirects:
    """The URLs that SITE_URL and ADDITIONAL_REDIRECT_URLS allow."""

    def __init__(self, site_url: str, additional: str) -> None:
        """Take globs separated by commas. Raises Misconfigured for an invalid one."""
        self.site_url = site_url
        self._site = parse_url(site_url)
        self._allowed = [_compile(glob.strip()) for glob in _split(additional) if glob.strip()]

    def allows(self, url: str) -> bool:
        """Return whether a browser may be redirected to `url`."""
        if not url or _CONTROL_OR_SPACE.search(url):
            return False
        try:
            parsed = parse_url(url)
        except UnparsableURL:
            # Deep links such as com.my_app://x do not parse, and only the list can allow them. What a browser would
            # read as http must parse, or it could slip past the checks of its host.
            if url.lower().startswith(("http:", "https:")):
                return False
        else:
            if (parsed.scheme, parsed.host) == (self._site.scheme, self._site.host) and (
                parsed.port == self._site.port or _is_loopback(parsed.host)
            ):
                return True
            if _DECIMAL.fullmatch(parsed.host):
                return False
            if _address(parsed.host) is not None:
                return _is_loopback(parsed.host)
            if parsed.scheme in ("http", "https") and not _REGULAR_HOST.fullmatch(parsed.host):
                return False
        without_fragment = url.partition("#")[0]
        # A query right after the host: in https://evil?.site.example the * of a subdomain takes all before the dot.
        host, query, _ = without_fragment.partition("?")
        if query and _HOST_ALONE.fullmatch(host) and not (self._is_listed(host) or self._is_listed(f"{host}/")):
            return False
        return self._is_listed(without_fragment)

    def _is_listed(self, url: str) -> bool:
        return any(glob.fullmatch(url) for glob in self._allowed)

    def of(self, request: Request, requested: object = None) -> str:
        """Return the `redirect_to` of the request if it is allowed, else SITE_URL."""
        candidates = (
            requested,
            request.headers.get("redirect_to") or request.query_params.get("redirect_to"),
            request.headers.get("referer"),
        )
        for url in candidates:
            if isinstance(url, str) and self.allows(url):
                return url
        return self.site_url


def parse_url(url: str) -> ParsedURL:
    """Return the compared parts of `url` as Go's url.Parse finds them. Raises UnparsableURL."""
    rest, _, fragment = url.partition("#")
    if _CONTROL.search(rest) or _BAD_ESCAPE.search(fragment):
        raise UnparsableURL
    scheme, rest = _split_scheme(rest)
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return ParsedURL(scheme, "", "")
        if ":" in rest.partition("/")[0]:
            raise UnparsableURL
    host = port = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
        host, port = _split_authority(authority)
    if _BAD_ESCAPE.search(rest):
        raise UnparsableURL
    return ParsedURL(scheme, host, port)


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """Return `url` with `parameters` in its query; they replace those of the same names."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in parameters]
    head, fragment = url.partition("#")[0].partition("?")[0], url.partition("#")[2]
    return f"{head}?{urlencode([*kept, *sorted(parameters.items())])}" + (f"#{fragment}" if fragment else "")


def with_fragment(url: str, parameters: Mapping[str, str]) -> str:
    """Return `url` with `parameters` as its fragment."""
    return f"{url.partition('#')[0]}#{urlencode(sorted(parameters.items()))}"


def _split_scheme(text: str) -> tuple[str, str]:
    if text.startswith(":"):
        raise UnparsableURL
    head, colon, rest = text.partition(":")
    return (head.lower(), rest) if colon and _SCHEME.fullmatch(head) else ("", text)


def _split_authority(authority: str) -> tuple[str, str]:
    userinfo, at, host = authority.rpartition("@")
    if at and (not _USERINFO.fullmatch(userinfo) or _BAD_ESCAPE.search(userinfo)):
        raise UnparsableURL
    if host.startswith("["):
        inside, bracket, port = host[1:].rpartition("]")
        if not bracket or not _PORT.fullmatch(port) or _zoneless(inside) is None:
            raise UnparsableURL
        return inside, port[1:]
    name, colon, port = host.rpartition(":")
    if colon and not _PORT.fullmatch(colon + port):
        raise UnparsableURL
    name = name if colon else host
    if _BAD_HOST_ESCAPE.search(name) or not _HOST_CHARACTERS.fullmatch(name.replace("%", "")):
        raise UnparsableURL
    return name, port if colon else ""


def _zoneless(text: str) -> object | None:
    try:
        return ipaddress.IPv6Address(text.replace("%25", "%", 1).partition("%")[0])
    except ValueError:
        return None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return None if "%" in host else ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return host == "localhost" or (address is not None and address.is_loopback)


def _split(text: str) -> list[str]:
    """Split at commas outside of braces."""
    return re.split(r",(?![^{}]*\})", text)


def _compile(glob: str) -> re.Pattern[str]:
    """Return `glob` as a pattern. `*` and `?` stop at "." and "/", `**` does not; also [a-z], [!a-z], {a,b}."""
    out, position, depth = [], 0, 0
    while position < len(glob):
        char = glob[position]
        position += 1
        if char == "*":
            deep = glob.startswith("*", position)
            position += deep
            out.append(".*" if deep else "[^./]*")
        elif char == "?":
            out.append("[^./]")
        elif char == "[":
            end = glob.find("]", position + 1)
            if end < 0:
                raise _invalid_glob(glob)
            negated = glob[position] == "!"
            inside = re.sub(r"([\\^\[\]&~|])", r"\\\1", glob[position + negated : end])
            out.append(f"[{'^' if negated else ''}{inside}]")
            position = end + 1
        elif char == "{":
            depth += 1
            out.append("(?:")
        elif char == "}" and depth:
            depth -= 1
            out.append(")")
        elif char == "," and depth:
            out.append("|")
        elif char == "\\" and position < len(glob):
            out.append(re.escape(glob[position]))
            position += 1
        else:
            out.append(re.escape(char))
    try:
        if depth:
            raise _invalid_glob(glob)
        return re.compile("".join(out), re.DOTALL)
    except re.error:
        raise _invalid_glob(glob) from None


def _invalid_glob(glob: str) -> Misconfigured:
    return Misconfigured(
        f"ADDITIONAL_REDIRECT_URLS contains {glob!r}, which is not a valid glob. Example: https://app.example/**."
    )
