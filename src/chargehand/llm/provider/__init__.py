"""The Messages API: what is sent, what comes back, what went wrong."""
