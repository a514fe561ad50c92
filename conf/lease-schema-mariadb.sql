-- Leasehold, lease tables for MariaDB 10.6 or later and MySQL 8.0 or later. Schema version 3.
--
-- Run once per database, by a user that may create tables:
--     mariadb DATABASE < conf/lease-schema-mariadb.sql
-- or let Leasehold do it at its first request, with the option lease.schema.create. The jobs themselves
-- need no more than SELECT, INSERT and UPDATE on the first three of these tables, DELETE on lease_member for
-- lease.retention, and with a leased sink SELECT, INSERT and DELETE on decided_output.
-- A binary log must not be kept in the format STATEMENT.
--
-- Needs an innodb_page_size of 16k, the default, or more: the keys of two names do not fit smaller pages.
--
-- Names are compared by their code points, so that upper and lower case differ. That this collation
-- does not see blanks at the end is of no matter: no name has any.
--
-- Tables of version 2 are migrated by lease-schema-mariadb-2-to-3.sql.
-- Columns that end in _at are for people. They are dates of this database's clock in UTC, and decide
-- nothing but when the row of a closed member is deleted.
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
    line           VARCHAR(1400) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at     DATETIME(6)  NOT NULL,
    changed_at     DATETIME(6)  NOT NULL
) ENGINE = InnoDB, ROW_FORMAT = DYNAMIC, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;

-- One row per member: a job of the group, under a name that survives its restarts.
CREATE TABLE IF NOT EXISTS lease_member (
    group_id        VARCHAR(255) NOT NULL,
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
    sink_prefixes   MEDIUMTEXT   NOT NULL,
    -- Who that is: host, job, version.
    description     MEDIUMTEXT   NOT NULL,
    -- What its operators should know now; empty if nothing.
    notice          MEDIUMTEXT   NOT NULL,
    joined_at       DATETIME(6)  NOT NULL,
    beat_at         DATETIME(6)  NOT NULL,
    -- When it was closed, or was given an order since: it is deleted after lease.retention from then.
    closed_at       DATETIME(6),
    -- The checkpoint that it decided last: the incarnation that completed it, the line of Flink state that
    -- it belongs to, and its id. All or none.
    decided_incarnation VARCHAR(64),
    decided_line    VARCHAR(64),
    decided_checkpoint BIGINT,
    -- The incarnation of which a completed checkpoint can still be decided: the last one that acquired a
    -- split or decided. None once another member acquired a split from it after its end: it is sealed.
    unsealed        VARCHAR(255),
    PRIMARY KEY (group_id, member_id),
    FOREIGN KEY (group_id) REFERENCES lease_group (group_id) ON DELETE CASCADE
) ENGINE = InnoDB, ROW_FORMAT = DYNAMIC, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;

-- One row per split: who reads it, and from where the next one would.
CREATE TABLE IF NOT EXISTS lease (
    group_id            VARCHAR(255) NOT NULL,
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
    parents             MEDIUMTEXT   NOT NULL,
    -- Members that cannot read the split; per line why (NOT_FOUND, UNREADABLE), a blank, and the id.
    excluded_members    MEDIUMTEXT   NOT NULL,
    -- Records per second, as the last owner measured. 0 if unknown.
    rate                DOUBLE       NOT NULL,
    -- The group's change number at the last change of anything above: what conditional writes are
    -- conditional on, and how a member reads only what has changed. Recording a position keeps it.
    version             BIGINT       NOT NULL,
    -- The split with its position, in the bytes of its source's serializer of that version.
    progress            MEDIUMBLOB   NOT NULL,
    serializer_version  INTEGER      NOT NULL,
    -- The same for people.
    progress_text       VARCHAR(500) NOT NULL,
    -- The completed checkpoint that covers everything before that position, and the epoch it was
    -- recorded in: within one epoch the checkpoint never goes back.
    progress_checkpoint BIGINT       NOT NULL,
    progress_epoch      BIGINT       NOT NULL,
    created_at          DATETIME(6)  NOT NULL,
    changed_at          DATETIME(6)  NOT NULL,
    progress_at         DATETIME(6)  NOT NULL,
    PRIMARY KEY (group_id, split_id),
    KEY lease_version (group_id, version),
    FOREIGN KEY (group_id) REFERENCES lease_group (group_id) ON DELETE CASCADE
) ENGINE = InnoDB, ROW_FORMAT = DYNAMIC, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;

-- One row for each sink and decided checkpoint: output that is prepared and may not be committed yet. Whoever
-- has committed it deletes the row; nobody else may, or the output is lost.
CREATE TABLE IF NOT EXISTS decided_output (
    group_id      VARCHAR(255) NOT NULL,
    -- The member whose sink prepared it, and the incarnation that completed the checkpoint.
    member_id     VARCHAR(255) NOT NULL,
    incarnation   VARCHAR(64)  NOT NULL,
    checkpoint_id BIGINT       NOT NULL,
    -- The same in all jobs that can commit it.
    sink_id       VARCHAR(64)  NOT NULL,
    -- The line of Flink state that the checkpoint belongs to.
    state_line    VARCHAR(64)  NOT NULL,
    -- What is to be committed, in the bytes of the sink.
    output        MEDIUMBLOB NOT NULL,
    decided_at    DATETIME(6) NOT NULL,
    PRIMARY KEY (group_id, member_id, incarnation, checkpoint_id, sink_id),
    FOREIGN KEY (group_id) REFERENCES lease_group (group_id) ON DELETE CASCADE
) ENGINE = InnoDB, ROW_FORMAT = DYNAMIC, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_bin;
