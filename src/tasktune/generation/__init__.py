"""Writing: a network asked for token after token, until an answer is whole. Knows tokens only, not records or framings."""
