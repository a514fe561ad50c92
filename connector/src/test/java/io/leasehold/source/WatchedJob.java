package io.leasehold.source;

import io.leasehold.lease.store.LeaseChanges;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.lease.store.OwnershipRequest.Acquire;
import io.leasehold.lease.store.OwnershipRequest.Release;
import io.leasehold.testkit.ForwardingStore;

import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.util.FlinkRuntimeException;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a test sees of one job in this JVM, through all its restarts, and where it holds the job up.
 * A {@link WatchedSource}, the job's way to the lease store and its slow checkpoint all find it by
 * its name.
 */
final class WatchedJob {

    /** Where a job can be made to wait. */
    enum Place {
        /** An answer shows that another member has claimed something; the job has not read it. */
        CLAIM_ANSWER,
        RELEASE_REQUEST,
        RELEASE_ANSWER,
        ACQUIRE_REQUEST,
        ACQUIRE_ANSWER,
        /** Every source has passed the barrier, and its checkpoint waits for one more task. */
        CHECKPOINT_END
    }

    private static final Map<String, WatchedJob> NAMED = new ConcurrentHashMap<>();

    private final String memberId;
    private final Map<Place, Turnstile> turnstiles = new EnumMap<>(Place.class);

    /** Splits by what was last asked of, or done by, the reader that has them. */
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    private final Set<String> frozen = ConcurrentHashMap.newKeySet();
    private final Set<String> thawed = ConcurrentHashMap.newKeySet();
    private final Set<String> letGo = ConcurrentHashMap.newKeySet();

    private final Map<String, Integer> subtasks = new ConcurrentHashMap<>();
    private final Set<Integer> failing = ConcurrentHashMap.newKeySet();
    private final AtomicInteger readersClosed = new AtomicInteger();
    private final AtomicInteger enumeratorsClosed = new AtomicInteger();
    private final AtomicInteger checkpoints = new AtomicInteger();
    private final AtomicInteger enumeratorsGone = new AtomicInteger();
    private final AtomicInteger releasesLost = new AtomicInteger();
    private volatile boolean losesReleases;
    private volatile boolean checkpointsRefused;
    private volatile boolean checkpointsHeldOnceClaimed;
    private volatile Optional<Executor> coordinator = Optional.empty();

    private WatchedJob(String memberId) {
        this.memberId = memberId;
        for (Place place : Place.values()) {
            turnstiles.put(place, new Turnstile());
        }
    }

    static WatchedJob of(String group, String memberId) {
        return NAMED.computeIfAbsent(group + "/" + memberId, none -> new WatchedJob(memberId));
    }

    // ------------------------------------------------------------------------------------------
    // What the test does
    // ------------------------------------------------------------------------------------------

    String memberId() {
        return memberId;
    }

    Turnstile at(Place place) {
        return turnstiles.get(place);
    }

    /** No barrier reaches a reader from now on. */
    void refuseCheckpoints() {
        checkpointsRefused = true;
    }

    /** Barriers come, but no checkpoint completes that begins after the job has read of a claim. */
    void holdCheckpointsOnceClaimed() {
        checkpointsHeldOnceClaimed = true;
    }

    /** No release reaches the store from now on, while everything else does. */
    void loseReleases() {
        losesReleases = true;
    }

    /** Holds nothing up any more. */
    void goOn() {
        losesReleases = false;
        checkpointsRefused = false;
        checkpointsHeldOnceClaimed = false;
        turnstiles.values().forEach(Turnstile::open);
    }

    void failReader(int subtask) {
        failing.add(subtask);
    }

    void failEnumerator() {
        coordinator
                .orElseThrow()
                .execute(
                        () -> {
                            throw new FlinkRuntimeException("This failure is on purpose.");
                        });
    }

    boolean anyAsked() {
        return !asked.isEmpty();
    }

    boolean anyFrozen() {
        return !frozen.isEmpty();
    }

    boolean anyThawed() {
        return !thawed.isEmpty();
    }

    boolean anyLetGo() {
        return !letGo.isEmpty();
    }

    /** A subtask that had a split of which something was asked, or else the first. */
    int concerned() {
        return asked.stream().findFirst().map(subtasks::get).orElse(0);
    }

    int readersClosed() {
        return readersClosed.get();
    }

    /** How many have begun to close. */
    int enumeratorsClosed() {
        return enumeratorsClosed.get();
    }

    /** How many have said their last word. */
    int enumeratorsGone() {
        return enumeratorsGone.get();
    }

    boolean anyReleaseLost() {
        return releasesLost.get() > 0;
    }

