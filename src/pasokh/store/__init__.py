"""The event log, lease, command inbox, effect outbox and snapshots: on PostgreSQL, and in memory."""
