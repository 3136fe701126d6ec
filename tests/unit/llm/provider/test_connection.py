import ssl
from pathlib import Path

import pytest

from chargehand.core.errors import EnvironmentFault
from chargehand.llm.provider.connection import connection_to
from chargehand.llm.provider.headers import CUSTOM, check_custom_headers, key_in


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:80a",
        "http://127.0.0.1:99999",
        "http://a b",
        "http://a\nb",
        "http://a\x00",
        "a",
        "",
        "http://[::1]x",
        "http://日本%zz",
    ],
)
def test_an_address_that_is_none_is_named_by_its_variable(address: str) -> None:
    with pytest.raises(EnvironmentFault, match="SOME_URL is not a web address"):
        connection_to(address, "SOME_URL", {})


def test_certificates_that_are_not_there_matter_only_if_they_are_needed(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("no certificate")
    for variable, path in {
        "SSL_CERT_FILE": "/nowhere/cacert.pem",
        "SSL_CERT_DIR": "/nowhere",
    }.items():
        assert connection_to("http://localhost:1", "X", {variable: path}).proxy is None
        with pytest.raises(EnvironmentFault, match=f"{variable} names {path}, which is not there"):
            connection_to("https://localhost:1", "X", {variable: path})
        with pytest.raises(EnvironmentFault, match=variable):
            connection_to("http://localhost:1", "X", {variable: path, "HTTP_PROXY": "https://p:1"})
    with pytest.raises(EnvironmentFault, match="holds no certificates"):
        connection_to("https://localhost:1", "X", {"SSL_CERT_FILE": str(tmp_path / "empty.pem")})


def test_without_a_word_the_system_s_certificates_are_trusted() -> None:
    trusted = connection_to("https://localhost:1", "X", {}).certificates
    assert (trusted.verify_mode, trusted.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_key_is_taken_without_the_newline_that_came_along() -> None:
    assert key_in({"KEY": " sk-1\r\n"}, "KEY") == "sk-1"
    assert key_in({"KEY": "\n"}, "KEY") is None
    assert key_in({}, "KEY") is None


@pytest.mark.parametrize("key", ["sk-\nsecret", "sk-\x7fsecret", "sk-sécret"])
def test_a_key_that_no_header_can_carry_is_named_by_its_variable_and_not_shown(key: str) -> None:
    with pytest.raises(EnvironmentFault, match="SOME_KEY holds") as caught:
        key_in({"SOME_KEY": key}, "SOME_KEY")
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize("headers", ["no colon", ": x", "a b: x", "X-A: caf\xe9", "X-A: 1\nx", "X-A: a\x00b"])
def test_a_line_that_is_no_header_is_refused(headers: str) -> None:
    with pytest.raises(EnvironmentFault, match=CUSTOM):
        check_custom_headers({CUSTOM: headers})


@pytest.mark.parametrize("headers", ["", "X-A: 1", "X-A: 1\r\nX-B: 2\n\n", " X-A : 1"])
def test_lines_with_blanks_round_them_are_headers(headers: str) -> None:
    check_custom_headers({CUSTOM: headers})
