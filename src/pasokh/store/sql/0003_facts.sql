-- Facts of days that have not ended, kept as events come; `pasokh.metrics.facts` says what each column means, and a test
-- holds both equal. Every row says when it last changed (`changed`: the log's number) and to which local day it belongs
-- (`day`: days since 1970). Days that ended go into files; what is corrected later waits here until it is put there.
-- Keys sort as the files' do, by code point.

CREATE TABLE fact_visits (
  org text NOT NULL, day integer NOT NULL, changed bigint NOT NULL, gone boolean NOT NULL DEFAULT false,
  "visit" text COLLATE "C" NOT NULL, "interaction" text, "contact" text, "customer" text, "source" text NOT NULL,
  "client" text, "queue" text, "channel" text, "direction" text, "language" text, "agent" text, "entered_at" bigint,
  "entered_local" bigint, "left_at" bigint, "left_local" bigint, "wait_ms" bigint, "how" text, "offers" bigint,
  "target_ms" bigint, "first" bigint,
  PRIMARY KEY (org, "source", "visit")
) WITH (fillfactor = 80);

CREATE TABLE fact_handlings (
  org text NOT NULL, day integer NOT NULL, changed bigint NOT NULL, gone boolean NOT NULL DEFAULT false,
  "handling" text COLLATE "C" NOT NULL, "interaction" text, "contact" text, "customer" text, "source" text NOT NULL,
  "client" text, "queue" text, "channel" text, "direction" text, "language" text, "agent" text, "kind" text,
  "answered_at" bigint, "answered_local" bigint, "ended_at" bigint, "ended_local" bigint, "ring_ms" bigint,
  "talk_ms" bigint, "hold_ms" bigint, "holds" bigint, "wrap_ms" bigint, "ended_by" text, "reason" text,
  "outcome" text,
  PRIMARY KEY (org, "source", "handling")
) WITH (fillfactor = 80);

CREATE TABLE fact_contacts (
  org text NOT NULL, day integer NOT NULL, changed bigint NOT NULL, gone boolean NOT NULL DEFAULT false,
  "contact" text COLLATE "C" NOT NULL, "customer" text, "source" text NOT NULL, "client" text, "queue" text,
  "channel" text, "direction" text, "language" text, "agent" text, "opened_at" bigint, "opened_local" bigint,
  "closed_at" bigint, "closed_local" bigint, "answered" bigint, "abandoned" bigint, "handlings" bigint,
  "visits" bigint, "wait_ms" bigint, "handle_ms" bigint, "reason" text, "outcome" text, "resolved" bigint,
  "resolvable" bigint, "survey_resolved" bigint, "rating" bigint, "recommends" bigint, "effort" bigint,
  "next_contact_at" bigint, "previous_at" bigint, "issue" text, "issue_number" bigint, "promises" bigint,
  "promises_kept" bigint, "promises_late" bigint,
  PRIMARY KEY (org, "source", "contact")
) WITH (fillfactor = 80);

CREATE TABLE fact_agent_time (
  org text NOT NULL, day integer NOT NULL, changed bigint NOT NULL, gone boolean NOT NULL DEFAULT false,
  "source" text NOT NULL, "agent" text COLLATE "C" NOT NULL, "team" text, "state" text, "doing" text, "reason" text,
  "paid" bigint, "from_at" bigint NOT NULL, "from_local" bigint, "ms" bigint, "work_ms" bigint, "capacity_ms" bigint,
  PRIMARY KEY (org, "source", "agent", "from_at")
);

CREATE TABLE fact_issues (
  org text NOT NULL, day integer NOT NULL, changed bigint NOT NULL, gone boolean NOT NULL DEFAULT false,
  "issue" text COLLATE "C" NOT NULL, "customer" text, "source" text NOT NULL, "client" text, "queue" text,
  "channel" text, "direction" text, "language" text, "agent" text, "reason" text, "opened_at" bigint,
  "opened_local" bigint, "closed_at" bigint, "closed_local" bigint, "last_contact" text, "contacts" bigint,
  "answered" bigint, "handlings" bigint, "wait_ms" bigint, "handle_ms" bigint,
  PRIMARY KEY (org, "source", "issue")
) WITH (fillfactor = 80);

CREATE TABLE fact_queue_time (
  org text NOT NULL, day integer NOT NULL, changed bigint NOT NULL, gone boolean NOT NULL DEFAULT false,
  "source" text NOT NULL, "client" text, "queue" text COLLATE "C" NOT NULL, "from_at" bigint NOT NULL,
  "from_local" bigint, "ms" bigint, "waiting" bigint, "waiting_ms" bigint, "longest_ms" bigint, "staffed" bigint,
  "staffed_ms" bigint,
  PRIMARY KEY (org, "source", "queue", "from_at")
);

-- What the fold remembers: an entry for each contact that is not over, each person, each queue. Keys keep their order.
CREATE TABLE fact_state (
  org text NOT NULL,
  kind text NOT NULL,
  id text COLLATE "C" NOT NULL,
  changed bigint NOT NULL,
  data json NOT NULL,
  PRIMARY KEY (org, kind, id)
) WITH (fillfactor = 70);

-- Stretches that went on when a day was put into its file: the file says how they went on until midnight. Once the fold
-- remembers something else (another `mark`), what the file says from `since` on does not count.
CREATE TABLE fact_guess (
  org text NOT NULL,
  fact text NOT NULL,
  id text COLLATE "C" NOT NULL,
  since bigint NOT NULL,
  mark text NOT NULL,
  PRIMARY KEY (org, fact, id)
);

-- Contacts that are over, by customer and reason: who comes again is found here.
CREATE TABLE fact_link (
  org text NOT NULL,
  contact text COLLATE "C" NOT NULL,
  customer text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  opened_at bigint NOT NULL,
  closed_at bigint NOT NULL,
  said json NOT NULL,
  issue text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  previous_at bigint,
  next_at bigint,
  PRIMARY KEY (org, contact)
) WITH (fillfactor = 80);
CREATE INDEX fact_link_customer ON fact_link (org, customer, reason, opened_at, contact) WHERE customer <> '';
CREATE INDEX fact_link_issue ON fact_link (org, issue);

-- How far files go: all days before `open_day` are in them. `sealed` rises when rows here are taken away, `made` when all
-- of them are made anew.
CREATE TABLE fact_progress (
  org text PRIMARY KEY,
  zone text NOT NULL,
  open_day integer NOT NULL,
  sealed bigint NOT NULL DEFAULT 0,
  made bigint NOT NULL DEFAULT 1,
  sealed_at bigint NOT NULL DEFAULT 0
);

DO $facts$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['fact_visits', 'fact_handlings', 'fact_contacts', 'fact_agent_time', 'fact_issues',
                              'fact_queue_time', 'fact_state', 'fact_guess', 'fact_link', 'fact_progress']
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
    EXECUTE format('GRANT SELECT ON %I TO pasokh_app', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO pasokh_engine', name);
    IF name NOT IN ('fact_state', 'fact_guess', 'fact_link', 'fact_progress') THEN
      EXECUTE format('CREATE INDEX %I ON %I (org, changed)', name || '_changed', name);
      EXECUTE format('CREATE INDEX %I ON %I (org, day)', name || '_day', name);
    END IF;
  END LOOP;
END
$facts$;

INSERT INTO store_version (version) VALUES (3);
