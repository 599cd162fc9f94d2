"""`Http` against a server of our own: what it makes of every answer, and where it does not go."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import math
import socket
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from provider import Fault, Provider

from duck_and_cover.errors import BadInput
from duck_and_cover.sources.http import (
    MOST_REDIRECTS,
    Broken,
    Http,
    Refused,
    Reply,
    Unanswered,
    Wait,
    check_contact,
)

Start = Callable[..., Provider]
T = TypeVar("T")
CONTACT = "duck@pond.example"
HOSTS = frozenset({"coverartarchive.org", ".archive.org", ".scdn.co"})
PUBLIC = "93.184.216.34"


def run(work: Callable[[Http], Awaitable[T]], *providers: Provider, hosts: frozenset[str] = frozenset(),
        **options: Any) -> T:  # fmt: skip
    """What `work` gives, with an `Http` that may ask these providers and hosts as fast as it can."""

    async def main() -> T:
        rates = dict.fromkeys([*hosts, "127.0.0.1"], math.inf)
        local = frozenset(each.address for each in providers)
        async with Http(hosts, rates, CONTACT, local=local, **options) as http:
            return await work(http)

    return asyncio.run(main())


def get(url: str, *providers: Provider, hosts: frozenset[str] = frozenset(), most_bytes: int = 20_000_000,
        headers: dict[str, str] | None = None, **options: Any) -> Reply:  # fmt: skip
    return run(lambda http: http.get(url, headers=headers, most_bytes=most_bytes), *providers, hosts=hosts, **options)


@pytest.fixture
def faulty(start: Start) -> Callable[..., tuple[Provider, str]]:
    """`faulty("404", count=2)`: a provider and the address of a picture that goes wrong there."""

    def made(kind: str, **options: Any) -> tuple[Provider, str]:
        provider = start(faults=[Fault(r"/64$", kind, **options)])
        return provider, provider.image_url(provider.world.album_id(0, 0), 64)

    return made


@pytest.fixture
def plain(faulty: Callable[..., tuple[Provider, str]]) -> tuple[Provider, str]:
    return faulty("404", count=0)


class Net(SimpleNamespace):
    """answers: name -> addresses; public for others. looked_up, connected: in order."""

    answers: dict[str, list[str]]
    looked_up: list[str]
    connected: list[tuple[str, int]]


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Net:
    """Name look-ups answered here, and connections that are noted and refused."""
    net = Net(answers={}, looked_up=[], connected=[])

    def getaddrinfo(host: str, port: int, *arguments: Any, **named: Any) -> list[Any]:
        host.encode("idna")  # as the real one does first
        net.looked_up.append(host)
        found = []
        for address in net.answers.get(host, [PUBLIC]):
            ip = ipaddress.ip_address(address)
            at = (address, port) if ip.version == 4 else (address, port, 0, 0)
            family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
            found.append((family, socket.SOCK_STREAM, 6, "", at))
        return found

    def connect(self: socket.socket, address: Any) -> None:
        net.connected.append(address[:2])
        raise OSError(errno.ECONNREFUSED, "refused")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connect)
    return net


# what an answer means


def test_a_reply(plain: tuple[Provider, str]) -> None:
    provider, url = plain
    reply = get(url, provider)
    assert (reply.status, reply.url, reply.headers["content-type"]) == (200, url, "image/jpeg")
    assert reply.body.startswith(b"\xff\xd8") and reply.body.endswith(b"\xff\xd9")
    agent = provider.log[0].headers["User-Agent"]
    assert CONTACT in agent and agent.startswith("duck-and-cover/")


def test_not_modified(plain: tuple[Provider, str]) -> None:
    provider, url = plain
    etag = get(url, provider).headers["etag"]
    reply = get(url, provider, headers={"If-None-Match": etag})
    assert (reply.status, reply.body) == (304, b"")


@pytest.mark.parametrize(
    ("kind", "options", "error", "status"),
    [
        ("404", {}, Refused, 404),
        ("401", {}, Refused, 401),
        ("403", {}, Refused, 403),
        ("410", {}, Refused, 410),
        ("500", {}, Broken, 500),
        ("502", {}, Broken, 502),
        ("503", {}, Wait, 503),
        ("429", {"value": 7200}, Wait, 429),
        ("truncated", {}, Broken, 0),
        ("reset", {"count": None}, Broken, 0),
    ],
)
def test_what_is_not_an_answer(faulty: Any, kind: str, options: Any, error: type[Unanswered], status: int) -> None:
    provider, url = faulty(kind, **options)
    with pytest.raises(error) as caught:
        get(url, provider)
    assert type(caught.value) is error and caught.value.status == status
    assert len(provider.log) == 1 or kind == "reset", "what to try again is not decided here"
    other = provider.image_url(provider.world.album_id(0, 1), 64)
    assert url not in caught.value.reason and other not in caught.value.reason and len(caught.value.reason) < 60


def test_a_refusal_shows_the_beginning_of_what_came(faulty: Any) -> None:
    provider, url = faulty("400", value="Invalid limit")
    with pytest.raises(Refused) as caught:
        get(url, provider)
    assert "Invalid limit" in caught.value.text and len(caught.value.text) <= 500


def test_a_reply_without_content_is_no_answer(faulty: Any) -> None:
    provider, url = faulty("204")
    with pytest.raises(Unanswered):
        get(url, provider)


def test_html_is_no_json(faulty: Any) -> None:
    provider, url = faulty("html")
    reply = get(url, provider)
    with pytest.raises(Broken):
        reply.json()
    assert Reply(200, {}, '{"a": "ö"}'.encode(), url).json() == {"a": "ö"}
    for body in (b"", b"\xff\xfe\xfd", b'{"a"'):
        with pytest.raises(Broken):
            Reply(200, {}, body, url).json()


def test_content_that_is_wrong_comes_through(faulty: Any) -> None:
    """What a picture is, is found out by who decodes it."""
    for kind in ("cut", "garbage", "empty", "bomb"):
        provider, url = faulty(kind)
        assert get(url, provider).status == 200


def test_slow(faulty: Any) -> None:
    provider, url = faulty("slow", value=0.05)
    began = time.perf_counter()
    with pytest.raises(Broken, match="no answer in time"):
        get(url, provider, timeout_s=0.3)
    assert time.perf_counter() - began < 20


@pytest.mark.parametrize("announced", [None, 500_000_000])
def test_too_large_is_not_read_to_its_end(faulty: Any, announced: int | None) -> None:
    provider, url = faulty("large", value=announced)
    with pytest.raises(Refused, match="larger than allowed"):
        get(url, provider, most_bytes=1_000_000)
    sent = -1
    while sent != provider.log[0].sent:
        sent = provider.log[0].sent
        assert sent < 30_000_000
        time.sleep(0.1)


def test_what_is_announced_too_large_is_not_read_at_all(faulty: Any) -> None:
    provider, url = faulty("slow", value=1)
    with pytest.raises(Refused, match="larger than allowed"):
        get(url, provider, most_bytes=100, timeout_s=20)
    assert provider.log[0].sent < 10


def test_too_large_once_unpacked(faulty: Any) -> None:
    provider, url = faulty("zip-bomb")
    with pytest.raises(Refused, match="larger than allowed"):
        get(url, provider, most_bytes=1_000_000)


def test_nobody_there(start: Start) -> None:
    with Provider() as provider:
        url = provider.image_url(provider.world.album_id(0, 0), 64)
    with pytest.raises(Broken):
        get(url, provider)


def test_who_gives_up_leaves_the_rest_usable(faulty: Any) -> None:
    provider, url = faulty("slow", value=0.05)

    async def work(http: Http) -> Reply:
        task = asyncio.create_task(http.get(url))
        while not provider.log:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await http.get(url)

    assert run(work, provider, connections=1).status == 200


def test_requests_are_counted(plain: tuple[Provider, str]) -> None:
    provider, url = plain

    async def work(http: Http) -> int:
        await asyncio.gather(*(http.get(url) for _ in range(5)))
        return http.requests

    assert run(work, provider) == 5 == len(provider.log)


# leaving hosts alone


def test_retry_after_is_obeyed(faulty: Any) -> None:
    provider, url = faulty("429", value=1)

    async def work(http: Http) -> None:
        with pytest.raises(Wait) as caught:
            await http.get(url)
        assert (caught.value.status, caught.value.seconds) == (429, 1)
        assert (await http.get(url)).status == 200

    run(work, provider)
    first, second = provider.log
    assert second.time_s - first.time_s >= 1 and provider.inside_window() == []


def test_those_that_wait_already_obey_as_well(start: Start) -> None:
    provider = start(faults=[Fault("/64$", "429", first=2, value=1)])
    url = provider.image_url(provider.world.album_id(0, 0), 64)

    async def work(http: Http) -> list[Any]:
        http.pace("127.0.0.1").most = http.pace("127.0.0.1").rate = 8
        return await asyncio.gather(*(http.get(url) for _ in range(9)), return_exceptions=True)

    found = run(work, provider)
    assert [type(each) for each in found].count(Wait) == 1 and [type(each) for each in found].count(Reply) == 8
    assert provider.inside_window(grace_s=0.4) == [], "but for those on their way, none of one in 0.125 s"


def test_those_that_wait_for_a_connection_obey_too(start: Start) -> None:
    provider = start(faults=[Fault("/64$", "429", value=2)], delay_s=0.05)
    url = provider.image_url(provider.world.album_id(0, 0), 64)

    async def work(http: Http) -> list[Any]:
        return await asyncio.gather(*(http.get(url) for _ in range(2)), return_exceptions=True)

    found = run(work, provider, connections=1)
    assert sorted(type(each).__name__ for each in found) == ["Reply", "Wait"]
    assert provider.inside_window() == []


def test_a_long_wait_is_told_and_nothing_is_sent(faulty: Any) -> None:
    provider, url = faulty("429", value=7200)

    async def work(http: Http) -> None:
        with pytest.raises(Wait) as caught:
            await http.get(url)
        assert caught.value.seconds == 7200
        with pytest.raises(Wait) as again:  # nobody is kept waiting for two hours
            await asyncio.wait_for(http.get(url), 3)
        assert 7100 < (again.value.seconds or 0) <= 7200

    run(work, provider)
    assert len(provider.log) == 1


@pytest.mark.parametrize(("kind", "value", "least", "most"), [
    ("503", 2, 2, 2), ("503", "1.5", 1.5, 1.5), ("429", "0", 0, 0), ("429", "-5", 0, 0),
    ("429", "DATE+20", 15, 20), ("429", "DATE-20", 0, 0), ("503", None, None, None), ("429", "soon", None, None),
    ("429", "", None, None), ("429", "nan", None, None),
    ("429", "inf", None, None),
])  # fmt: skip
def test_how_long(faulty: Any, kind: str, value: Any, least: float | None, most: float | None) -> None:
    if isinstance(value, str) and value.startswith("DATE"):
        value = formatdate(time.time() + float(value[4:]), usegmt=True)
    provider, url = faulty(kind, value=value)
    with pytest.raises(Wait) as caught:
        get(url, provider)
    seconds = caught.value.seconds
    assert seconds is None if least is None else seconds is not None and least <= seconds <= (most or 0)


def test_a_host_that_does_not_say_how_long_is_left_alone_for_a_second(faulty: Any) -> None:
    provider, url = faulty("503")

    async def work(http: Http) -> None:
        with pytest.raises(Wait):
            await http.get(url)
        await http.get(url)

    run(work, provider)
    assert provider.log[1].time_s - provider.log[0].time_s >= 1


def test_each_host_has_its_pace() -> None:
    async def main() -> None:
        http = Http(HOSTS, {".archive.org": 7.0, "coverartarchive.org": 3.0}, CONTACT)
        assert http.pace("ia801.us.archive.org").most == 7
        assert http.pace("coverartarchive.org").most == 3
        assert http.pace("i.scdn.co").most == 4, "where nothing is said"
        assert http.pace("i.scdn.co") is http.pace("i.scdn.co") is not http.pace("coverartarchive.org")

    asyncio.run(main())


# where it goes


def test_a_redirect_here_is_followed(start: Start) -> None:
    provider = start()
    album = provider.world.album_id(0, 0)
    provider.faults, url = [Fault("/64", "redirect", value=f"../{album}/300?b=2")], provider.image_url(album, 64)
    reply = run(lambda http: http.get(url, {"a": 1}, {"Authorization": "Bearer secret"}), provider)
    assert reply.status == 200 and reply.url.endswith("/300?b=2")
    assert [asked.path.rpartition("/")[2] for asked in provider.log] == ["64?a=1", "300?b=2"]
    assert provider.log[1].headers["Authorization"] == "Bearer secret", "the same host"


@pytest.mark.parametrize("name", [
    "Authorization",
    "authorization",
])  # fmt: skip
def test_a_token_is_for_its_host(faulty: Any, plain: tuple[Provider, str], name: str) -> None:
    other, target = plain
    provider, url = faulty("redirect", value=target)
    assert get(url, provider, other, headers={name: "Bearer secret", "X-Duck": "quack"}).status == 200
    assert provider.log[0].headers["Authorization"] == "Bearer secret"
    assert "secret" not in str(other.log[0].headers) and other.log[0].headers["X-Duck"] == "quack"


def test_a_loop_ends(faulty: Any) -> None:
    provider, url = faulty("redirect", count=None)
    with pytest.raises(Refused, match="redirects"):
        get(url, provider)
    assert len(provider.log) == MOST_REDIRECTS + 1


def test_a_redirect_to_nowhere(faulty: Any) -> None:
    provider, url = faulty("302", count=None)
    with pytest.raises(Refused):
        get(url, provider)
    assert len(provider.log) <= MOST_REDIRECTS + 1


BAD_TARGETS = [
    "http://10.0.0.1/x", "https://10.0.0.1/x", "http://169.254.169.254/latest/meta-data", "http://127.0.0.1:1/x",
    "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://0/", "https://2130706433/",
    "file:///etc/hostname", "ftp://example.org/x", "gopher://127.0.0.1/", "data:text/plain,x", "javascript:1",
    "https://example.org/x", "//example.org/x", "https://i.scdn.co.example.org/", "https://i.scdn.co@example.org/",
    "http://i.scdn.co/x", "https://i.scdn.co:99999/",
]  # fmt: skip


@pytest.mark.parametrize("target", BAD_TARGETS)
def test_redirects_that_are_not_followed(net: Net, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    replies = iter([_scripted(302, target)])
    monkeypatch.setattr("aiohttp.ClientSession.request", lambda *arguments, **named: next(replies))
    provider = SimpleNamespace(address=("127.0.0.1", 5000))
    with pytest.raises(Refused) as caught:
        get("http://127.0.0.1:5000/x", provider, hosts=HOSTS)  # type: ignore[arg-type]
    assert caught.value.status == 0 and net.looked_up == net.connected == []


def test_a_real_redirect_to_a_private_place_meets_no_socket(faulty: Any, plain: tuple[Provider, str]) -> None:
    """As above, through a real exchange; the other provider is on this machine and was not named."""
    other, target = plain
    for bad in (target, "http://10.0.0.1/x", "file:///etc/hostname", "http://169.254.169.254/"):
        provider, url = faulty("redirect", value=bad)
        with pytest.raises(Refused):
            get(url, provider, hosts=HOSTS)
        assert len(provider.log) == 1
    assert other.log == []


@pytest.mark.parametrize("target", [
    "http://[",
    "//[::1",
    "ftp://HERE/x",
])  # fmt: skip
def test_redirects_to_nonsense(faulty: Any, target: str) -> None:
    provider, url = faulty("404")
    provider.faults = [Fault("/64$", "redirect", value=target.replace("HERE", provider.url.removeprefix("http://")))]
    with pytest.raises(Refused):
        get(url, provider)


def _scripted(status: int, location: str | None = None, body: bytes = b"duck") -> Any:
    """A response of aiohttp's, as an asynchronous context, as far as `Http` looks."""

    async def parts() -> Any:
        yield body

    class Response(SimpleNamespace):
        async def __aenter__(self) -> Response:
            return self

        async def __aexit__(self, *exception: object) -> None:
            pass

    headers = {} if location is None else {"Location": location}
    content = SimpleNamespace(iter_any=parts)
    return Response(status=status, headers=headers, content_length=len(body), content=content)


