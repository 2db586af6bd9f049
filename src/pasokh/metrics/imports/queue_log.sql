-- What Asterisk's queue_log says, as facts. Reads the table `events` (ord, at_ms, callid, queue, agent, event, d1 … d5), which
-- is clean, without repeats and in the order in which things were written; leaves `visits_of`, `handlings_of`,
-- `contacts_of` and `agent_time_of`. `at_ms` is milliseconds UTC; local_of(at_ms) is the wall clock.
--
-- A stay begins with ENTERQUEUE, or, where the log begins in the middle, so long before its end as the log says it
-- waited. Waits are those Asterisk measured, not differences of clocks that may have jumped.

CREATE OR REPLACE TEMP TABLE came_again AS
SELECT callid, queue FROM events WHERE event = 'ENTERQUEUE' GROUP BY callid, queue HAVING count(*) > 1;

CREATE OR REPLACE TEMP VIEW steps AS
SELECT *, 1 AS stay FROM events
WHERE callid NOT IN ('', 'NONE', 'MANAGER', 'REALTIME') AND (callid, queue) NOT IN (SELECT (callid, queue) FROM came_again)
UNION ALL
SELECT *, count_if(event = 'ENTERQUEUE') OVER (PARTITION BY callid, queue ORDER BY ord) AS stay FROM events
WHERE callid NOT IN ('', 'NONE', 'MANAGER', 'REALTIME') AND (callid, queue) IN (SELECT (callid, queue) FROM came_again);

CREATE OR REPLACE TEMP TABLE stays AS
WITH ends AS (
    SELECT *,
        CASE WHEN event IN ('CONNECT', 'ABANDON', 'EXITWITHTIMEOUT', 'EXITWITHKEY', 'EXITEMPTY')
            OR (event IN ('COMPLETEAGENT', 'COMPLETECALLER') AND d1 IS NOT NULL) THEN ord END AS end_ord,
        CASE event
            WHEN 'CONNECT' THEN try_cast(d1 AS BIGINT)
            WHEN 'COMPLETEAGENT' THEN try_cast(d1 AS BIGINT)
            WHEN 'COMPLETECALLER' THEN try_cast(d1 AS BIGINT)
            WHEN 'EXITWITHKEY' THEN try_cast(d4 AS BIGINT)
            WHEN 'ABANDON' THEN try_cast(d3 AS BIGINT)
            WHEN 'EXITWITHTIMEOUT' THEN try_cast(d3 AS BIGINT)
            WHEN 'EXITEMPTY' THEN try_cast(d3 AS BIGINT)
        END * 1000 AS waited
    FROM steps
)
SELECT callid, queue, stay,
    min(ord) AS ord,
    min(CASE WHEN event = 'ENTERQUEUE' THEN at_ms END) AS entered,
    max(CASE WHEN event = 'ENTERQUEUE' THEN d2 END) AS caller,
    arg_min(event, end_ord) AS ended_as,
    arg_min(at_ms, end_ord) AS ended,
    arg_min(waited, end_ord) AS waited,
    arg_min(agent, end_ord) AS agent,
    min(CASE WHEN event = 'CONNECT' THEN at_ms END) AS connected,
    min(CASE WHEN event = 'CONNECT' THEN try_cast(d3 AS BIGINT) * 1000 END) AS rang,
    count_if(event IN ('RINGNOANSWER', 'RINGCANCELED')) + count_if(event = 'CONNECT') AS offers,
    arg_min(event, CASE WHEN event IN ('COMPLETEAGENT', 'COMPLETECALLER', 'TRANSFER', 'BLINDTRANSFER',
        'ATTENDEDTRANSFER', 'AGENTDUMP') THEN ord END) AS over_as,
    arg_min(at_ms, CASE WHEN event IN ('COMPLETEAGENT', 'COMPLETECALLER', 'TRANSFER', 'BLINDTRANSFER',
        'ATTENDEDTRANSFER', 'AGENTDUMP') THEN ord END) AS over,
    min(CASE WHEN event IN ('COMPLETEAGENT', 'COMPLETECALLER') THEN try_cast(d2 AS BIGINT) * 1000 END) AS talked
FROM ends GROUP BY callid, queue, stay
HAVING count_if(event IN ('ENTERQUEUE', 'CONNECT', 'ABANDON', 'EXITWITHTIMEOUT', 'EXITWITHKEY', 'EXITEMPTY',
    'COMPLETEAGENT', 'COMPLETECALLER')) > 0;

