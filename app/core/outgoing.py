"""Addresses that people give us: which of them may be called, and a call that goes there only.

A name is resolved once, every address it has must be public, and the connection is made to that
very address, so that a name which changes its answer in between gains nothing. TLS is checked
against the name. No redirect is followed and no proxy taken from the environment.
"""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx2
import idna

from app.core.config import Environment, Settings, get_settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_URL = 2_000
DEFAULT_PORTS = {"http": 80, "https": 443}
FIRST_FREE_PORT = 1024  # below it 80 and 443 only: mail, SSH and the like are no receivers
MOST_ADDRESSES = 3  # tried one after the other

# public by their number, private by their meaning: the clouds' own services
METADATA = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "100.100.100.200")))
METADATA_NAMES = ("metadata.google.internal", "metadata.goog", "instance-data.ec2.internal")

# IPv6 that carries an IPv4 address in its last 32 bits
CARRIERS = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b::/96", "::ffff:0:0:0/96")))
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
NEVER = (  # which Python, depending on its version, takes for public
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("fec0::/10"),
)


class RefusedAddress(ValueError):
    """The address may not be called; the sentence says why."""


class NoAnswer(Exception):
    """The call was made and nothing usable came back; the sentence says what happened."""


class Target(NamedTuple):
    """An address in parts; `host` is a name or a number, in ASCII."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def place(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


class Answer(NamedTuple):
    """What came back: the status, and the start of the body as text."""

    status_code: int
    text: str
    duration_ms: int
    headers: Mapping[str, str]  # by their names in lower case


def parse(url: str) -> Target:
    """The parts of an http(s) URL; raises RefusedAddress for what two parsers read differently."""
    if len(url) > LONGEST_URL:
        raise RefusedAddress(f"A URL may have {LONGEST_URL} characters.")
    if any(sign.isspace() or not sign.isprintable() or sign == "\\" for sign in url):
        raise RefusedAddress("Leave blanks, control characters and backslashes out of the URL.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedAddress("This is not a URL; write https://host/path.") from error
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise RefusedAddress("Write the URL as https://host/path.")
    if "@" in parts.netloc:
        raise RefusedAddress("Leave user name and password out of the URL.")
    target = Target(
        scheme=parts.scheme,
        host=_ascii(parts.hostname),
        port=DEFAULT_PORTS[parts.scheme] if port is None else port,
        path=_path(parts.path, parts.query),
    )
    _refuse_port(target)
    return target


def _ascii(host: str) -> str:
    if "%" in host:
        raise RefusedAddress("Leave percent signs and zones out of the host.")
    try:  # the dot at the end of a full name is part of no certificate
        return (host if host.isascii() else idna.encode(host).decode()).rstrip(".")
    except idna.IDNAError as error:
        raise RefusedAddress("The host's name has characters that no host has.") from error


def _path(path: str, query: str) -> str:
    return (path or "/") + (f"?{query}" if query else "")


def _refuse_port(target: Target) -> None:
    usual = target.port in DEFAULT_PORTS.values() or target.port >= FIRST_FREE_PORT
    if not usual and not _is_allowed_by_operator(target):
        raise RefusedAddress("Use port 80 or 443, or one above 1023.")


def _is_allowed_by_operator(target: Target) -> bool:
    allowed = get_settings().private_hosts
    return f"{target.host}:{target.port}" in allowed or f"[{target.host}]:{target.port}" in allowed


def check(url: str) -> Target:
    """A URL that somebody wants to keep; raises RefusedAddress when it may not be called.

    A name that cannot be resolved right now passes: each call looks again.
    """
    target = parse(url)
    try:
        resolve(target)
    except NoAnswer:
        _refuse_scheme(target, [])
    return target


def resolve(target: Target) -> list[Address]:
    """The addresses to call; raises RefusedAddress unless every one of them may be called."""
    if target.host in METADATA_NAMES and not _is_allowed_by_operator(target):
        raise RefusedAddress("This name belongs to a cloud's own services.")
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(info[4][0])) for info in found]
    except (OSError, UnicodeError, ValueError) as error:
        raise NoAnswer(f"The name {target.host} has no address.") from error
    _refuse_scheme(target, addresses)
    if not _is_allowed_by_operator(target) and not _is_own_machine(addresses, get_settings()):
        for address in addresses:
            _refuse_private(address)
    return list(dict.fromkeys(addresses))


def _refuse_scheme(target: Target, addresses: list[Address]) -> None:
    settings = get_settings()
    if target.scheme == "https" or settings.environment is Environment.development:
        return
    if not _is_allowed_by_operator(target) and not _is_own_machine(addresses, settings):
        raise RefusedAddress("Use https: plain http can be read and changed on its way.")


def _is_own_machine(addresses: list[Address], settings: Settings) -> bool:
    """Loopback, where the platform runs on one person's machine with embedded servers."""
    embedded = settings.data_dir is not None and settings.environment is Environment.development
    return embedded and bool(addresses) and all(address.is_loopback for address in addresses)


