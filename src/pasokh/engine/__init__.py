"""The asyncio shell around the core: leads shards, decides in turns, commits, and only then acts outside."""