CREATE OR REPLACE TEMP VIEW timed AS
SELECT callid, queue, stay, ord, coalesce(caller, '') AS caller, offers,
    CASE WHEN ended_as IN ('COMPLETEAGENT', 'COMPLETECALLER') THEN ended - coalesce(talked, 0) ELSE ended END AS left_at,
    greatest(0, coalesce(waited, ended - entered, 0)) AS wait_ms,
    ended_as, entered,
    agent_of(CASE WHEN ended_as IN ('CONNECT', 'COMPLETEAGENT', 'COMPLETECALLER') THEN agent ELSE '' END) AS agent,
    coalesce(connected, CASE WHEN ended_as LIKE 'COMPLETE%' THEN ended - coalesce(talked, 0) END) AS connected,
    greatest(0, coalesce(rang, 0)) AS rang,
    over_as, over,
    greatest(0, coalesce(talked, over - connected, 0)) AS talked
FROM stays;

CREATE OR REPLACE TEMP TABLE visits_raw AS
SELECT callid || '/' || queue || '/' || stay AS visit, callid, queue, ord, caller, agent, offers, wait_ms,
    coalesce(entered, left_at - wait_ms) AS entered_at, left_at,
    CASE
        WHEN ended_as IN ('CONNECT', 'COMPLETEAGENT', 'COMPLETECALLER') THEN 'answered'
        WHEN ended_as = 'ABANDON' THEN 'abandoned'
        WHEN ended_as = 'EXITWITHTIMEOUT' THEN 'timeout'
        WHEN ended_as = 'EXITWITHKEY' THEN 'key'
        WHEN ended_as = 'EXITEMPTY' THEN 'no_agents'
        WHEN entered < (SELECT max(at_ms) FROM events) - 86400000 THEN 'other'
        ELSE 'waiting'
    END AS how,
    connected, rang, over_as, over, talked
FROM timed;

CREATE OR REPLACE TEMP TABLE calls AS
SELECT callid, min(ord) AS first_ord, customer_of(max(caller)) AS customer, arg_min(queue, ord) AS queue,
    coalesce(arg_max(agent, CASE WHEN agent <> '' THEN ord END), '') AS agent,
    min(entered_at) AS opened_at,
    CASE WHEN count_if(how = 'waiting' OR (how = 'answered' AND over_as IS NULL)) = 0
        THEN max(greatest(left_at, coalesce(connected + talked, left_at))) END AS closed_at,
    CASE WHEN count_if(how = 'answered') > 0 THEN 1 ELSE 0 END AS answered,
    CASE WHEN count_if(how = 'answered') = 0 AND arg_max(how, ord) = 'abandoned' THEN 1 ELSE 0 END AS abandoned,
    count(connected) AS handlings, count(*) AS visits, sum(wait_ms)::BIGINT AS wait_ms,
    coalesce(sum(CASE WHEN connected IS NOT NULL THEN talked END), 0)::BIGINT AS handle_ms
FROM visits_raw GROUP BY callid;

CREATE OR REPLACE TEMP VIEW visits_of AS
SELECT day_of(v.entered_at) AS day, visit, v.callid AS interaction, v.callid AS contact, customer,
    $source AS source, '' AS client, v.queue, 'voice' AS channel, 'in' AS direction, '' AS language, v.agent,
    entered_at, local_of(entered_at) AS entered_local, left_at, local_of(left_at) AS left_local, v.wait_ms, how, offers,
    0 AS target_ms, CASE WHEN v.ord = first_ord THEN 1 ELSE 0 END AS first
FROM visits_raw v JOIN calls USING (callid);

CREATE OR REPLACE TEMP VIEW handlings_of AS
SELECT day_of(connected) AS day, visit AS handling, v.callid AS interaction, v.callid AS contact, customer,
    $source AS source, '' AS client, v.queue, 'voice' AS channel, 'in' AS direction, '' AS language, v.agent,
    'contact' AS kind,
    connected AS answered_at, local_of(connected) AS answered_local,
    CASE WHEN over_as IS NOT NULL THEN connected + talked END AS ended_at,
    CASE WHEN over_as IS NOT NULL THEN local_of(connected + talked) END AS ended_local,
    rang AS ring_ms, talked AS talk_ms, 0 AS hold_ms, 0 AS holds, 0 AS wrap_ms,
    CASE
        WHEN over_as = 'COMPLETEAGENT' OR over_as = 'AGENTDUMP' THEN 'agent'
        WHEN over_as = 'COMPLETECALLER' THEN 'customer'
        WHEN over_as LIKE '%TRANSFER' THEN 'transfer'
        ELSE 'other'
    END AS ended_by,
    '' AS reason, '' AS outcome
FROM visits_raw v JOIN calls USING (callid) WHERE connected IS NOT NULL;

CREATE OR REPLACE TEMP VIEW contacts_of AS
SELECT day_of(opened_at) AS day, callid AS contact, customer, $source AS source, '' AS client, queue, 'voice' AS channel,
    'in' AS direction, '' AS language, agent, opened_at, local_of(opened_at) AS opened_local, closed_at,
    local_of(closed_at) AS closed_local, answered, abandoned, handlings, visits, wait_ms, handle_ms, '' AS reason,
    '' AS outcome, NULL AS resolved, 1 AS resolvable, NULL AS survey_resolved, NULL AS rating, NULL AS recommends,
    NULL AS effort,
    CASE WHEN customer <> '' THEN lead(opened_at) OVER (PARTITION BY customer ORDER BY opened_at, callid) END
        AS next_contact_at
