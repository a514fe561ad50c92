-- Leasehold, lease tables for PostgreSQL 12 or later. Schema version 3.
--
-- Run once per database, by a user that may create tables:
--     psql -f conf/lease-schema-postgresql.sql DATABASE
-- or let Leasehold do it at its first request, with the option lease.schema.create. The jobs themselves
-- need no more than SELECT, INSERT and UPDATE on the first three of these tables, DELETE on lease_member for
-- lease.retention, and with a leased sink SELECT, INSERT and DELETE on decided_output.
--
-- Columns that end in _at are for people. They are dates of this database's clock, and decide
-- nothing but when the row of a closed member is deleted.
-- Tables of version 1 are migrated by lease-schema-postgresql-1-to-2.sql, those of version 2 by
-- lease-schema-postgresql-2-to-3.sql.
-- To forget a group (leasehold forget --all), delete its row in lease_group while none of its jobs runs:
-- the rest goes with it.

-- One row per group: the jobs that share a queue.
CREATE TABLE IF NOT EXISTS lease_group (
    group_id       VARCHAR(255) NOT NULL PRIMARY KEY,
    -- Of the rows of this group. A job that finds a version it does not know touches nothing.
    schema_version INTEGER      NOT NULL,
    -- Grows with every change of ownership, membership or claims, by 2^28 and by chance: divided by 2^28
    -- it is their count, and no number is made twice. Whoever makes a change holds the lock on this
    -- row, so that changes come one after the other.
    change_number  BIGINT       NOT NULL,
    -- The latest change numbers, newest first. A member that has seen one of late that is not here
    -- knows that the table went back in time.
    line           VARCHAR(1400) NOT NULL,
    created_at     TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at     TIMESTAMP WITH TIME ZONE NOT NULL
);

-- One row per member: a job of the group, under a name that survives its restarts.
CREATE TABLE IF NOT EXISTS lease_member (
    group_id        VARCHAR(255) NOT NULL REFERENCES lease_group ON DELETE CASCADE,
    member_id       VARCHAR(255) NOT NULL,
    -- One life of that job. A writer that names another one changes nothing.
    incarnation     VARCHAR(255) NOT NULL,
    -- Goes up at every renewal. Others find a member dead that leaves it as it is for too long.
    beat            BIGINT       NOT NULL,
    -- ACTIVE, AWAY (lacks readers, and released its splits), DRAINED (handed all its splits over as
    -- ordered, and may be stopped) or CLOSED (this incarnation never renews again).
    state           VARCHAR(16)  NOT NULL,
    -- Its share relative to the others, and the most splits it takes. A weight of 0 is a standby.
    weight          INTEGER      NOT NULL,
    most_splits     INTEGER      NOT NULL,
    -- What is to be shared evenly: COUNT, the number of splits, or LOAD, their records per second.
    balance         VARCHAR(16)  NOT NULL,
    -- What an operator told it, over all its restarts: to give all its splits away, and a weight in
    -- place of its own, if any.
    ordered_drain   BOOLEAN      NOT NULL,
    ordered_weight  INTEGER,
    -- The lease duration that it lives by.
    duration_nanos  BIGINT       NOT NULL,
    -- For how long its readers may still emit, counted from when another member first saw this row.
    emits_for_nanos BIGINT       NOT NULL,
    -- If CLOSED: for how long, counted likewise, others leave its splits to its next incarnation.
    held_for_nanos  BIGINT       NOT NULL,
    -- What the transactions of its sinks begin with, one a line, as far as it was said. No two members
    -- may have the same.
    sink_prefixes   TEXT         NOT NULL,
    -- Who that is: host, job, version.
    description     TEXT         NOT NULL,
    -- What its operators should know now; empty if nothing.
    notice          TEXT         NOT NULL,
    joined_at       TIMESTAMP WITH TIME ZONE NOT NULL,
    beat_at         TIMESTAMP WITH TIME ZONE NOT NULL,
    -- When it was closed, or was given an order since: it is deleted after lease.retention from then.
    closed_at       TIMESTAMP WITH TIME ZONE,
    -- The checkpoint that it decided last: the incarnation that completed it, the line of Flink state that
    -- it belongs to, and its id. All or none.
    decided_incarnation VARCHAR(64),
    decided_line    VARCHAR(64),
    decided_checkpoint BIGINT,
    -- The incarnation of which a completed checkpoint can still be decided: the last one that acquired a
    -- split or decided. None once another member acquired a split from it after its end: it is sealed.
    unsealed        VARCHAR(255),
    PRIMARY KEY (group_id, member_id)
) WITH (fillfactor = 50);  -- room to beat in place, without touching the index

-- One row per split: who reads it, and from where the next one would.
CREATE TABLE IF NOT EXISTS lease (
    group_id            VARCHAR(255) NOT NULL REFERENCES lease_group ON DELETE CASCADE,
    split_id            VARCHAR(255) NOT NULL,
    -- Member and incarnation that may read the split. Both or neither.
    owner               VARCHAR(255),
    owner_incarnation   VARCHAR(255),
    -- Fencing number: grows by one for every new incarnation or reader attempt that is to read.
    epoch               BIGINT       NOT NULL,
    -- Stays while the split is read from one unbroken line of Flink state.
    tenure              BIGINT       NOT NULL,
    -- Member that wants the split from its owner, and how: ASK or FORCE. Both or neither.
    claimant            VARCHAR(255),
    claim_kind          VARCHAR(16),
    -- Whether the split was read to its end. It then never has an owner again.
    finished            BOOLEAN      NOT NULL,
    -- Splits that must be finished before this one is assigned; one id per line.
    parents             TEXT         NOT NULL,
    -- Members that cannot read the split; per line why (NOT_FOUND, UNREADABLE), a blank, and the id.
    excluded_members    TEXT         NOT NULL,
    -- Records per second, as the last owner measured. 0 if unknown.
    rate                DOUBLE PRECISION NOT NULL,
    -- The group's change number at the last change of anything above: what conditional writes are
    -- conditional on, and how a member reads only what has changed. Recording a position keeps it.
    version             BIGINT       NOT NULL,
    -- The split with its position, in the bytes of its source's serializer of that version.
    progress            BYTEA        NOT NULL,
    serializer_version  INTEGER      NOT NULL,
    -- The same for people.
    progress_text       VARCHAR(500) NOT NULL,
    -- The completed checkpoint that covers everything before that position, and the epoch it was
    -- recorded in: within one epoch the checkpoint never goes back.
    progress_checkpoint BIGINT       NOT NULL,
    progress_epoch      BIGINT       NOT NULL,
    created_at          TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at          TIMESTAMP WITH TIME ZONE NOT NULL,
    progress_at         TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (group_id, split_id)
) WITH (fillfactor = 70);  -- room to record positions in place, without touching the indexes

CREATE INDEX IF NOT EXISTS lease_version ON lease (group_id, version);

-- One row for each sink and decided checkpoint: output that is prepared and may not be committed yet. Whoever
-- has committed it deletes the row; nobody else may, or the output is lost.
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
