package io.leasehold.store.jdbc.sql;

import io.leasehold.lease.model.ChangeNumber;

import java.util.List;

/** The statements that every supported database understands. */
public final class LeaseSql {

    /** The version of the tables that this code reads and writes. */
    public static final int SCHEMA_VERSION = 3;

    /**
     * Of the column {@code line}: of numbers of 19 digits and a comma there fit as many as must.
     */
    private static final int LINE_LENGTH = 1400;

    /** The columns a {@link MemberRows#group} is made of. */
    public static final String GROUP_COLUMNS =
            """
            g.change_number, g.schema_version, g.line LIKE :seen AS seen_in_line, m.member_id, m.incarnation, m.beat, m.state,
            m.weight, m.most_splits, m.balance, m.ordered_drain, m.ordered_weight,
            m.duration_nanos, m.emits_for_nanos, m.held_for_nanos, m.sink_prefixes, m.description, m.notice
            """;

    /** Renews a member that may write; it does not take the group's lock. */
    public static final String RENEW =
            """
            UPDATE lease_member
               SET beat = GREATEST(beat, :beat), beat_at = CURRENT_TIMESTAMP(6)
             WHERE group_id = :group AND member_id = :member
               AND incarnation = :incarnation AND state <> 'CLOSED'
            """;

    /** Where the lease of a new split is written. */
    public static final String NEW_LEASE =
            """
            (group_id, split_id, epoch, tenure, finished, parents, excluded_members, rate,
             version, progress, serializer_version, progress_text, progress_checkpoint,
             progress_epoch, created_at, changed_at, progress_at)
            """;

    /** What is said of each split in {@code r} to make {@link #NEW_LEASE_VALUES}. */
    public static final List<Named> NEW_SPLIT =
            List.of(
                    Named.SPLIT,
                    Named.PARENTS,
                    Named.PROGRESS,
                    Named.SERIALIZER,
                    Named.TEXT,
                    Named.CHECKPOINT);

    /** What is written there. */
    public static final String NEW_LEASE_VALUES =
            """
            :group, r.split_id, 0, 0, FALSE, r.parents, '', 0,
            :version, r.progress, r.serializer_version, r.progress_text, r.progress_checkpoint,
            0, CURRENT_TIMESTAMP(6), CURRENT_TIMESTAMP(6), CURRENT_TIMESTAMP(6)
            """;

    static final String LEASE_COLUMNS =
            """
            l.split_id, l.owner, l.owner_incarnation, l.epoch, l.tenure, l.claimant, l.claim_kind,
            l.finished, l.parents, l.excluded_members, l.rate, l.version
            """;

    /** The group with its members; one row without a member where there is none. */
    public static final Sql GROUP =
            Sql.of(
                    """
                    SELECT %s
                      FROM lease_group g
                      LEFT JOIN lease_member m ON m.group_id = g.group_id
                     WHERE g.group_id = :group
                    """
                            .formatted(GROUP_COLUMNS));

    public static final Sql CREATE_GROUP =
            Sql.of(
                    """
                    INSERT INTO lease_group
                           (group_id, schema_version, change_number, line, created_at, changed_at)
                    VALUES (:group, :schema_version, :chance, :line, CURRENT_TIMESTAMP,
                            CURRENT_TIMESTAMP)
                    """);

    /** See {@link ChangeNumber#next}. */
    private static final String NEXT_NUMBER =
            "change_number - MOD(change_number, %1$s) + %1$s + :chance"
                    .formatted(ChangeNumber.CHANCE_BOUND);

    /**
     * Takes the group's lock, until the transaction ends. The line comes first: MariaDB sets one
     * column after the other, and the new number is made of the former.
     */
    public static final Sql NEXT_CHANGE =
            Sql.of(
                    """
                    UPDATE lease_group
                       SET line = SUBSTRING(CONCAT(',', %1$s, line), 1, %2$s),
                           change_number = %1$s, changed_at = CURRENT_TIMESTAMP
                     WHERE group_id = :group
                    """
                            .formatted(NEXT_NUMBER, LINE_LENGTH));

    /** For {@code :ordered_weight}, which is not null: that there is none. */
    public static final int NO_WEIGHT = -1;

