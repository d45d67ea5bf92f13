"""Who may ask: each attack that a page or another user can try without a browser's help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.serving import FORM_TYPE, PATH, TOKEN, Client, form, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("service")) as found:
        yield found


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "localhost.", "", "127.0.0.1:",
     "127.0.0.1:x", "user@127.0.0.1", "[::1", "0.0.0.1", "127.0.0.1:7860/", "192.168.0.1"],
)  # fmt: skip
def test_a_name_that_resolves_to_us_is_refused(client: Client, host: str) -> None:
    """DNS rebinding: the page's own name, with or without its port."""
    answer = client.raw(
        f"GET /v1/models HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Connection: close\r\n\r\n".encode()
    )
    assert (answer.status, answer.code) == (421, "misdirected_request")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9000", "127.0.0.1:9000", "[::1]:9000"])
def test_a_forwarded_port_is_none_of_our_business(client: Client, host: str) -> None:
    assert client.request(headers={"Host": host}).status == 200


def test_two_hosts_are_one_too_many(client: Client) -> None:
    request = (
        f"GET /v1/models HTTP/1.1\r\nHost: {client.host}\r\nHost: evil.example\r\n"
        f"Authorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    )
    assert client.raw(request.encode()).status in (400, 421)


def test_a_whole_url_is_judged_by_its_path_and_the_host(client: Client) -> None:
    answer = client.request(path="http://evil.example/v1/models")
    assert answer.status in (401, 404)
    answer = client.request(path="http://evil.example/", headers={"Authorization": None})
    assert answer.status in (401, 404)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},  # a page on another port of this machine: same-site
        {"Origin": "http://localhost"},
        {"Origin": "https://{host}"},
        {"Origin": "http://{host}.evil.example"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://{host}"},
        {"Sec-Fetch-Site": "whatever"},
    ],
)
def test_pages_from_elsewhere_are_refused_even_with_the_token(
    client: Client, headers: dict[str, str]
) -> None:
    sent = {name: value.format(host=client.host) or " " for name, value in headers.items()}
    posted = client.request("POST", PATH, form(sound=b"RIFF"), {"Content-Type": FORM_TYPE, **sent})
    assert posted.status == 403
    assert client.request(headers=sent).status == 403
    assert client.uploads() == []


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://{host}"}, {"Sec-Fetch-Site": "same-origin"},
     {"Sec-Fetch-Site": "none"}],
)  # fmt: skip
def test_a_page_of_ours_and_programs_may_ask(client: Client, headers: dict[str, str]) -> None:
    sent = {name: value.format(host=client.host) for name, value in headers.items()}
    assert client.request(headers=sent).status == 200


def test_a_link_elsewhere_may_lead_to_the_first_page_only(client: Client) -> None:
    visit = {
        "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Authorization": None,
    }  # fmt: skip
    assert client.request(path="/", headers=visit).status == 200
    assert client.request(path="/healthz", headers=visit).status == 403
    assert client.request("POST", "/", headers=visit).status == 403


@pytest.mark.parametrize(
    "given",
    [None, "Bearer", "Bearer ", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN,
     f"Bearer {TOKEN[:-1]}", "Bearer \xe9\xff"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/models", "/metrics", "/openapi.json", "/nothing", "//"])
def test_whoever_lacks_the_token_learns_nothing(
    client: Client, given: str | None, path: str
) -> None:
    answer = client.request(path=path, headers={"Authorization": given})
    assert (answer.status, answer.code) == (401, "invalid_api_key")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert TOKEN.encode() not in answer.body


@pytest.mark.parametrize("given", [f"bearer {TOKEN}", f"Bearer  {TOKEN} "])
def test_a_token_may_be_sent_as_http_allows(client: Client, given: str) -> None:
    assert client.request(headers={"Authorization": given}).status == 200


def test_the_token_is_taken_from_no_other_place(client: Client) -> None:
    for sent in ({"Cookie": f"token={TOKEN}"}, {"X-Api-Key": TOKEN}):
        assert client.request(headers={**sent, "Authorization": None}).status == 401
    assert client.request(path=f"/v1/models?token={TOKEN}", headers={"Authorization": None}).status


@pytest.mark.parametrize("path", ["/", "/healthz"])
def test_what_is_open_tells_nothing_and_sets_nothing(client: Client, path: str) -> None:
    answer = client.request(path=path, headers={"Authorization": None})
    assert answer.status == 200
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/v1/models/../..",
     "/static/..%5c..%5cx", "//etc/passwd", "/v1/models/%00", "/openapi.json/..", "/v1/models/"],
)  # fmt: skip
def test_no_path_leads_to_a_file(client: Client, path: str) -> None:
    answer = client.request(path=path)
    assert answer.status == 404
    assert b"root:" not in answer.body
    assert "location" not in answer.headers


def test_a_preflight_is_not_granted(client: Client) -> None:
    answer = client.request(
        "OPTIONS", PATH,
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST",
                 "Authorization": None},
    )  # fmt: skip
    assert answer.status == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_another_method_is_405(client: Client) -> None:
    assert client.request("DELETE", "/v1/models").code == "method_not_allowed"