    int checkpoints() {
        return checkpoints.get();
    }

    // ------------------------------------------------------------------------------------------
    // What the job tells
    // ------------------------------------------------------------------------------------------

    void coordinatedBy(Executor executor) {
        coordinator = Optional.of(executor);
    }

    void enumeratorSnapshot() {
        if (checkpointsRefused) {
            throw new FlinkRuntimeException("No checkpoint is taken now, on purpose.");
        }
    }

    void enumeratorClosed() {
        enumeratorsClosed.incrementAndGet();
    }

    void enumeratorGone() {
        enumeratorsGone.incrementAndGet();
    }

    private boolean losesRelease() {
        if (losesReleases) {
            releasesLost.incrementAndGet();
        }
        return losesReleases;
    }

    void checkpointComplete() {
        checkpoints.incrementAndGet();
    }

    void assigned(String splitId, int subtask) {
        subtasks.put(splitId, subtask);
    }

    void freezeAsked(Set<String> splitIds) {
        asked.addAll(splitIds);
    }

    void reportedFrozen(Set<String> splitIds) {
        frozen.addAll(splitIds);
    }

    void freezeWithdrawn(Set<String> splitIds) {
        thawed.addAll(splitIds);
    }

    void letGo(Set<String> splitIds) {
        letGo.addAll(splitIds);
    }

    void readerRuns(int subtask) {
        if (failing.remove(subtask)) {
            throw new FlinkRuntimeException("This failure is on purpose.");
        }
    }

    void readerClosed() {
        readersClosed.incrementAndGet();
    }

    // ------------------------------------------------------------------------------------------
    // Pieces of the job
    // ------------------------------------------------------------------------------------------

    /** A way to a store on which the job waits where it is held up. */
    record Way(LeaseStoreFactory stores, String group, String memberId)
            implements LeaseStoreFactory {

        @Override
        public LeaseStore open(Duration timeout) throws LeaseStoreException {
            return new Relay(stores.open(timeout), WatchedJob.of(group, memberId));
        }
    }

    private static final class Relay extends ForwardingStore {

        private final WatchedJob job;

        Relay(LeaseStore store, WatchedJob job) {
            super(store);
            this.job = job;
        }

        @Override
        public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
            try {
                if (request instanceof Release && job.losesRelease()) {
                    return new LeaseOutcome.Unknown<>(
                            new LeaseStoreException(
                                    "It was lost on the way.",
                                    LeaseStoreException.Kind.UNREACHABLE,
                                    null));
                } else if (request instanceof Release) {
                    job.at(Place.RELEASE_REQUEST).pass();
                } else if (request instanceof Acquire) {
                    job.at(Place.ACQUIRE_REQUEST).pass();
                }
                LeaseOutcome<A> answer = store.ask(request);
                if (request instanceof Release) {
                    job.at(Place.RELEASE_ANSWER).pass();
                } else if (request instanceof Acquire) {
                    job.at(Place.ACQUIRE_ANSWER).pass();
                } else if (answer.match(job::isClaimedFrom, refused -> false, unknown -> false)) {
                    job.isToldOfClaims();
                }
                return answer;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new LeaseOutcome.Unknown<>(
                        new LeaseStoreException(
                                "The wait for the answer was ended.",
                                LeaseStoreException.Kind.UNREACHABLE,
                                e));
            }
        }
    }

    /** Before any reader can be: a checkpoint of which one task knew earlier might complete. */
    private void isToldOfClaims() throws InterruptedException {
        if (checkpointsHeldOnceClaimed) {
            at(Place.CHECKPOINT_END).shut();
        }
        at(Place.CLAIM_ANSWER).pass();
    }

    private boolean isClaimedFrom(Object answer) {
        return answer instanceof LeaseChanges changes
                && changes.leases().stream()
                        .anyMatch(
                                lease ->
                                        lease.claim().isPresent()
                                                && lease.ownerId().equals(Optional.of(memberId)));
    }

    /** A task beside the source's, for whose snapshot checkpoints wait. */
    static final class SlowCheckpoint implements MapFunction<String, String>, CheckpointedFunction {

        private static final long serialVersionUID = 1L;

        private final String group;
        private final String memberId;

        SlowCheckpoint(String group, String memberId) {
            this.group = group;
            this.memberId = memberId;
        }

        @Override
        public String map(String record) {
            return record;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            WatchedJob.of(group, memberId).at(Place.CHECKPOINT_END).pass();
        }

        @Override
        public void initializeState(FunctionInitializationContext context) {}
    }
}
