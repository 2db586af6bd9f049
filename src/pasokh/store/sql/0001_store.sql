-- Run as pasokh_owner, in one transaction. Instants are bigint milliseconds since 1970 UTC, as in the core.

CREATE TABLE store_version (
  version integer PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
);

-- The database's clock, the only one that leases and receipts go by.
CREATE FUNCTION store_now() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;

-- One row per shard: who leads it, and where its log ends. Updated all the time, so there is room for it in its page,
-- and no foreign key points here: each key check would lock this row against its own leader's writes.
CREATE TABLE shard_head (
  shard text PRIMARY KEY CHECK (shard <> ''),
  org text NOT NULL CHECK (org NOT IN ('', '*')),
  epoch bigint NOT NULL DEFAULT 0,
  owner text NOT NULL DEFAULT '',
  until bigint NOT NULL DEFAULT 0,
  seq bigint NOT NULL DEFAULT 0,
  hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

CREATE TABLE log (
  shard text NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  org text NOT NULL,
  client text NOT NULL,
  stream text NOT NULL,
  version bigint NOT NULL,
  epoch bigint NOT NULL,
  type text NOT NULL,
  schema integer NOT NULL,
  occurred_at bigint NOT NULL,
  recorded_at bigint NOT NULL,
  actor text NOT NULL,
  cause text NOT NULL,
  data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object'),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (shard, seq)
);
-- Serves reading a stream in order too: within a stream, version and seq rise together.
CREATE UNIQUE INDEX log_stream ON log (shard, stream, version);

CREATE TABLE command_inbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shard text NOT NULL,
  org text NOT NULL,
  key text NOT NULL,
  actor text NOT NULL,
  command jsonb NOT NULL,
  received_at bigint NOT NULL DEFAULT store_now(),
  answered_at bigint,
  answer jsonb,
  UNIQUE (shard, key)
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX command_inbox_pending ON command_inbox (shard, id) WHERE answered_at IS NULL;

CREATE TABLE effect_outbox (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shard text NOT NULL,
  id text NOT NULL,
  org text NOT NULL,
  seq bigint NOT NULL,
  effect jsonb NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  done_at bigint,
  outcome text NOT NULL DEFAULT '',
  CONSTRAINT effect_outbox_id UNIQUE (shard, id)
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX effect_outbox_open ON effect_outbox (shard, number) WHERE done_at IS NULL;

CREATE TABLE snapshot (
  shard text NOT NULL,
  schema integer NOT NULL,
  seq bigint NOT NULL,
  org text NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (shard, schema, seq)
);

CREATE TABLE projection_cursor (
  name text NOT NULL,
  shard text NOT NULL,
  org text NOT NULL,
  seq bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (name, shard)
) WITH (fillfactor = 50);

-- Append events, answers and effects at the end the leader knows, or return NULL and change nothing.
-- Updating the head first takes its row lock, which orders commits; a leader whose epoch, lease or end is stale
-- matches no row. seq_scan is off because a plan made while the tables were empty would outlive their growth.
CREATE FUNCTION log_append(
  in_shard text, in_epoch bigint, in_seq bigint, in_previous bytea, in_hash bytea, in_count integer,
  in_rows json, in_replies json, in_effects json
) RETURNS bigint
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $append$
DECLARE
  head_org text;
  last_seq bigint := in_seq + in_count;
BEGIN
  UPDATE shard_head SET seq = last_seq, hash = in_hash
   WHERE shard = in_shard AND epoch = in_epoch AND seq = in_seq AND hash = in_previous AND until >= store_now()
   RETURNING org INTO head_org;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF in_count > 0 THEN
    INSERT INTO log (shard, seq, org, client, stream, version, epoch, type, schema, occurred_at, recorded_at,
                     actor, cause, data, hash)
    SELECT in_shard, in_seq + r.n, head_org, r.client, r.stream,
           coalesce(latest.version, 0) + row_number() OVER (PARTITION BY r.stream ORDER BY r.n),
           in_epoch, r.type, r.schema, r.occurred_at, store_now(), r.actor, r.cause, r.data, decode(r.hash, 'hex')
      FROM ROWS FROM (json_to_recordset(in_rows) AS (
             client text, stream text, type text, schema integer, occurred_at bigint, actor text, cause text,
             data jsonb, hash text
           )) WITH ORDINALITY AS r (client, stream, type, schema, occurred_at, actor, cause, data, hash, n)
      LEFT JOIN LATERAL (
             SELECT l.version FROM log l WHERE l.shard = in_shard AND l.stream = r.stream
              ORDER BY l.version DESC LIMIT 1
           ) latest ON true
     ORDER BY r.n;
  END IF;
  IF in_replies IS NOT NULL THEN
    UPDATE command_inbox i SET answered_at = store_now(), answer = r.answer
      FROM (SELECT DISTINCT ON (key) key, answer
              FROM ROWS FROM (json_to_recordset(in_replies) AS (key text, answer jsonb))
                   WITH ORDINALITY AS t (key, answer, n)
             ORDER BY key, n) r
     WHERE i.shard = in_shard AND i.key = r.key AND i.answered_at IS NULL;
  END IF;
  IF in_effects IS NOT NULL THEN
    INSERT INTO effect_outbox (shard, id, org, seq, effect)
    SELECT in_shard, r.id, head_org, last_seq, r.effect
      FROM ROWS FROM (json_to_recordset(in_effects) AS (id text, effect jsonb))
           WITH ORDINALITY AS r (id, effect, n)
     ORDER BY r.n;
  END IF;
  RETURN last_seq;
END
$append$;

-- Hand in a command under row level security: 'new', 'known' (with its answer, if any), 'reused' or 'no_shard'.
-- Refuses to change the organisation of a transaction that already has another.
CREATE FUNCTION inbox_submit(
  in_org text, in_shard text, in_key text, in_actor text, in_command jsonb, OUT status text, OUT answer jsonb
)
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $submit$
DECLARE
  same boolean;
BEGIN
  IF coalesce(current_setting('app.org', true), '') NOT IN ('', in_org) THEN
    RAISE EXCEPTION 'this transaction belongs to another organisation' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('app.org', in_org, true);
  INSERT INTO command_inbox (shard, org, key, actor, command)
  SELECT h.shard, h.org, in_key, in_actor, in_command FROM shard_head h WHERE h.shard = in_shard AND h.org = in_org
  ON CONFLICT (shard, key) DO NOTHING;
  IF FOUND THEN
    status := 'new';
    RETURN;
  END IF;
  SELECT i.actor = in_actor AND i.command = in_command, i.answer INTO same, answer
    FROM command_inbox i WHERE i.shard = in_shard AND i.org = in_org AND i.key = in_key;
  status := CASE WHEN NOT FOUND THEN 'no_shard' WHEN same THEN 'known' ELSE 'reused' END;
  IF status <> 'known' THEN
    answer := NULL;
  END IF;
END
$submit$;

-- Row level security on every table, the owner included. The owner's maintenance (backfills, dumps) must say so
-- with app.org = '*', which is no organisation's id and works for no other role.
DO $policies$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['shard_head', 'log', 'command_inbox', 'effect_outbox', 'snapshot', 'projection_cursor']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format(
      $$CREATE POLICY tenant ON %I TO pasokh_app, pasokh_owner USING (org = (SELECT current_setting('app.org', true)))$$,
      name);
    EXECUTE format('CREATE POLICY engine ON %I TO pasokh_engine USING (true)', name);
    EXECUTE format(
      $$CREATE POLICY maintenance ON %I TO pasokh_owner USING ((SELECT current_setting('app.org', true)) = '*')$$,
      name);
  END LOOP;
END
$policies$;

-- Nobody may change or remove what is logged; the web may neither append, answer nor lead.
GRANT SELECT ON store_version TO pasokh_app, pasokh_engine;
GRANT SELECT, INSERT ON log TO pasokh_engine;
GRANT SELECT, INSERT, UPDATE ON shard_head TO pasokh_engine;
GRANT SELECT, INSERT, UPDATE, DELETE ON command_inbox, effect_outbox, snapshot, projection_cursor TO pasokh_engine;
GRANT SELECT ON log, shard_head, command_inbox, effect_outbox, snapshot TO pasokh_app;
GRANT INSERT (shard, org) ON shard_head TO pasokh_app;
GRANT INSERT (shard, org, key, actor, command) ON command_inbox TO pasokh_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON projection_cursor TO pasokh_app;

INSERT INTO store_version (version) VALUES (1);
