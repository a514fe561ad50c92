-- Leasehold, lease tables for H2 2.2 or later: from schema version 2 to 3.
--
-- Run once per database, by a user that may alter the tables, while no job runs that keeps its leases
-- there:
--     java -cp h2.jar org.h2.tools.RunScript -url URL -script conf/lease-schema-h2-2-to-3.sql
-- What was done already is not done again.

-- The latest change numbers. Members compare them with what they have seen.
ALTER TABLE lease_group ADD COLUMN IF NOT EXISTS line VARCHAR(1400) NOT NULL DEFAULT '';
ALTER TABLE lease_group ALTER COLUMN line DROP DEFAULT;
UPDATE lease_group SET line = CONCAT(',', change_number, ',') WHERE line = '';

-- Which members cannot read a split, how long who closed holds its splits, and what operators should know.
ALTER TABLE lease ADD COLUMN IF NOT EXISTS excluded_members VARCHAR(1000000) NOT NULL DEFAULT '';
ALTER TABLE lease ALTER COLUMN excluded_members DROP DEFAULT;
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS held_for_nanos BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lease_member ALTER COLUMN held_for_nanos DROP DEFAULT;
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS notice VARCHAR(1000000) NOT NULL DEFAULT '';
ALTER TABLE lease_member ALTER COLUMN notice DROP DEFAULT;

-- What the transactions of members' sinks begin with.
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS sink_prefixes VARCHAR(1000000) NOT NULL DEFAULT '';
ALTER TABLE lease_member ALTER COLUMN sink_prefixes DROP DEFAULT;

UPDATE lease_group SET schema_version = 3 WHERE schema_version = 2;
