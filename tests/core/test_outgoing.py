"""Addresses people give us: hostile ones reach nothing, good ones are called exactly there."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from app.core import outgoing
from app.core.config import Environment, get_settings
from app.core.outgoing import NoAnswer, RefusedAddress
from tests.support.certificates import certificate
from tests.support.receiver import Receiver, receiving

# Each of them leads to this machine, into a private network or to a cloud's own services, or is
# read differently by different parsers. {port} is where a canary listens on loopback.
HOSTILE = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://[::1]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::ffff:0:127.0.0.1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",  # Teredo of a private host
    "http://[fe80::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://METADATA.google.internal./",
    "http://１２７.0.0.1:{port}/",
    "http://127。0。0。1:{port}/",
    "http://ⓛocalhost:{port}/",
    "http://user:secret@127.0.0.1:{port}/",
    "http://example.org@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@example.org/",
    "http://example.org\n@127.0.0.1:{port}/",
    "http://127.0.0.1\t:{port}/",
    "http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: x",
    "http://8.8.8.8:25/",
    "http://8.8.8.8:6379/\x00",
    "http://8.8.8.8:99999/",
    "http://:{port}/",
    "http:///path",
    "//127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_",
    "ftp://127.0.0.1:{port}/",
    "unix:///tmp/socket",
    "javascript:alert(1)",
    "http://[::1/",
    "http://" + "a" * 2_000 + ".org/",
]


@pytest.fixture(autouse=True)
def _not_embedded(monkeypatch) -> None:
    monkeypatch.setattr(get_settings(), "data_dir", None)


@pytest.fixture
def canary() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def resolves(monkeypatch) -> Callable[..., list[str]]:
    """`resolves("a", "b")`: the next name asked for has address a, the one after that b."""

    def answer(*addresses: str) -> list[str]:
        asked: list[str] = []

        def getaddrinfo(host, port, **_):
            found = addresses[min(len(asked), len(addresses) - 1)].split()
            asked.append(str(host))
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

        monkeypatch.setattr(outgoing.socket, "getaddrinfo", getaddrinfo)
        return asked

    return answer


def post(url: str, *, within_s: float = 10.0, most_bytes: int = 100) -> outgoing.Answer:
    return asyncio.run(
        outgoing.post(url, headers={}, content=b"{}", within_s=within_s, most_bytes=most_bytes)
    )


def port_of(receiver: Receiver) -> int:
    return int(receiver.url.split(":")[2].split("/")[0])


def allow(monkeypatch, *places: str) -> None:
    monkeypatch.setattr(get_settings(), "allowed_private_hosts", ", ".join(places))


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_url_reaches_nothing(url, canary):
    """Refused when it is to be kept and again when it is to be called; no connection is made."""
    hostile = url.replace("{port}", str(port_of(canary)))

    with pytest.raises(RefusedAddress):
        outgoing.check(hostile)
    with pytest.raises(RefusedAddress):
        post(hostile)
    assert [] == canary.received


@pytest.mark.parametrize(
    "addresses", ["8.8.8.8 127.0.0.1", "127.0.0.1 8.8.8.8", "8.8.8.8 10.0.0.1 1.1.1.1"]
)
def test_one_private_address_among_public_ones_is_enough(addresses, resolves, canary):
    """A name is not called at its good address when it has a bad one as well."""
    resolves(addresses)

    with pytest.raises(RefusedAddress, match="private network"):
        post(canary.url.replace("127.0.0.1", "mixed.example.org"))
    assert [] == canary.received


def test_a_name_that_changes_its_answer_gains_nothing(resolves, monkeypatch, canary):
    """Resolved once for each call: the address that was checked is the one connected to."""
    asked = resolves("127.0.0.1", "10.0.0.1")
    url = canary.url.replace("127.0.0.1", "rebinds.example.org")
    allow(monkeypatch, f"rebinds.example.org:{port_of(canary)}")
    post(url)
    allow(monkeypatch)

    assert ["rebinds.example.org"] == asked
    assert f"rebinds.example.org:{port_of(canary)}" == canary.received[0].headers["host"]
    with pytest.raises(RefusedAddress):
        post(url)
    assert 1 == len(canary.received)


def test_redirects_and_proxies_are_not_taken(monkeypatch, canary):
    """A redirect is an answer like another, and the environment's proxy is not ours."""
    with receiving() as allowed:
        allow(monkeypatch, f"127.0.0.1:{port_of(allowed)}")
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, canary.url)
        allowed.status, allowed.headers = 307, {"location": canary.url}
        answer = post(allowed.url)

    assert 307 == answer.status_code
    assert [] == canary.received


