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

-- Which checkpoint a member decided last, and the output of decided checkpoints.
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS decided_incarnation VARCHAR(64);
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS decided_line VARCHAR(64);
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS decided_checkpoint BIGINT;
ALTER TABLE lease_member ADD COLUMN IF NOT EXISTS unsealed VARCHAR(255);
CREATE TABLE IF NOT EXISTS decided_output (
    group_id      VARCHAR(255) NOT NULL REFERENCES lease_group ON DELETE CASCADE,
    -- The member whose sink prepared it, and the incarnation that completed the checkpoint.
    member_id     VARCHAR(255) NOT NULL,
    incarnation   VARCHAR(64)  NOT NULL,
    checkpoint_id BIGINT       NOT NULL,
    -- The same in all jobs that can commit it.
    sink_id       VARCHAR(64)  NOT NULL,
    -- The line of Flink state that the checkpoint belongs to.
    state_line    VARCHAR(64)  NOT NULL,
    -- What is to be committed, in the bytes of the sink.
    output        BYTEA NOT NULL,
    decided_at    TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (group_id, member_id, incarnation, checkpoint_id, sink_id)
);

UPDATE lease_group SET schema_version = 3 WHERE schema_version = 2;

COMMIT;
