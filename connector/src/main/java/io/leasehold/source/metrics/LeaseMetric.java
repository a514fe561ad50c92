package io.leasehold.source.metrics;

import java.util.Arrays;
import java.util.List;

/**
 * Every metric of a leased source: its name, where it is reported, its unit and its meaning. The
 * README's table says the same.
 *
 * <p>Names and units follow FLIP-33: camel case, milliseconds, -1 for what is not known. All are in
 * the group {@link #GROUP} of the operator, which the readers have, or of its enumerator.
 */
public enum LeaseMetric {
    LEASES_HELD("leasesHeld", Place.ENUMERATOR, Kind.GAUGE, "splits", "that this member owns"),
    LEASES_WANTED(
            "leasesWanted",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "splits",
            "that the plan gives this member; it owns so many once all moves are made"),
    LEASES_CLAIMED(
            "leasesClaimed",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "splits",
            "that it owns and others have claimed"),
    SPLITS_UNASSIGNED(
            "splitsUnassigned",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "splits",
            "of the group that no live member can read, or has room for: nobody reads them"),
    SPLITS_UNREADABLE(
            "splitsUnreadable",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "splits",
            "whose row or recorded position cannot be decoded here: left alone"),
    CHECKPOINT_TROUBLE(
            "checkpointTrouble",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "ms",
            "for which checkpoints of the job have failed and none completed: handoffs wait; 0 if not so"),
    MEMBERS_ALIVE(
            "membersAlive",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "members",
            "of the group, itself among them; 0 before it has joined"),
    RENEWAL_LATENCY(
            "renewalLatency",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "ms",
            "from request to answer, of the last renewal that was answered; -1 before"),
    MAX_RENEWAL_LATENCY(
            "maxRenewalLatency",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "ms",
            "the longest of these since the enumerator started; -1 before"),
    RENEWAL_AGE(
            "renewalAge",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "ms",
            "since the last answered renewal was sent; -1 before"),
    REMAINING_VALIDITY(
            "remainingValidity",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "ms",
            "for which its leases are valid if no renewal is answered any more; 0 if they are not"),
    ACQUIRES(
            "acquires",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "splits",
            "acquired, in whatever way; once more for each new reader attempt"),
    HANDOFFS_RECEIVED(
            "handoffsReceived",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "splits",
            "acquired after another member released them to this one"),
    TAKEOVERS(
            "takeovers",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "splits",
            "acquired from another member that had not released them: dead, closed, or forced"),
    RELEASES(
            "releases",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "splits",
            "released, because of a claim or because they cannot be read here"),
    HANDOFFS_GIVEN(
            "handoffsGiven",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "splits",
            "released to a claimant, as of a completed checkpoint"),
    LOSSES(
            "losses",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "splits",
            "that were lost before they were released: by force, or because this member was found dead"),
    TABLE_WENT_BACK(
            "tableWentBack",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "times",
            "the lease table lost changes that this member had seen, as after a fail-over to a replica that lagged"),
    CHECKPOINTS_VOID(
            "checkpointsVoid",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "checkpoints",
            "completed, but never decided, and their output dropped; only where lease.output is decided"),
    FENCED_WRITES(
            "fencedWrites",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "splits",
            "whose position, end or release the table rejected: this member did not own them in that epoch any more"),
    STORE_ERRORS(
            "storeErrors",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "requests",
            "to the lease table that were not answered"),
    UNKNOWN_OUTCOMES(
            "unknownOutcomes",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "requests",
            "of those that may have changed something all the same"),
    DENIED_TIME(
            "deniedTime",
            Place.ENUMERATOR,
            Kind.GAUGE,
            "ms",
            "since the lease table began to deny this member access: a wrong password, a missing right or table; 0 if it does not"),
    RESTORED_FROM_TABLE(
            "restoredFromTable",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "splits",
            "that resumed at the recorded position instead of the restored one: another job had consumed them since, or lease.restore says so"),
    RESTORED_FROM_STATE(
            "restoredFromState",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "splits",
            "that resumed at the restored position though another job had consumed them since: what that one read is read again"),
    RESTORED_ELSEWHERE(
            "restoredElsewhere",
            Place.ENUMERATOR,
            Kind.COUNTER,
            "splits",
            "in this job's restored state that another member owns: dropped"),
    SPLITS_READ(
            "splitsRead", Place.READER, Kind.GAUGE, "splits", "that this subtask has and may read"),
    SPLITS_FROZEN(
            "splitsFrozen",
            Place.READER,
            Kind.GAUGE,
            "splits",
            "that are frozen for a handoff or a move, until it is done"),
    SPLITS_WITHHELD(
            "splitsWithheld",
            Place.READER,
            Kind.GAUGE,
            "splits",
            "in its restored state that are not assigned again yet"),
    RECORDS_DELETED_UNREAD(
            "recordsDeletedUnread",
            Place.READER,
            Kind.GAUGE,
            "records",
            "at most, that Kafka had deleted before they were read, since it started"),
    REMAINING_GRANT(
            "remainingGrant",
            Place.READER,
            Kind.GAUGE,
            "ms",
            "for which it may emit if its grant is not extended any more; 0 if it may not"),
    PAUSED_TIME_PER_SECOND(
            "pausedTimeMsPerSecond",
            Place.READER,
            Kind.GAUGE,
            "ms/s",
            "for which it had splits to read and no grant"),
    ACCUMULATED_PAUSED_TIME(
            "accumulatedPausedTimeMs",
            Place.READER,
            Kind.GAUGE,
            "ms",
            "for which it had splits to read and no grant, since it started");

    /** The metric group that all are in. */
    public static final String GROUP = "leasehold";

    /** The side that reports a metric. */
    public enum Place {
        ENUMERATOR,
        READER
    }

    /** What kind of metric Flink knows it as. */
    public enum Kind {
        GAUGE,
        COUNTER
    }

    private final String metricName;
    private final Place place;
    private final Kind kind;
    private final String unit;
    private final String meaning;

    LeaseMetric(String metricName, Place place, Kind kind, String unit, String meaning) {
        this.metricName = metricName;
        this.place = place;
        this.kind = kind;
        this.unit = unit;
        this.meaning = meaning;
    }

    /** The name it is reported under, in {@link #GROUP}. */
    public String metricName() {
        return metricName;
    }

    public Place place() {
        return place;
    }

    public Kind kind() {
        return kind;
    }

    /** What one is. */
    public String unit() {
        return unit;
    }

    /** What it says, behind its unit. */
    public String meaning() {
        return meaning;
    }

    static List<LeaseMetric> counters() {
        return Arrays.stream(values()).filter(metric -> metric.kind == Kind.COUNTER).toList();
    }
}
