import pytest

from chargehand.core.errors import EnvironmentFault
from chargehand.llm.provider.proxies import Proxy, proxy_for

API = "https://api.anthropic.com"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": " http://p:1\n"}, Proxy("http://p:1", "HTTPS_PROXY")),
        ({"https_proxy": "p:1", "HTTPS_PROXY": "http://q:1"}, Proxy("http://p:1", "https_proxy")),
        ({"ALL_PROXY": "socks5h://u:p@p:1"}, Proxy("socks5h://u:p@p:1", "ALL_PROXY")),
        ({"HTTP_PROXY": "http://p:1", "HTTPS_PROXY": ""}, None),
    ],
)
def test_the_proxy_is_that_of_the_scheme_else_that_of_all(
    environ: dict[str, str], expected: Proxy | None
) -> None:
    assert proxy_for(API, environ) == expected


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        (API, "*"),
        (API, "localhost, api.anthropic.com"),
        (API, ".anthropic.com"),
        (API, "*.anthropic.com"),
        (API, "ANTHROPIC.COM"),
        (API, "api.anthropic.com:443"),
        (API, "https://api.anthropic.com"),
        ("http://127.0.0.1:8080", "localhost,127.0.0.0/8"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://[fd07:b51a:cc66:f0::2]:8080", "localhost,127.0.0.1,fd07:b51a:cc66:f0::/64"),
        ("http://[::1]:8080", "[::1]"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("http://[::1]:8080", "::1"),
        ("http://localhost:8080", "localhost"),
    ],
)
def test_what_no_proxy_names_is_reached_without_one(address: str, listed: str) -> None:
    assert proxy_for(address, {"ALL_PROXY": "http://p:1", "NO_PROXY": listed}) is None


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        (API, ""),
        (API, ","),
        (API, "notanthropic.com,pi.anthropic.com"),
        (API, "api.anthropic.com:80"),
        (API, "fd07:b51a:cc66:f0::/64,10.0.0.0/8,10.0.0.0/99,[::1"),
        ("http://127.0.0.1:8080", "::/0"),
        ("http://127.0.0.1:8080", "127.0.0.1:80"),
        ("http://[fd08::1]:8080", "fd07::/64"),
    ],
)
def test_what_it_does_not_name_goes_by_way_of_the_proxy(address: str, listed: str) -> None:
    assert proxy_for(address, {"ALL_PROXY": "http://p:1", "NO_PROXY": listed}) == Proxy(
        "http://p:1", "ALL_PROXY"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://proxy:80a",
        "http://user:secret@",
        "http://pr oxy:1",
        "socks4://p:1",
        "socks://p:1",
        "ftp://p:1",
        "http://[::",
        "socks5://256.1.1.1999",
    ],
)
def test_a_proxy_that_is_none_is_named_by_its_variable_and_not_shown(url: str) -> None:
    with pytest.raises(
        EnvironmentFault, match=r"HTTPS_PROXY.*name api\.anthropic\.com in NO_PROXY"
    ) as caught:
        proxy_for(API, {"HTTPS_PROXY": url})
    assert "secret" not in str(caught.value)
    assert proxy_for(API, {"HTTPS_PROXY": url, "NO_PROXY": "anthropic.com"}) is None
    assert proxy_for("http://127.0.0.1:1", {"HTTPS_PROXY": url}) is None
