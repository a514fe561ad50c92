package io.leasehold.store.jdbc.sql;

/** The statements about decided checkpoints and their output, for every supported database. */
public final class DecisionSql {

    /** Takes the group's lock, until the transaction ends, without a change of the group. */
    public static final Sql LOCK_GROUP =
            Sql.of("SELECT change_number FROM lease_group WHERE group_id = :group FOR UPDATE");

    /** What a member has decided last, and what can still be decided for it. */
    public static final Sql LAST =
            Sql.of(
                    """
                    SELECT m.member_id, m.decided_incarnation, m.decided_line, m.decided_checkpoint,
                           m.unsealed
                      FROM lease_member m
                     WHERE m.group_id = :group AND m.member_id = :member
                    """);

    /** Holds the group's lock, without which no incarnation or state changes. */
    public static final Sql DECIDE =
            Sql.of(
                    """
                    UPDATE lease_member
                       SET decided_incarnation = :incarnation, decided_line = :line,
                           decided_checkpoint = :checkpoint, unsealed = :incarnation
                     WHERE group_id = :group AND member_id = :member
                    """);

    /**
     * Writes which incarnation is not sealed: {@code :unsealed}, or none if that is empty and it is
     * {@code :incarnation} now.
     */
    public static final Sql UNSEAL =
            Sql.of(
                    """
                    UPDATE lease_member
                       SET unsealed = NULLIF(:unsealed, '')
                     WHERE group_id = :group AND member_id = :member
                       AND COALESCE(unsealed, '') <> :unsealed
                       AND (:unsealed <> '' OR unsealed = :incarnation)
                    """);

    public static final Sql INSERT_OUTPUT =
            Sql.of(
                    """
                    INSERT INTO decided_output
                           (group_id, member_id, incarnation, checkpoint_id, sink_id, state_line,
                            output, decided_at)
                    VALUES (:group, :member, :incarnation, :checkpoint, :sink, :line, :output,
                            CURRENT_TIMESTAMP)
                    """);

    private static final String KEY_COLUMNS =
            "o.member_id, o.incarnation, o.state_line, o.checkpoint_id, o.sink_id";

    public static final Sql OUTPUT =
            Sql.of(
                    """
                    SELECT %s, o.output
                      FROM decided_output o
                     WHERE o.group_id = :group AND o.member_id = :member
                    """
                            .formatted(KEY_COLUMNS));

    /** Which output there is in the group, without its bytes. */
    public static final Sql OUTPUT_KEYS =
            Sql.of(
                    "SELECT %s FROM decided_output o WHERE o.group_id = :group"
                            .formatted(KEY_COLUMNS));

    public static final Sql DELETE_OUTPUT =
            Sql.of(
                    """
                    DELETE FROM decided_output
                     WHERE group_id = :group AND member_id = :member
                       AND incarnation = :incarnation AND checkpoint_id = :checkpoint
                       AND sink_id = :sink AND state_line = :line
                    """);

    /** The members whose output is not committed for certain. */
    public static final Sql OUTPUT_MEMBERS =
            Sql.of(
                    """
                    SELECT DISTINCT o.member_id
                      FROM decided_output o
                     WHERE o.group_id = :group
                    """);

    private DecisionSql() {}
}
