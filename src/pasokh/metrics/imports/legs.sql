-- Legs of calls and spans of people as facts. Reads `legs` and `spans`; leaves `visits_of`, `handlings_of`, `contacts_of` and
-- `agent_time_of`. `at_ms` is milliseconds UTC; local_of(at_ms) is the wall clock.

CREATE OR REPLACE TEMP TABLE timed AS
SELECT *, at_ms + wait_ms AS left_at, at_ms + wait_ms + talk_ms + hold_ms + wrap_ms AS ended_at,
    row_number() OVER (PARTITION BY call ORDER BY at_ms, leg) AS place, 
    CASE WHEN customer LIKE '%@%' THEN lower(customer) ELSE customer_of(regexp_replace(customer, '[ ().-]', '', 'g')) END AS who
FROM legs;

CREATE OR REPLACE TEMP TABLE calls AS
SELECT call, arg_min(client, place) AS client, coalesce(max(nullif(who, '')), '') AS customer,
    coalesce(arg_min(queue, CASE WHEN queue <> '' THEN place END), '') AS queue, arg_min(channel, place) AS channel,
    arg_min(direction, place) AS direction, coalesce(arg_max(agent, CASE WHEN how = 'answered' THEN place END), '') AS agent,
    min(at_ms) AS opened_at,
    CASE WHEN count_if(how = 'waiting' OR NOT over) = 0 THEN max(CASE WHEN how = 'answered' THEN ended_at ELSE left_at END) END
        AS closed_at,
    CASE WHEN count_if(how = 'answered') > 0 THEN 1 ELSE 0 END AS answered,
    CASE WHEN count_if(how = 'answered') = 0 AND arg_max(how, place) = 'abandoned' THEN 1 ELSE 0 END AS abandoned,
    count_if(how = 'answered') AS handlings, count_if(queue <> '') AS visits, sum(wait_ms)::BIGINT AS wait_ms,
    sum(CASE WHEN how = 'answered' THEN talk_ms + hold_ms + wrap_ms ELSE 0 END)::BIGINT AS handle_ms,
    coalesce(arg_max(reason, CASE WHEN reason <> '' THEN place END), '') AS reason,
    coalesce(arg_max(outcome, CASE WHEN outcome <> '' THEN place END), '') AS outcome
FROM timed GROUP BY call;

CREATE OR REPLACE TEMP VIEW visits_of AS
SELECT day_of(at_ms) AS day, leg AS visit, t.call AS interaction, t.call AS contact, calls.customer, $source AS source, t.client,
    t.queue, t.channel, t.direction, '' AS language, CASE WHEN how = 'answered' THEN t.agent ELSE '' END AS agent,
    at_ms AS entered_at, local_of(at_ms) AS entered_local,
    CASE WHEN how <> 'waiting' THEN left_at END AS left_at, CASE WHEN how <> 'waiting' THEN local_of(left_at) END AS left_local,
    t.wait_ms, how, offers, 0 AS target_ms, CASE WHEN place = 1 THEN 1 ELSE 0 END AS first
FROM timed t JOIN calls USING (call) WHERE t.queue <> '' AND t.direction <> 'out';

CREATE OR REPLACE TEMP VIEW handlings_of AS
SELECT day_of(left_at) AS day, leg AS handling, t.call AS interaction, t.call AS contact, calls.customer, $source AS source,
    t.client, t.queue, t.channel, t.direction, '' AS language, t.agent,
    CASE WHEN t.direction = 'callback' THEN 'callback' ELSE 'contact' END AS kind,
    left_at AS answered_at, local_of(left_at) AS answered_local, CASE WHEN over THEN ended_at END AS ended_at,
    CASE WHEN over THEN local_of(ended_at) END AS ended_local, ring_ms, talk_ms, hold_ms, holds, wrap_ms, ended_by,
    t.reason, t.outcome
FROM timed t JOIN calls USING (call) WHERE how = 'answered';

CREATE OR REPLACE TEMP VIEW contacts_of AS
SELECT day_of(opened_at) AS day, call AS contact, customer, $source AS source, client, queue, channel, direction, '' AS language,
    agent, opened_at, local_of(opened_at) AS opened_local, closed_at, local_of(closed_at) AS closed_local, answered, abandoned,
    handlings, visits, wait_ms, handle_ms, reason, outcome, NULL AS resolved, 1 AS resolvable, NULL AS survey_resolved,
    NULL AS rating, NULL AS recommends, NULL AS effort,
    CASE WHEN customer <> '' THEN lead(opened_at) OVER (PARTITION BY customer, reason ORDER BY opened_at, call) END
        AS next_contact_at
FROM calls;

CREATE OR REPLACE TEMP VIEW agent_time_of AS
SELECT day_of(cut) AS day, $source AS source, agent, team, state, reason, 1 AS paid, cut AS from_at, local_of(cut) AS from_local,
    cut_end - cut AS ms, CASE WHEN state = 'busy' THEN cut_end - cut ELSE 0 END AS work_ms,
    CASE WHEN state = 'away' THEN 0 ELSE cut_end - cut END AS capacity_ms
FROM (
    SELECT *, greatest(from_ms, quarter) AS cut, least(from_ms + ms, quarter + 900000) AS cut_end
    FROM (SELECT *, unnest(range(from_ms - from_ms % 900000, from_ms + ms, 900000)) AS quarter FROM spans WHERE ms > 0)
);
