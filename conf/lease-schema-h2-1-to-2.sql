-- Leasehold, lease tables for H2 2.2 or later: from schema version 1 to 2.
--
-- Run once per database, by a user that may alter the tables, while no job runs that keeps its leases
-- there:
--     java -cp h2.jar org.h2.tools.RunScript -url URL -script conf/lease-schema-h2-1-to-2.sql
-- What was done already is not done again.

-- What members did that knew nothing of these: take any number of splits, and share by their number.
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS most_splits INTEGER NOT NULL DEFAULT 2147483647;
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS balance VARCHAR(16) NOT NULL DEFAULT 'COUNT';
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS ordered_drain BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS ordered_weight INTEGER;

-- From now on each member says it itself.
ALTER TABLE lease_member ALTER COLUMN most_splits DROP DEFAULT;
ALTER TABLE lease_member ALTER COLUMN balance DROP DEFAULT;
ALTER TABLE lease_member ALTER COLUMN ordered_drain DROP DEFAULT;

-- What was a state is an order now.
UPDATE lease_member SET ordered_drain = TRUE, state = 'ACTIVE' WHERE state = 'DRAINING';

UPDATE lease_group SET schema_version = 2 WHERE schema_version = 1;
