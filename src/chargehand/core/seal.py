"""How a file shows that a holder of a secret wrote it, since what it holds will be trusted."""

import hashlib
import hmac


def seal_of(text: str, secret: str) -> str:
    """Return what only a holder of `secret` can compute for `text`."""
    key = secret.encode("utf-8", "surrogateescape")
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def is_sealed(text: str, seal: str, secret: str) -> bool:
    """Tell whether a holder of `secret` sealed `text`; a stranger learns nothing from the time that takes."""
    return hmac.compare_digest(seal.encode("utf-8", "surrogatepass"), seal_of(text, secret).encode())
