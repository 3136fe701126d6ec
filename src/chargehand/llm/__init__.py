"""Everything that speaks to models: the provider, attempts, batches, the cache of replies, recordings."""
