import socket
import ssl
import struct
import threading
from contextlib import suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

from chargehand.core.errors import EnvironmentFault
from chargehand.llm.provider.claude import Claude
from chargehand.llm.provider.connection import connection_to
from chargehand.llm.provider.headers import CUSTOM, check_custom_headers, key_in
from tests.unit.llm.asking import prompt
from tests.unit.llm.fake_api import message, serving


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


class _Socks(StreamRequestHandler):
    """A SOCKS 5 proxy without a password (RFC 1928), for one connection."""

    def handle(self) -> None:
        _, methods = self.rfile.read(2)
        self.rfile.read(methods)
        self.wfile.write(b"\x05\x00")
        kind = self.rfile.read(4)[3]
        host = self.rfile.read(4 if kind == 1 else self.rfile.read(1)[0])
        (port,) = struct.unpack("!H", self.rfile.read(2))
        name = socket.inet_ntoa(host) if kind == 1 else host.decode()
        with socket.create_connection((name, port)) as there:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            threading.Thread(target=_pass_on, args=(there, self.connection), daemon=True).start()
            _pass_on(self.connection, there)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)


def test_a_socks_proxy_is_gone_through() -> None:
    with serving(message()) as server, ThreadingTCPServer(("127.0.0.1", 0), _Socks) as proxy:
        proxy.daemon_threads = True
        threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
        environ = {"ALL_PROXY": f"socks5h://127.0.0.1:{proxy.server_address[1]}"}
        with Claude(5, api_key="sk-ant-0123456789", base_url=server.url, environ=environ) as claude:
            assert claude.ask(prompt()).text == '{"claims":[]}'
        proxy.shutdown()
        assert len(server.requests) == 1