    public static final Sql INSERT_MEMBER =
            Sql.of(
                    """
                    INSERT INTO lease_member
                           (group_id, member_id, incarnation, beat, state,
                            weight, most_splits, balance, ordered_drain, ordered_weight,
                            duration_nanos, emits_for_nanos, held_for_nanos, sink_prefixes,
                            description, notice, joined_at, beat_at)
                    VALUES (:group, :member, :incarnation, :beat, :state,
                            :weight, :most_splits, :balance, :ordered_drain,
                            NULLIF(:ordered_weight, -1), :duration, :emits_for, :held_for,
                            :sink_prefixes, :description, :notice,
                            CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)
                    """);

    /** Beats do not take the group's lock: so the condition is judged on the row itself. */
    public static final Sql REPLACE_MEMBER =
            Sql.of(
                    """
                    UPDATE lease_member
                       SET incarnation = :incarnation, beat = :beat, state = :state,
                           weight = :weight, most_splits = :most_splits, balance = :balance,
                           ordered_drain = :ordered_drain,
                           ordered_weight = NULLIF(:ordered_weight, -1),
                           duration_nanos = :duration,
                           emits_for_nanos = :emits_for, held_for_nanos = :held_for,
                           sink_prefixes = :sink_prefixes, description = :description,
                           notice = :notice,
                           joined_at = CURRENT_TIMESTAMP, beat_at = CURRENT_TIMESTAMP,
                           closed_at = NULL
                     WHERE group_id = :group AND member_id = :member
                       AND incarnation = :replaced_incarnation AND beat = :replaced_beat
                    """);

    /** Beats do not take the group's lock: so the condition is judged on the row itself. */
    public static final Sql CLOSE_MEMBER =
            Sql.of(
                    """
                    UPDATE lease_member
                       SET state = 'CLOSED', emits_for_nanos = :emits_for,
                           held_for_nanos = :held_for,
                           closed_at = CURRENT_TIMESTAMP
                     WHERE group_id = :group AND member_id = :member
                       AND incarnation = :incarnation AND state <> 'CLOSED'
                       AND (beat = :beat OR :any_beat)
                    """);

    /** Holds the group's lock, without which no incarnation or state changes. */
    public static final Sql DECLARE =
            Sql.of(
                    """
                    UPDATE lease_member
                       SET state = :state, notice = :notice
                     WHERE group_id = :group AND member_id = :member
                       AND (state <> :state OR notice <> :notice)
                       AND beat = :beat
                       AND (:may_own OR NOT EXISTS (
                            SELECT 1 FROM lease l
                             WHERE l.group_id = :group AND l.owner = :member))
                    """);

    /** A closed member is kept for as long after an order as after its end. */
    public static final Sql ORDER =
            Sql.of(
                    """
                    UPDATE lease_member
                       SET ordered_drain = :ordered_drain,
                           ordered_weight = NULLIF(:ordered_weight, -1),
                           closed_at = CASE WHEN state = 'CLOSED' THEN CURRENT_TIMESTAMP END
                     WHERE group_id = :group AND member_id = :member
                       AND (ordered_drain <> :ordered_drain
                            OR COALESCE(ordered_weight, -1) <> :ordered_weight)
                    """);

    /** The group with the leases changed since; one row without a lease where there is none. */
    public static final Sql CHANGED_SINCE =
            Sql.of(
                    """
                    SELECT g.change_number, g.schema_version, g.line LIKE :seen AS seen_in_line, %s
                      FROM lease_group g
                      LEFT JOIN lease l ON l.group_id = g.group_id AND l.version > :since
                     WHERE g.group_id = :group
                    """
                            .formatted(LEASE_COLUMNS));

    static final String PROGRESS_COLUMNS =
            "l.progress, l.serializer_version, l.progress_text, l.progress_checkpoint";

    public static final Sql PROGRESS =
            Sql.of(
                    "SELECT %s FROM lease l WHERE l.group_id = :group AND l.split_id = :split"
                            .formatted(PROGRESS_COLUMNS));

    /** What the transaction has changed, by the change number it has. */
    public static final Sql CHANGED =
            Sql.of("SELECT split_id FROM lease WHERE group_id = :group AND version = :version");

    /** As {@link #CHANGED}, in full. */
    public static final Sql TAKEN =
            Sql.of(
                    """
                    SELECT %s, %s
                      FROM lease l
                     WHERE l.group_id = :group AND l.version = :version
                    """
                            .formatted(LEASE_COLUMNS, PROGRESS_COLUMNS));

    private LeaseSql() {}
}
