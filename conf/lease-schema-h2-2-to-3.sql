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

UPDATE lease_group SET schema_version = 3 WHERE schema_version = 2;
