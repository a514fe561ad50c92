-- Leasehold, lease tables for PostgreSQL 12 or later: from schema version 2 to 3.
--
-- Run once per database, by a user that may alter the tables, while no job runs that keeps its leases
-- there:
--     psql --set ON_ERROR_STOP=1 -f conf/lease-schema-postgresql-2-to-3.sql DATABASE
-- What was done already is not done again.

BEGIN;

-- The latest change numbers. Members compare them with what they have seen.
ALTER TABLE lease_group ADD COLUMN IF NOT EXISTS line VARCHAR(1400) NOT NULL DEFAULT '';
ALTER TABLE lease_group ALTER COLUMN line DROP DEFAULT;
UPDATE lease_group SET line = CONCAT(',', change_number, ',') WHERE line = '';

-- Which members cannot read a split, how long who closed holds its splits, and what operators should know.
ALTER TABLE lease ADD COLUMN IF NOT EXISTS excluded_members TEXT NOT NULL DEFAULT '';
ALTER TABLE lease ALTER COLUMN excluded_members DROP DEFAULT;
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS held_for_nanos BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lease_member ALTER COLUMN held_for_nanos DROP DEFAULT;
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS notice TEXT NOT NULL DEFAULT '';
ALTER TABLE lease_member ALTER COLUMN notice DROP DEFAULT;

-- What the transactions of members' sinks begin with.
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS sink_prefixes TEXT NOT NULL DEFAULT '';
ALTER TABLE lease_member ALTER COLUMN sink_prefixes DROP DEFAULT;

UPDATE lease_group SET schema_version = 3 WHERE schema_version = 2;

COMMIT;
