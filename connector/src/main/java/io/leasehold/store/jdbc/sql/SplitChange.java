package io.leasehold.store.jdbc.sql;

import java.util.List;

/**
 * How a request changes the rows of the splits that it names: what the databases have in common. A
 * dialect makes it a statement, with its own form of what is named and of the join with the leases.
 *
 * <p>In these texts {@code r} is the row that names a split, {@code l} is its lease, and {@code
 * was} is its lease before the change: in which order MariaDB sets the columns of joined tables is
 * not said.
 */
public enum SplitChange {
    /** What another claims of the splits that {@code :member} owned stays claimed. */
    ACQUIRE(
            List.of(Named.SPLIT, Named.VERSION, Named.TENURE, Named.BEYOND),
            "was.version = r.version AND NOT was.finished",
            "claimant = CASE WHEN was.owner = :member AND was.claimant <> :member THEN was.claimant END",
            "claim_kind = CASE WHEN was.owner = :member AND was.claimant <> :member THEN was.claim_kind END",
            "owner = :member",
            "owner_incarnation = :incarnation",
            "epoch = GREATEST(was.epoch, r.beyond) + 1",
            "tenure = r.tenure",
            Common.VERSION,
            Common.CHANGED_AT),

    /** Under the owner's condition and S3. */
    RECORD(
            List.of(
                    Named.SPLIT,
                    Named.EPOCH,
                    Named.PROGRESS,
                    Named.SERIALIZER,
                    Named.TEXT,
                    Named.CHECKPOINT),
            Common.OWNED
                    + " AND NOT (l.progress_epoch = r.epoch AND l.progress_checkpoint > r.progress_checkpoint)",
            "progress = r.progress",
            "serializer_version = r.serializer_version",
            "progress_text = r.progress_text",
            "progress_checkpoint = r.progress_checkpoint",
            "progress_epoch = r.epoch",
            "progress_at = CURRENT_TIMESTAMP(6)"),

    /** Makes them unowned; and finished, if so. */
    RELEASE(
            List.of(Named.SPLIT, Named.EPOCH),
            Common.OWNED,
            "owner = NULL",
            "owner_incarnation = NULL",
            "finished = :finished",
            "claimant = CASE WHEN :finished THEN NULL ELSE l.claimant END",
            "claim_kind = CASE WHEN :finished THEN NULL ELSE l.claim_kind END",
            Common.VERSION,
            Common.CHANGED_AT),

    CLAIM(
            List.of(Named.SPLIT, Named.VERSION, Named.KIND),
            "l.version = r.version AND NOT l.finished AND l.owner <> :member",
            "claimant = :member",
            "claim_kind = r.kind",
            Common.VERSION,
            Common.CHANGED_AT),

    WITHDRAW(
            List.of(Named.SPLIT),
            "l.claimant = :member",
            "claimant = NULL",
            "claim_kind = NULL",
            Common.VERSION,
            Common.CHANGED_AT),

    EXCLUDE(
            List.of(Named.SPLIT, Named.VERSION, Named.EXCLUDED),
            "l.version = r.version",
            "excluded_members = r.excluded_members",
            Common.VERSION,
            Common.CHANGED_AT),

    RATE(
            List.of(Named.SPLIT, Named.EPOCH, Named.RATE),
            Common.OWNED,
            "rate = r.rate",
            Common.VERSION,
            Common.CHANGED_AT);

    /** That {@code :incarnation} owns the split in the epoch named. */
    static final String OWNED = Common.OWNED;

    /** Parts of several. */
    private interface Common {
        String OWNED =
                "l.owner = :member AND l.owner_incarnation = :incarnation AND l.epoch = r.epoch";
        String VERSION = "version = :version";
        String CHANGED_AT = "changed_at = CURRENT_TIMESTAMP(6)";
    }

    private final List<Named> named;
    private final String condition;
    private final List<String> assignments;

    SplitChange(List<Named> named, String condition, String... assignments) {
        this.named = named;
        this.condition = condition;
        this.assignments = List.of(assignments);
    }

    /** What is said of each split, first of all its id. */
    public List<Named> named() {
        return named;
    }

    /** Of {@code was}, {@code l} and {@code r}. */
    public String condition() {
        return condition;
    }

    /** What becomes of {@code l}, a text for each column. */
    public List<String> assignments() {
        return assignments;
    }
}
