-- Two roles for the portal on PostgreSQL. Whoever owns the database owns the tables: migrate, restore, purge and backup
-- are run as that role. Those who serve are portal_app, which owns nothing and cannot set row security aside.
--
-- By psql, as a superuser, in the portal's own database, before the first `migrate` or at any time later; again after
-- `restore` and after an upgrade of PostgreSQL. With PORTAL_APP_PASSWORD in the environment it sets that password too:
--   PORTAL_APP_PASSWORD=… psql --dbname=portal --file=deploy/roles.sql

DO $$
DECLARE
    owner text := (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database());
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_app') THEN
        CREATE ROLE portal_app LOGIN;
    END IF;
    ALTER ROLE portal_app NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO portal_app', current_database());
    GRANT USAGE ON SCHEMA public TO portal_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal_app;
    GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA public TO portal_app;
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public '
        'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app', owner);
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA public '
        'GRANT SELECT, USAGE ON SEQUENCES TO portal_app', owner);
END
$$;

\getenv password PORTAL_APP_PASSWORD
\if :{?password}
ALTER ROLE portal_app PASSWORD :'password';
\endif

-- Employees are found by an index, which PostgreSQL asks before it has looked whose the rows are only where it is said
-- that these two tell nothing of what they are given. They do not. Without this, as where nobody is given a superuser, a
-- search of employees reads those of the customer one by one.
ALTER FUNCTION pg_catalog.string_to_array(text, text) LEAKPROOF;
ALTER FUNCTION pg_catalog.arraycontains(anyarray, anyarray) LEAKPROOF;
