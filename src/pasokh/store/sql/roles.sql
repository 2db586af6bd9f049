-- The three roles, for the whole cluster. Run as a superuser, or as a role that may create roles. Repeating is harmless.
--   pasokh_owner   owns tables; used by migrations only
--   pasokh_engine  leads shards; sees every organisation
--   pasokh_app     the web and its workers; sees the organisation of app.org, and owns nothing
DO $roles$
DECLARE
  wanted text;
  modern boolean := current_setting('server_version_num')::integer >= 160000;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['pasokh_owner', 'pasokh_engine', 'pasokh_app'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN NOBYPASSRLS', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;  -- somebody else was quicker
      END;
    END IF;
    IF (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = wanted) THEN
      RAISE EXCEPTION 'role % may bypass row level security', wanted;
    END IF;
    -- From 16 on, whoever creates a role is its administrator but may not become it until granted.
    IF NOT pg_has_role(current_user, wanted, CASE WHEN modern THEN 'SET' ELSE 'MEMBER' END) THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END IF;
  END LOOP;
  EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO pasokh_owner, pasokh_engine, pasokh_app', current_database());
  GRANT USAGE, CREATE ON SCHEMA public TO pasokh_owner;
  GRANT USAGE ON SCHEMA public TO pasokh_engine, pasokh_app;
END
$roles$;
