package io.leasehold.source.metrics;

import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.member.OutputEvent.IsVoid;
import io.leasehold.lease.model.LeaseStanding;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.SplitRequest;

import org.apache.flink.metrics.MetricGroup;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * What one enumerator shows of its leases. It is told; what is asked for is answered from the last
 * thing it was told, on any thread and without a lock.
 */
public final class EnumeratorMetrics {

    private static final long UNKNOWN = -1;

    /**
     * @param sentAt when the last renewal that was answered was sent
     * @param latency how long it took, nanoseconds
     * @param longest how long the slowest took, nanoseconds
     */
    private record Renewal(long sentAt, long latency, long longest) {}

    private final LeaseCounts counts;
    private final LongSupplier nanoClock;
    private final OwnGroup group;

    private volatile LeaseStanding standing =
            new LeaseStanding(0, 0, 0, 0, 0, 0, OptionalLong.empty());

    private volatile Optional<Renewal> renewal = Optional.empty();

    private volatile Optional<Long> deniedSince = Optional.empty();

    /**
     * Registers all metrics. Those that an earlier enumerator left there are taken out.
     *
     * @param enumerator Flink's group for the enumerator
     * @param counts what earlier enumerators have counted stays counted
     * @param nanoClock this machine's monotonic clock
     */
    public EnumeratorMetrics(MetricGroup enumerator, LeaseCounts counts, LongSupplier nanoClock) {
        this.counts = counts;
        this.nanoClock = nanoClock;
        this.group = new OwnGroup(enumerator);
        LeaseMetric.counters()
                .forEach(count -> group.group().counter(count.metricName(), counts.of(count)));
        standing(LeaseMetric.LEASES_HELD, LeaseStanding::held);
        standing(LeaseMetric.LEASES_WANTED, LeaseStanding::planned);
        standing(LeaseMetric.LEASES_CLAIMED, LeaseStanding::claimed);
        standing(LeaseMetric.SPLITS_UNASSIGNED, LeaseStanding::unassigned);
        standing(LeaseMetric.SPLITS_UNREADABLE, LeaseStanding::unreadable);
        standing(LeaseMetric.MEMBERS_ALIVE, LeaseStanding::alive);
        group.gauge(LeaseMetric.DENIED_TIME, this::deniedTime);
        group.gauge(
                LeaseMetric.CHECKPOINT_TROUBLE,
                () -> counts.checkpoints().lasts(nanoClock.getAsLong()).toMillis());
        group.gauge(LeaseMetric.REMAINING_VALIDITY, this::remainingValidity);
        renewal(LeaseMetric.RENEWAL_LATENCY, Renewal::latency);
        renewal(LeaseMetric.MAX_RENEWAL_LATENCY, Renewal::longest);
        renewal(LeaseMetric.RENEWAL_AGE, last -> nanoClock.getAsLong() - last.sentAt());
    }

    private long deniedTime() {
        return deniedSince.map(since -> millis(nanoClock.getAsLong() - since)).orElse(0L);
    }

    private void standing(LeaseMetric metric, ToIntFunction<LeaseStanding> value) {
        group.gauge(metric, () -> (long) value.applyAsInt(standing));
    }

    private interface Nanos {
        long of(Renewal renewal);
    }

    private void renewal(LeaseMetric metric, Nanos value) {
        group.gauge(metric, () -> renewal.map(last -> millis(value.of(last))).orElse(UNKNOWN));
    }

    private long remainingValidity() {
        OptionalLong until = standing.validUntil();
        return until.isPresent()
                ? Math.max(0, millis(until.getAsLong() - nanoClock.getAsLong()))
                : 0;
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** How the member stands now. */
    public void stands(LeaseStanding now) {
        standing = now;
    }

    /** Since when the lease table denies this member access, by the clock given; empty if not. */
    public void deniedSince(Optional<Long> since) {
        deniedSince = since;
    }

    /** What became of a request. On the thread that sends them; times are of the clock given. */
    public void answered(LeaseStep.Answer<?> answer, long sentAt, long answeredAt) {
        LeaseRequest<?> request = answer.request();
        LeaseOutcome<?> outcome = answer.outcome();
        if (outcome instanceof LeaseOutcome.Unknown<?>) {
            count(LeaseMetric.STORE_ERRORS, 1);
            if (!(request instanceof MembershipRequest.Open)
                    && !(request instanceof SplitRequest.Read)) {
                count(LeaseMetric.UNKNOWN_OUTCOMES, 1);
            }
            return;
        }
        int taken = taken(outcome);
        if (request instanceof OwnershipRequest.Release release) {
            count(LeaseMetric.RELEASES, taken);
            count(LeaseMetric.FENCED_WRITES, release.splits().size() - taken);
        } else if (request instanceof OwnershipRequest.Record progress) {
            count(LeaseMetric.FENCED_WRITES, progress.splits().size() - taken);
        } else if (request instanceof OwnershipRequest.Finish finish) {
            count(LeaseMetric.FENCED_WRITES, finish.splits().size() - taken);
        } else if (request instanceof MembershipRequest.Join
                || request instanceof MembershipRequest.Beat) {
            if (outcome instanceof LeaseOutcome.Applied<?>) {
                renewed(sentAt, answeredAt);
            }
        }
    }

    /** For how many splits the condition of a write held. */
    private static int taken(LeaseOutcome<?> outcome) {
        return outcome instanceof LeaseOutcome.Applied<?> done
                        && done.answer() instanceof Set<?> splits
                ? splits.size()
                : 0;
    }

    private void renewed(long sentAt, long answeredAt) {
        long latency = answeredAt - sentAt;
        long longest = renewal.map(Renewal::longest).orElse(latency);
        renewal = Optional.of(new Renewal(sentAt, latency, Math.max(latency, longest)));
    }

    /** What was learnt. */
    public void learnt(LeaseEvent event) {
        if (event instanceof LeaseEvent.Acquired acquired) {
            count(LeaseMetric.ACQUIRES, 1);
            switch (acquired.way()) {
                case HANDOFF -> count(LeaseMetric.HANDOFFS_RECEIVED, 1);
                case TAKEOVER -> count(LeaseMetric.TAKEOVERS, 1);
                case FREE, AGAIN -> {}
            }
        } else if (event instanceof LeaseEvent.Dropped gone) {
            count(gone.released() ? LeaseMetric.HANDOFFS_GIVEN : LeaseMetric.LOSSES, 1);
        } else if (event instanceof LeaseEvent.Lost) {
            count(LeaseMetric.LOSSES, 1);
        } else if (event instanceof LeaseEvent.ClosedByOthers) {
            count(LeaseMetric.LOSSES, standing.held());
        } else if (event instanceof LeaseEvent.TableWentBack) {
            count(LeaseMetric.LOSSES, standing.held());
            count(LeaseMetric.TABLE_WENT_BACK, 1);
        } else if (event instanceof LeaseEvent.OfOutput output) {
            count(LeaseMetric.CHECKPOINTS_VOID, output.event() instanceof IsVoid ? 1 : 0);
        } else if (event instanceof LeaseEvent.RestoredElsewhere) {
            count(LeaseMetric.RESTORED_ELSEWHERE, 1);
        } else if (event instanceof LeaseEvent.TenureBroken broken) {
            count(
                    broken.fromState()
                            ? LeaseMetric.RESTORED_FROM_STATE
                            : LeaseMetric.RESTORED_FROM_TABLE,
                    1);
        }
    }

    private void count(LeaseMetric metric, long more) {
        counts.of(metric).inc(more);
    }

    /** Nothing of this enumerator is reported any more. */
    public void close() {
        group.close();
    }
}
