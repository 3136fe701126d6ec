#!/usr/bin/env bash
# genai-prices 0.2.3: the price of a batch needs a word that the Messages API does not use.
# One would guess: extract_usage() reads "service_tier": "batch" from a reply and the price is halved; or that
# an unknown key in price_context is refused.
# What happens: extract_usage() passes over the tier, and price_context={"service_tier": "batch"} is taken and
# has no effect: full price both times. Only {"processing": "batch"} halves it, and only for a request dated
# 2026-10-14 or later; an older one costs the full price without a word.
# Why it matters here: a bill that is wrong by a factor of two looks like any other bill. Test the discount
# that you mean to apply against a price worked out by hand.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv # genai-prices 0.2.3 needs Python 3.11 or newer
venv/bin/python -I -m pip install --quiet --disable-pip-version-check genai-prices==0.2.3

cat >price.py <<'PYTHON'
from datetime import datetime, timezone

from genai_prices import extract_usage

reply = {
    "model": "claude-opus-4-7", # 5 and 25 dollars for a million tokens in and out
    "usage": {"input_tokens": 1_000_000, "output_tokens": 100_000, "service_tier": "batch"},
}
used = extract_usage(reply, provider_id="anthropic")

def price(day, context=None):
    when = datetime(2026, *day, tzinfo=timezone.utc)
    return used.model.calc_price(used.usage, used.provider, genai_request_timestamp=when,
                                 price_context=context).total_price

print("tier in the reply:", price((11, 1)))
print("service_tier in the context:", price((11, 1), {"service_tier": "batch"}))
print("processing in the context:", price((11, 1), {"processing": "batch"}))
print("first day of it:", price((10, 13), {"processing": "batch"}), price((10, 14), {"processing": "batch"}))
PYTHON
seen=$(venv/bin/python -I price.py)

expected='tier in the reply: 7.50
service_tier in the context: 7.50
processing in the context: 3.750
first day of it: 7.50 3.750'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