@pytest.mark.parametrize(("target", "followed"), [
    ("http://ia801.us.archive.org/a.jpg", "https://ia801.us.archive.org/a.jpg"),
    ("https://ia801.us.archive.org/a.jpg", "https://ia801.us.archive.org/a.jpg"),
    ("/b.jpg", "https://coverartarchive.org/b.jpg"),
    ("//ia801.us.archive.org/http", "https://ia801.us.archive.org/http"),
    ("HTTP://ia801.us.archive.org/a.jpg", "https://ia801.us.archive.org/a.jpg"),
])  # fmt: skip
def test_who_was_asked_safely_is_not_left_for_plain_http(
    monkeypatch: pytest.MonkeyPatch, target: str, followed: str
) -> None:
    asked, replies = [], iter([_scripted(307, target), _scripted(200)])

    def request(self: object, method: str, url: str, **named: Any) -> Any:
        asked.append(url)
        return next(replies)

    monkeypatch.setattr("aiohttp.ClientSession.request", request)
    reply = get("https://coverartarchive.org/release/1/front", hosts=HOSTS)
    assert reply.body == b"duck" and asked == ["https://coverartarchive.org/release/1/front", followed]


def test_a_form_is_not_redirected(start: Start, plain: tuple[Provider, str]) -> None:
    other, target = plain
    provider = start(faults=[Fault("token", "redirect", value=target)])
    with pytest.raises(Refused, match="form"):
        run(lambda http: http.post(provider.token_url, {"a": "b"}, {"Authorization": "Basic x"}), provider, other)
    assert other.log == [] and provider.log[0].method == "POST"


