-- Two roles for the portal on PostgreSQL. The one that owns the database owns the tables: migrate, purge, backup and the
-- other commands use it. Those who serve use portal_app, which owns nothing and cannot set row security aside.
-- Run by a superuser in the portal's own database, before the first `migrate`, or at any time later; again after
-- `restore`:  psql --dbname=portal --file=roles.sql   and then:  ALTER ROLE portal_app PASSWORD '…'

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

-- Employees are found by an index, which PostgreSQL asks before it has looked whose the rows are only where it is said
-- that these two tell nothing of what they are given. They do not. Without this a search reads a customer's employees
-- one by one.
ALTER FUNCTION pg_catalog.string_to_array(text, text) LEAKPROOF;
ALTER FUNCTION pg_catalog.arraycontains(anyarray, anyarray) LEAKPROOF;
