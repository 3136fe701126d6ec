#!/usr/bin/env bash
# anthropic 2.14.0: what messages.create() returns if something other than the API answers with status 200.
# One would guess: a Message, or else an error that is an anthropic.APIError.
# What happens: a web page (a login page, a proxy's notice) comes back as a plain str. JSON of another shape
# comes back as a Message whose content and usage are None, although the types say that they cannot be.
# JSON that was cut short raises json.JSONDecodeError, which is no APIError. None of the three is retried.
# Why it matters here: with a gateway in between, "the call raised nothing" does not mean "a model answered".
# Check the type and the fields, or an answer that is missing passes for "found nothing".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv
venv/bin/python -I -m pip install --quiet --disable-pip-version-check anthropic==2.14.0 httpx2==2.16.2

cat >ask.py <<'PYTHON'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import anthropic

class Gateway(BaseHTTPRequestHandler):
    kind, body, requests = "", b"", 0

    def do_POST(self):
        Gateway.requests += 1
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", self.kind)
        self.end_headers()
        self.wfile.write(self.body)

    log_message = lambda *_: None

server = HTTPServer(("127.0.0.1", 0), Gateway)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = anthropic.Anthropic(api_key="none", base_url=f"http://127.0.0.1:{server.server_port}", max_retries=2)
for Gateway.kind, Gateway.body in [("text/html", b"<p>Please sign in.</p>"),
                                   ("application/json", b'{"status": "ok"}'),
                                   ("application/json", b'{"id": "msg')]:
    Gateway.requests = 0
    try:
        answer = client.messages.create(model="claude-haiku-5-5", max_tokens=9,
                                        messages=[{"role": "user", "content": "Is this right?"}])
        got = f"returns {type(answer).__name__} content {getattr(answer, 'content', 'missing')}"
    except ValueError as error:
        got = f"raises {type(error).__name__} APIError {isinstance(error, anthropic.APIError)}"
    print(got, "requests", Gateway.requests)
PYTHON
seen=$(env -u ANTHROPIC_AUTH_TOKEN NO_PROXY=127.0.0.1 venv/bin/python -I ask.py)

expected='returns str content missing requests 1
returns Message content None requests 1
raises JSONDecodeError APIError False requests 1'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
