-- Append as `log_append` does, and keep commands that were asked inside the leader's own process: they come to the inbox
-- together with their answers, so that a repeat by whoever leads next has no second effect. NULL = nothing was changed.
CREATE FUNCTION log_append_asked(
  in_shard text, in_epoch bigint, in_seq bigint, in_previous bytea, in_hash bytea, in_count integer,
  in_rows json, in_replies json, in_effects json, in_asked json
) RETURNS bigint
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $append$
DECLARE
  last_seq bigint;
BEGIN
  last_seq := log_append(in_shard, in_epoch, in_seq, in_previous, in_hash, in_count, in_rows, in_replies, in_effects);
  IF last_seq IS NOT NULL THEN
    INSERT INTO command_inbox (shard, org, key, actor, command, answered_at, answer)
    SELECT h.shard, h.org, a.key, a.actor, a.command, store_now(), a.answer
      FROM json_to_recordset(in_asked) AS a (key text, actor text, command jsonb, answer jsonb), shard_head h
     WHERE h.shard = in_shard
        ON CONFLICT (shard, key) DO UPDATE SET answered_at = excluded.answered_at, answer = excluded.answer
     WHERE command_inbox.answered_at IS NULL;
  END IF;
  RETURN last_seq;
END
$append$;

INSERT INTO store_version (version) VALUES (2);