def test_an_endless_answer_is_cut(monkeypatch, canary):
    """So many bytes are read and no more."""
    allow(monkeypatch, f"127.0.0.1:{port_of(canary)}")
    canary.status, canary.body = 200, b"x" * 1_000_000

    assert "x" * 100 == post(canary.url).text


def test_what_does_not_answer_is_said_so(monkeypatch):
    """A refused connection, a silent server, a name without address: a sentence each."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        allow(monkeypatch, f"127.0.0.1:{port}")
        with pytest.raises(NoAnswer, match="No answer within"):
            post(f"http://127.0.0.1:{port}/", within_s=0.2)
    with pytest.raises(NoAnswer, match="ConnectError"):
        post(f"http://127.0.0.1:{port}/")
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", _unknown)
    with pytest.raises(NoAnswer, match="no address"):
        post("https://hooks.example.invalid/")
    assert "hooks.example.invalid" == outgoing.check("https://hooks.example.invalid/").host


def _unknown(*_args, **_named):
    raise socket.gaierror


def test_the_next_address_is_tried_when_one_is_away(resolves, monkeypatch, canary):
    """A name with two addresses is reached as long as one of them answers."""
    resolves("::1 127.0.0.1")
    allow(monkeypatch, f"two.example.org:{port_of(canary)}")
    answer = post(canary.url.replace("127.0.0.1", "two.example.org"))

    assert 204 == answer.status_code


@pytest.mark.parametrize(
    ("url", "address", "passes"),
    [
        ("https://hooks.example.org/x", "93.184.216.34", True),
        ("https://hooks.example.org:8443/x", "93.184.216.34", True),
        ("https://bücher.example.org/", "2606:2800:220:1::1", True),
        ("https://nat64.example.org/", "64:ff9b::5db8:d822", True),
        ("https://mapped.example.org/", "::ffff:93.184.216.34", True),
        ("http://hooks.example.org/x", "93.184.216.34", False),
    ],
)
def test_good_addresses_pass_and_http_does_not_in_production(
    url, address, passes, resolves, monkeypatch
):
    """Public ones by https; plain http is for development and for what the operator allows."""
    monkeypatch.setattr(get_settings(), "environment", Environment.production)
    resolves(address)
    if not passes:
        with pytest.raises(RefusedAddress, match="Use https"):
            outgoing.check(url)
        allow(monkeypatch, "hooks.example.org:80")

    assert [ipaddress.ip_address(address)] == outgoing.resolve(outgoing.check(url))


def test_loopback_is_for_one_persons_machine(monkeypatch, tmp_path, canary):
    """With embedded servers in development yes, in production no."""
    monkeypatch.setattr(get_settings(), "data_dir", tmp_path)

    assert "127.0.0.1" == outgoing.check(canary.url).host
    monkeypatch.setattr(get_settings(), "environment", Environment.production)
    with pytest.raises(RefusedAddress):
        outgoing.check(canary.url)


@pytest.fixture
def tls_server(monkeypatch, tmp_path) -> Iterator[tuple[int, list[str]]]:
    """A server with a certificate for hooks.example.org, which we trust; names it was asked for."""
    pem = certificate(tmp_path, "hooks.example.org")
    asked: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.sni_callback = lambda _socket, wanted, _context: asked.append(wanted)
    trusting = ssl.create_default_context(cafile=pem)
    monkeypatch.setattr(outgoing, "_tls", lambda: trusting)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=_answer, args=(server, context), daemon=True)
        thread.start()
        yield server.getsockname()[1], asked
    thread.join(timeout=5)


def _answer(server: socket.socket, context: ssl.SSLContext) -> None:
    for _ in range(2):
        try:
            plain, _ = server.accept()
            with plain, context.wrap_socket(plain, server_side=True) as connection:
                while not connection.recv(4096).endswith(b"{}"):
                    continue
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        except OSError:
            continue


def test_tls_is_checked_against_the_name(tls_server, resolves, monkeypatch):
    """The connection goes to a number; certificate and server name are those of the host."""
    port, asked = tls_server
    resolves("127.0.0.1")
    allow(monkeypatch, f"hooks.example.org:{port}", f"other.example.org:{port}")

    assert "ok" == post(f"https://hooks.example.org:{port}/").text
    with pytest.raises(NoAnswer, match=r"other\.example\.org"):
        post(f"https://other.example.org:{port}/")
    assert ["hooks.example.org", "other.example.org"] == asked