@pytest.mark.parametrize("url", [
    "https://coverartarchive.org/x", "https://ia801.us.archive.org/x", "https://IA801.US.Archive.ORG/x",
    "https://i.scdn.co:443/image/1",
])  # fmt: skip
def test_hosts_on_the_list_are_connected_to_as_checked(net: Net, url: str) -> None:
    with pytest.raises(Broken):
        get(url, hosts=HOSTS)
    assert net.connected == [(PUBLIC, 443)] and len(net.looked_up) == 1


@pytest.mark.parametrize("url", [
    *BAD_TARGETS[:2], *BAD_TARGETS[4:],
    "https://archive.org/x", "https://evilarchive.org/x", "https://archive.org.example.org/", "https://localhost/",
    "https://www.coverartarchive.org/", "http://coverartarchive.org/x", "coverartarchive.org/x", "", "https://",
    "https://example.org#.scdn.co/", "https://example.org?.scdn.co/", "https://i.scdn.co./x", "https://[",
    "https://example.org\uff03.scdn.co/", "https://example.org\\.scdn.co@example.org/",
    "https://example.org\\@i.scdn.co/",
    "https://example.org%00.scdn.co/",
    "https://example.org\0.scdn.co/",
    "https://example.org%2f.scdn.co/",
    "https://a..scdn.co/",
    "https://.scdn.co/",
    f"https://{'a' * 64}.scdn.co/",
])  # fmt: skip
def test_addresses_that_are_not_gone_to(net: Net, url: str) -> None:
    with pytest.raises(Refused):
        get(url, hosts=HOSTS)
    assert net.looked_up == net.connected == []


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2001:db8::1",
    "64:ff9b::7f00:1",
    "::ffff:224.0.0.1",
    "2002:7f00:1::",
])  # fmt: skip
def test_names_that_lead_to_private_addresses(net: Net, address: str) -> None:
    net.answers["pictures.scdn.co"] = [address]
    with pytest.raises(Refused, match="private"):
        get("https://pictures.scdn.co/x", hosts=HOSTS)
    assert net.looked_up == ["pictures.scdn.co"] and net.connected == []