FROM calls;

-- Times of people: signed in from ADDMEMBER or a login to the matching end, away between PAUSE and UNPAUSE, busy while
-- they talk. Whoever's sign-in is not in the log (members written into queues.conf) has no such time.
CREATE OR REPLACE TEMP TABLE spans AS
WITH marks AS (
    SELECT agent_of(agent) AS agent, ord, at_ms,
        CASE
            WHEN event IN ('ADDMEMBER', 'REMOVEMEMBER') THEN 'in ' || queue
            WHEN event LIKE 'AGENT%LOG%' THEN 'in'
            WHEN event IN ('PAUSEALL', 'UNPAUSEALL') THEN 'away'
            ELSE 'away ' || queue
        END AS track,
        event IN ('ADDMEMBER', 'AGENTLOGIN', 'AGENTCALLBACKLOGIN', 'PAUSE', 'PAUSEALL') AS begins,
        coalesce(d1, '') AS reason
    FROM events
    WHERE event IN ('ADDMEMBER', 'REMOVEMEMBER', 'AGENTLOGIN', 'AGENTLOGOFF', 'AGENTCALLBACKLOGIN',
        'AGENTCALLBACKLOGOFF', 'PAUSE', 'UNPAUSE', 'PAUSEALL', 'UNPAUSEALL') AND agent NOT IN ('', 'NONE')
),
followed AS (
    SELECT *, lead(at_ms) OVER (PARTITION BY agent, track ORDER BY ord) AS until FROM marks
)
SELECT agent, split_part(track, ' ', 1) AS track, reason, at_ms AS from_at,
    least(coalesce(until, (SELECT max(at_ms) FROM events)), at_ms + 86400000) AS to_at
FROM followed WHERE begins
UNION ALL
SELECT agent, 'busy', '', connected, connected + talked FROM visits_raw WHERE connected IS NOT NULL AND talked > 0
UNION ALL
SELECT agent, 'ringing', '', connected - rang, connected FROM visits_raw WHERE connected IS NOT NULL AND rang > 0;

CREATE OR REPLACE TEMP TABLE pieces AS
WITH signed_in AS (SELECT DISTINCT agent FROM spans WHERE track = 'in'),
edges AS (
    SELECT agent, from_at AS at_ms, track, 1 AS turn, reason FROM spans JOIN signed_in USING (agent) WHERE to_at > from_at
    UNION ALL
    SELECT agent, to_at, track, -1, '' FROM spans JOIN signed_in USING (agent) WHERE to_at > from_at
),
summed AS (
    SELECT agent, at_ms,
        sum(CASE WHEN track = 'in' THEN turn ELSE 0 END) AS ins, sum(CASE WHEN track = 'away' THEN turn ELSE 0 END) AS aways,
        sum(CASE WHEN track = 'busy' THEN turn ELSE 0 END) AS busies,
        sum(CASE WHEN track = 'ringing' THEN turn ELSE 0 END) AS rings,
        max(CASE WHEN track = 'away' AND turn = 1 THEN reason END) AS reason
    FROM edges GROUP BY agent, at_ms
),
running AS (
    SELECT agent, at_ms AS from_at, lead(at_ms) OVER w AS to_at, sum(ins) OVER w AS ins, sum(aways) OVER w AS aways,
        sum(busies) OVER w AS busies, sum(rings) OVER w AS rings,
        last_value(reason IGNORE NULLS) OVER w AS reason
    FROM summed WINDOW w AS (PARTITION BY agent ORDER BY at_ms)
)
SELECT agent, from_at, to_at,
    CASE WHEN busies > 0 THEN 'busy' WHEN rings > 0 THEN 'ringing' WHEN aways > 0 THEN 'away' ELSE 'idle' END AS state,
    CASE WHEN busies = 0 AND rings = 0 AND aways > 0 THEN coalesce(reason, '') ELSE '' END AS reason,
    busies
FROM running WHERE to_at > from_at AND (ins > 0 OR busies > 0);

CREATE OR REPLACE TEMP VIEW agent_time_of AS
SELECT day_of(cut) AS day, $source AS source, agent, '' AS team, state, reason, 1 AS paid, cut AS from_at,
    local_of(cut) AS from_local, cut_end - cut AS ms, (cut_end - cut) * busies::BIGINT AS work_ms,
    CASE WHEN state = 'away' THEN 0 ELSE cut_end - cut END AS capacity_ms
FROM (
    SELECT *, greatest(from_at, quarter) AS cut, least(to_at, quarter + 900000) AS cut_end
    FROM (SELECT *, unnest(range(from_at - from_at % 900000, to_at, 900000)) AS quarter FROM pieces)
);
