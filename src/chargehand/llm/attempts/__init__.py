"""One attempt at a call, and the next one: metered, limited, retried."""
