package io.leasehold.store.jdbc.sql;

/** The statements of operators, and those that delete rows: every supported database has them. */
public final class OperatorSql {

    /** All groups, whatever the version of their rows. */
    public static final Sql GROUPS =
            Sql.of(
                    """
                    SELECT g.group_id, g.schema_version, g.change_number, g.created_at,
                           (SELECT COUNT(*) FROM lease_member m
                             WHERE m.group_id = g.group_id) AS members,
                           (SELECT COUNT(*) FROM lease l
                             WHERE l.group_id = g.group_id) AS splits
                      FROM lease_group g
                    """);

    /** As {@link LeaseSql#GROUP}, with what is for people. */
    public static final Sql INSPECT_MEMBERS =
            Sql.of(
                    """
                    SELECT CURRENT_TIMESTAMP(6) AS read_at, m.joined_at, m.beat_at, %s
                      FROM lease_group g
                      LEFT JOIN lease_member m ON m.group_id = g.group_id
                     WHERE g.group_id = :group
                    """
                            .formatted(LeaseSql.GROUP_COLUMNS));

    /** All leases of the group, with what is for people; one row without where there is none. */
    public static final Sql INSPECT_SPLITS =
            Sql.of(
                    """
                    SELECT g.change_number, g.schema_version, %s, %s, l.progress_at
                      FROM lease_group g
                      LEFT JOIN lease l ON l.group_id = g.group_id
                     WHERE g.group_id = :group
                    """
                            .formatted(LeaseSql.LEASE_COLUMNS, LeaseSql.PROGRESS_COLUMNS));

    public static final Sql CLOCK = Sql.of("SELECT CURRENT_TIMESTAMP(6) AS read_at");

    /** Holds the group's lock, without which no member comes back to life. */
    public static final Sql RELEASE_ABANDONED =
            Sql.of(
                    """
                    UPDATE lease
                       SET owner = NULL, owner_incarnation = NULL, version = :version,
                           changed_at = CURRENT_TIMESTAMP
                     WHERE group_id = :group AND split_id = :split AND version = :read_version
                       AND owner IS NOT NULL
                       AND NOT EXISTS (
                           SELECT 1 FROM lease_member m
                            WHERE m.group_id = :group AND m.member_id = lease.owner
                              AND m.incarnation = lease.owner_incarnation
                              AND m.state <> 'CLOSED')
                    """);

    public static final Sql RESET =
            Sql.of(
                    """
                    UPDATE lease
                       SET tenure = tenure + 1, version = :version,
                           progress = :progress, serializer_version = :serializer_version,
                           progress_text = :text, progress_checkpoint = :checkpoint,
                           progress_epoch = epoch,
                           changed_at = CURRENT_TIMESTAMP, progress_at = CURRENT_TIMESTAMP
                     WHERE group_id = :group AND split_id = :split AND version = :read_version
                       AND owner IS NULL AND NOT finished
                    """);

    public static final Sql MARK_TO_FORGET =
            Sql.of(
                    """
                    UPDATE lease
                       SET version = :version
                     WHERE group_id = :group AND split_id = :split AND version = :read_version
                       AND owner IS NULL
                       AND (finished OR NOT EXISTS (
                            SELECT 1 FROM lease_member m
                             WHERE m.group_id = :group AND m.state <> 'CLOSED'))
                    """);

    /** What the transaction has changed. */
    public static final Sql DELETE_CHANGED =
            Sql.of("DELETE FROM lease WHERE group_id = :group AND version = :version");

    /** The members that are CLOSED, and since when; one that was written by hand may not say. */
    public static final Sql CLOSED_MEMBERS =
            Sql.of(
                    """
                    SELECT m.member_id, m.incarnation, m.decided_incarnation,
                           COALESCE(m.closed_at, m.beat_at) AS closed_at,
                           CURRENT_TIMESTAMP(6) AS read_at
                      FROM lease_member m
                     WHERE m.group_id = :group AND m.state = 'CLOSED'
                    """);

    public static final Sql OWNERS =
            Sql.of(
                    """
                    SELECT DISTINCT l.owner
                      FROM lease l
                     WHERE l.group_id = :group AND l.owner IS NOT NULL
                    """);

    /** Holds the group's lock, without which no member comes back to life, or gets a split. */
    public static final Sql DELETE_MEMBER =
            Sql.of(
                    """
                    DELETE FROM lease_member
                     WHERE group_id = :group AND member_id = :member
                       AND incarnation = :incarnation AND state = 'CLOSED'
                    """);

    /** Deletes nothing, which takes the right to delete all the same. */
    public static final Sql DELETE_NO_MEMBER = Sql.of("DELETE FROM lease_member WHERE 1 = 0");

    /**
     * With all rows of the group, which name it as theirs. Nothing that the condition is about
     * changes without the change number, where every member is closed.
     */
    public static final Sql DELETE_GROUP =
            Sql.of(
                    """
                    DELETE FROM lease_group
                     WHERE group_id = :group AND change_number = :read_change_number
                       AND NOT EXISTS (
                           SELECT 1 FROM lease_member m
                            WHERE m.group_id = :group AND m.state <> 'CLOSED')
                       AND NOT EXISTS (
                           SELECT 1 FROM lease l
                            WHERE l.group_id = :group AND l.owner IS NOT NULL)
                       AND NOT EXISTS (
                           SELECT 1 FROM decided_output o WHERE o.group_id = :group)
                    """);

    private OperatorSql() {}
}
