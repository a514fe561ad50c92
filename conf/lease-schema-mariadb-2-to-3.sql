-- Leasehold, lease tables for MariaDB 10.6 or later and MySQL 8.0 or later: from schema version 2 to 3.
--
-- Run once per database, by a user that may alter the tables, while no job runs that keeps its leases
-- there:
--     mariadb DATABASE < conf/lease-schema-mariadb-2-to-3.sql
-- What was done already is not done again.
-- MySQL does not know IF NOT EXISTS here: leave it out there.

-- The latest change numbers. Members compare them with what they have seen.
ALTER TABLE lease_group ADD COLUMN IF NOT EXISTS line VARCHAR(1400) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '';
ALTER TABLE lease_group ALTER COLUMN line DROP DEFAULT;
UPDATE lease_group SET line = CONCAT(',', change_number, ',') WHERE line = '';

UPDATE lease_group SET schema_version = 3 WHERE schema_version = 2;
