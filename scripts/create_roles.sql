-- Makes the two roles and the database of Rubric Studio; may be run again (then it sets the passwords anew).
--
--   psql -U postgres -v owner_password=… -v app_password=… -f scripts/create_roles.sql
--
-- studio_owner owns the tables and runs migrations. studio_app is what web, worker and sweeper use: it can neither change
-- frozen rows nor the tables themselves (`manage.py migrate` gives it its rights). Another name than studio: -v database=…
-- Tests make their own database: for them add -v tests=CREATEDB
\set ON_ERROR_STOP on
\if :{?database} \else \set database studio \endif
\if :{?tests} \else \set tests NOCREATEDB \endif

SELECT 'CREATE ROLE studio_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'studio_owner') \gexec
SELECT 'CREATE ROLE studio_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'studio_app') \gexec
ALTER ROLE studio_owner LOGIN NOSUPERUSER NOCREATEROLE :tests PASSWORD :'owner_password';
ALTER ROLE studio_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
-- The owner backs up and restores what the restricted role made: its queues.
GRANT studio_app TO studio_owner;

SELECT format('CREATE DATABASE %I OWNER studio_owner ENCODING ''UTF8'' TEMPLATE template0', :'database')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO studio_app;
