-- Leasehold, lease tables for H2 2.2 or later. Schema version 1.
--
-- Leasehold runs this at its first request, unless the option lease.schema.create says false.
--
-- Columns that end in _at are for people. They are dates of this database's clock, and decide nothing.
-- To forget a group, delete its row in lease_group while none of its jobs runs: the rest goes with it.

-- One row per group: the jobs that share a queue.
CREATE TABLE IF NOT EXISTS lease_group (
    group_id       VARCHAR(255) NOT NULL PRIMARY KEY,
    -- Of the rows of this group. A job that finds a version it does not know touches nothing.
    schema_version INTEGER      NOT NULL,
    -- Grows by one with every change of ownership, membership or claims. Whoever changes one of these
    -- holds the lock on this row, so that they do it one after the other.
    change_number  BIGINT       NOT NULL,
    created_at     TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at     TIMESTAMP WITH TIME ZONE NOT NULL
);

-- One row per member: a job of the group, under a name that survives its restarts.
CREATE TABLE IF NOT EXISTS lease_member (
    group_id        VARCHAR(255) NOT NULL REFERENCES lease_group (group_id) ON DELETE CASCADE,
    member_id       VARCHAR(255) NOT NULL,
    -- One life of that job. A writer that names another one changes nothing.
    incarnation     VARCHAR(255) NOT NULL,
    -- Goes up at every renewal. Others find a member dead that leaves it as it is for too long.
    beat            BIGINT       NOT NULL,
    -- ACTIVE, DRAINING (gives all its splits away) or CLOSED (this incarnation is over for good).
    state           VARCHAR(16)  NOT NULL,
    -- Its share relative to the others.
    weight          INTEGER      NOT NULL,
    -- The lease duration that it lives by.
    duration_nanos  BIGINT       NOT NULL,
    -- For how long its readers may still emit, counted from when another member first saw this row.
    emits_for_nanos BIGINT       NOT NULL,
    -- Who that is: host, job, version.
    description     VARCHAR(1000000) NOT NULL,
    joined_at       TIMESTAMP WITH TIME ZONE NOT NULL,
    beat_at         TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at       TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (group_id, member_id)
);

-- One row per split: who reads it, and from where the next one would.
CREATE TABLE IF NOT EXISTS lease (
    group_id            VARCHAR(255) NOT NULL REFERENCES lease_group (group_id) ON DELETE CASCADE,
    split_id            VARCHAR(255) NOT NULL,
    -- Member and incarnation that may read the split. Both or neither.
    owner               VARCHAR(255),
    owner_incarnation   VARCHAR(255),
    -- Fencing number: grows by one at every grant to a new incarnation or reader attempt.
    epoch               BIGINT       NOT NULL,
    -- Stays while the split is read from one unbroken line of Flink state.
    tenure              BIGINT       NOT NULL,
    -- Member that wants the split from its owner, and how: ASK or FORCE. Both or neither.
    claimant            VARCHAR(255),
    claim_kind          VARCHAR(16),
    -- Whether the split has come to its end. It then never has an owner again.
    finished            BOOLEAN      NOT NULL,
    -- Splits that must be finished before this one is given out; one id per line.
    parents             VARCHAR(1000000) NOT NULL,
    -- Records per second, as the last owner measured. 0 if unknown.
    rate                DOUBLE PRECISION NOT NULL,
    -- The group's change number at the last change of anything above: what conditional writes are
    -- conditional on, and how a member reads only what has changed. Progress leaves it as it is.
    version             BIGINT       NOT NULL,
    -- The split with its position, in the bytes of its source's serializer of that version.
    progress            VARBINARY(16777216) NOT NULL,
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
);

CREATE INDEX IF NOT EXISTS lease_version ON lease (group_id, version);