def _refuse_private(address: Address) -> None:
    for inner in unpacked(address):
        public = inner.is_global and not inner.is_multicast and not inner.is_reserved
        if not public or inner in METADATA or any(inner in network for network in NEVER):
            raise RefusedAddress(
                "The URL leads into a private network. The operator can allow a host there with "
                "LLMOPS_ALLOWED_PRIVATE_HOSTS."
            )


def unpacked(address: Address) -> list[Address]:
    """The address, and the IPv4 addresses it carries inside: mapped, NAT64, 6to4, Teredo."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inside: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in CARRIERS):
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    carried = [item for item in inside if item is not None]
    # these two mean what is inside and nothing else; of themselves Python says reserved
    is_wrapper = address.ipv4_mapped is not None or address in NAT64
    return carried if is_wrapper else [address, *carried]


@lru_cache(1)
def _tls() -> ssl.SSLContext:
    """Loaded once: 20 ms. An operator's SSL_CERT_FILE counts."""
    return httpx2.create_ssl_context()


async def post(
    url: str, *, headers: dict[str, str], content: bytes, within_s: float, most_bytes: int
) -> Answer:
    """One POST; raises RefusedAddress before, NoAnswer after a connection was tried.

    `within_s` bounds all of it: resolving, connecting, sending, and reading `most_bytes`.
    """
    target = parse(url)
    started = time.monotonic()
    try:
        async with asyncio.timeout(within_s):
            addresses = await asyncio.to_thread(resolve, target)
            status_code, received, body = await _send(
                target, addresses, headers, content, most_bytes
            )
    except TimeoutError as error:
        raise NoAnswer(f"No answer within {within_s:g} s.") from error
    except httpx2.HTTPError as error:
        raise NoAnswer(f"{type(error).__name__}: {error}"[:300]) from error
    # NUL would not be stored, and is nothing to show
    text = body.decode("utf-8", "replace").replace("\0", "\ufffd")
    return Answer(status_code, text, round((time.monotonic() - started) * 1000), received)


async def _send(
    target: Target,
    addresses: list[Address],
    headers: dict[str, str],
    content: bytes,
    most_bytes: int,
) -> tuple[int, Mapping[str, str], bytes]:
    transport = httpx2.AsyncHTTPTransport(verify=_tls(), trust_env=False)
    async with httpx2.AsyncClient(
        transport=transport, trust_env=False, follow_redirects=False, timeout=None
    ) as client:
        tried = addresses[:MOST_ADDRESSES]
        for address in tried:
            request = client.build_request(
                "POST",
                _at(target, address),
                headers={"host": target.place, "accept-encoding": "identity"} | headers,
                content=content,
                extensions={"sni_hostname": target.host},
            )
            try:
                response = await client.send(request, stream=True)
            except httpx2.ConnectError:
                if address == tried[-1]:
                    raise
                continue
            start = await _start_of(response, most_bytes)
            return response.status_code, dict(response.headers), start
    raise NoAnswer(f"The name {target.host} has no address.")


def _at(target: Target, address: Address) -> str:
    host = f"[{address}]" if address.version == 6 else str(address)
    return f"{target.scheme}://{host}:{target.port}{target.path}"


async def _start_of(response: httpx2.Response, most_bytes: int) -> bytes:
    body = b""
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) >= most_bytes:
                break
    finally:
        await response.aclose()
    return body[:most_bytes]