def test_a_public_address_in_the_clothes_of_ipv6(net: Net) -> None:
    net.answers["pictures.scdn.co"] = [f"::ffff:{PUBLIC}"]
    with pytest.raises(Broken):
        get("https://pictures.scdn.co/x", hosts=HOSTS)
    assert net.connected == [(f"::ffff:{PUBLIC}", 443)]


def test_of_several_addresses_the_public_ones_are_used(net: Net) -> None:
    net.answers["pictures.scdn.co"] = ["10.0.0.1", "93.184.216.1", "::1"]
    with pytest.raises(Broken):
        get("https://pictures.scdn.co/x", hosts=HOSTS)
    assert net.connected == [("93.184.216.1", 443)]


def test_a_name_that_changes_its_mind(net: Net) -> None:
    """It leads to a public address when looked up first, and here afterwards."""

    async def work(http: Http) -> None:
        for _ in range(3):
            with pytest.raises(Broken):
                await http.get("https://pictures.scdn.co/x")
            net.answers["pictures.scdn.co"] = ["127.0.0.1"]

    run(work, hosts=HOSTS)
    assert net.looked_up == ["pictures.scdn.co"] and net.connected == [(PUBLIC, 443)] * 3


def test_no_such_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*arguments: Any, **named: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(Broken, match="no such host"):
        get("https://i.scdn.co/x", hosts=HOSTS)


def test_this_machine_only_where_it_was_named(plain: tuple[Provider, str]) -> None:
    provider, url = plain
    for elsewhere in (frozenset(), frozenset({"127.0.0.1"})):
        with pytest.raises(Refused):
            get(url, hosts=elsewhere)
    with pytest.raises(Refused):
        get(url.replace("127.0.0.1", "localhost"), provider)
    assert provider.log == [] and get(url, provider).status == 200


def test_a_private_number_on_the_list_is_private_all_the_same(net: Net) -> None:
    with pytest.raises(Refused):
        get("https://127.0.0.1/x", hosts=frozenset({"127.0.0.1"}))
    assert net.connected == []


def test_contacts() -> None:
    for good in ("duck@pond.example", "https://pond.example/about"):
        assert check_contact(good) == good
    for bad in ("", "duck", "pond.example"):
        with pytest.raises(BadInput, match="DUCKCOVER_CONTACT"):
            check_contact(bad)


def test_a_contact_of_two_lines() -> None:
    with pytest.raises(BadInput):
        check_contact("duck@pond.example\r\nX-Duck: quack")
