"""The diff: read, widened, cut into what fits a request."""
