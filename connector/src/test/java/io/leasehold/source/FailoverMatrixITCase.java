package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.queue.MemoryQueue;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever happens to a job while a handoff is under way, of its splits or to it: of what both jobs
 * commit nothing is missing and nothing is there twice, each split ends with one owner, and both go
 * on. Every fault at every step, for either side.
 *
 * <p>The step is held up while the fault strikes, and a case fails where it was not there.
 */
@Timeout(120)
class FailoverMatrixITCase {

    enum Struck {
        OWNER,
        CLAIMANT
    }

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SPLITS = 4;

    /**
     * The grant is long against a restart: after it the other job would take over, as from one that
     * is gone for good.
     */
    private static final LeaseTerms TERMS =
            LeaseTerms.lasting(Duration.ofSeconds(8))
                    .renewInterval(Duration.ofMillis(150))
                    .storeTimeout(Duration.ofMillis(100))
                    .readerGrant(Duration.ofSeconds(4))
                    .extendInterval(Duration.ofMillis(100))
                    .build();

    /** Cases mostly wait: several run at a time, each with two clusters to itself. */
    private static final int AT_A_TIME = 4;

    private record Clusters(RestartableJob.Cluster owners, RestartableJob.Cluster claimants) {

        static Clusters start() throws Exception {
            return new Clusters(new RestartableJob.Cluster(), new RestartableJob.Cluster());
        }

        void close() throws Exception {
            owners.close();
            claimants.close();
        }
    }

    private static final BlockingQueue<Clusters> FREE = new LinkedBlockingQueue<>();

    @TempDir private Path folder;

    private final String group = "queue-" + UUID.randomUUID();
    private final MemoryQueue queue = MemoryQueue.named(group);

    @BeforeAll
    static void startClusters() throws Exception {
        for (int i = 0; i < AT_A_TIME; i++) {
            FREE.add(Clusters.start());
        }
    }

    @AfterAll
    static void closeClusters() throws Exception {
        for (Clusters clusters : FREE) {
            clusters.close();
        }
    }

    static List<Arguments> everyFaultAtEveryStep() {
        List<Arguments> cases = new ArrayList<>();
        for (HandoffStep step : HandoffStep.values()) {
            for (JobFault fault : JobFault.values()) {
                for (Struck struck : Struck.values()) {
                    if (isPromised(step, fault, struck)) {
                        cases.add(Arguments.of(step, fault, struck));
                    }
                }
            }
        }
        return cases;
    }

    /**
     * Where the way to the lease table is held up while the owner is stopped for good, what it has
     * committed last may be recorded nowhere: that is a takeover, which may read it again.
     */
    private static boolean isPromised(HandoffStep step, JobFault fault, Struck struck) {
        boolean unrecorded =
                step == HandoffStep.CHECKPOINT_COMPLETE_AND_NOT_RELEASED
                        || step == HandoffStep.CHECKPOINT_COMPLETE_AND_RELEASE_LOST;
        return !(unrecorded && struck == Struck.OWNER && fault.stopsWithSavepoint());
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @MethodSource("everyFaultAtEveryStep")
    void nothingIsMissingOrTwice(HandoffStep step, JobFault fault, Struck struck) throws Exception {
        Clusters clusters = FREE.take();
        try {
            nothingIsMissingOrTwice(step, fault, struck, clusters);
        } catch (Throwable e) {
            // Another case shall not fail for what this one left behind.
            clusters.close();
            clusters = Clusters.start();
            throw e;
        } finally {
            FREE.add(clusters);
        }
    }

    private void nothingIsMissingOrTwice(
            HandoffStep step, JobFault fault, Struck struck, Clusters clusters) throws Exception {
        IntStream.range(0, SPLITS).forEach(split -> queue.addSplit("split-" + split));
        RestartableJob owner = job(clusters.owners(), "blue");
        RestartableJob claimant = job(clusters.claimants(), "green");
        try (LeaseStore table = MemoryLeaseStore.named(group).open(Duration.ofSeconds(1));
                SteadyLoad load = new SteadyLoad(round -> append("round-" + round))) {
            owner.start(2, Optional.empty());
            await(
                    () ->
                            ScriptedRows.splitsOf(table, group, "blue") == SPLITS
                                    && owner.watched().checkpoints() > 1);
            step.holdUp(owner.watched(), claimant.watched());
            claimant.start(2, Optional.empty());
            reach(step, owner, claimant, table);

            RestartableJob victim = struck == Struck.OWNER ? owner : claimant;
            await(() -> victim.watched().checkpoints() > 0);
            assertIsAt(step, owner, claimant, "when the fault strikes");
            // A savepoint of the owner would be held up too.
            boolean goesOnFirst =
                    fault.stopsWithSavepoint() && step.holdsCheckpoints() && victim == owner;
            if (goesOnFirst) {
                owner.watched().goOn();
            }
            int closed = victim.watched().enumeratorsClosed();
            JobFault.Recovery recovery = fault.strike(victim);
            if (!goesOnFirst) {
                assertIsAt(step, owner, claimant, "when the fault shows");
            }
            int gone = victim.watched().enumeratorsClosed();
            if (step.lastsToTheEndOfTheEnumerator() && gone > closed) {
                await(() -> victim.watched().enumeratorsGone() >= gone);
            }
            owner.watched().goOn();
            claimant.watched().goOn();
            recovery.complete();
            ScriptedRows.weigh(table, group, "green", 1);

            awaitEvenShares(table);
            assertAllCommittedOnce(load.end(), owner, claimant, table);
        }
        for (RestartableJob job : List.of(owner, claimant)) {
            job.cancel();
            await(() -> job.status().isGloballyTerminalState());
        }
    }

    private static void assertIsAt(
            HandoffStep step, RestartableJob owner, RestartableJob claimant, String when) {
        assertThat(step.isReached(owner.watched(), claimant.watched()))
                .as("the handoff is at that step " + when)
                .isTrue();
    }

    private RestartableJob job(RestartableJob.Cluster cluster, String memberId) {
        return new RestartableJob(cluster, group, memberId, TERMS, folder);
    }

    private void reach(
            HandoffStep step, RestartableJob owner, RestartableJob claimant, LeaseStore table) {
        if (step == HandoffStep.CLAIM_WITHDRAWN_AFTER_THE_FREEZE) {
            await(() -> owner.watched().anyFrozen());
            ScriptedRows.weigh(table, group, "green", 0);
        }
        await(() -> step.isReached(owner.watched(), claimant.watched()));
    }

    /**
     * Where what is written last is committed everything before it is, and a checkpoint later also
     * what somebody may have read a second time.
     */
    private void assertAllCommittedOnce(
            List<String> load, RestartableJob owner, RestartableJob claimant, LeaseStore table) {
        List<String> written = new ArrayList<>(load);
        written.addAll(append("last"));
        Set<String> expected = new HashSet<>(written);
        await(() -> new HashSet<>(committedByBoth(owner, claimant)).containsAll(expected));
        for (RestartableJob job : List.of(owner, claimant)) {
            int then = job.watched().checkpoints();
            await(() -> job.watched().checkpoints() > then + 1);
        }

        List<String> committed = committedByBoth(owner, claimant);
        Set<String> once = new HashSet<>();
        assertThat(committed.stream().filter(record -> !once.add(record))).as("twice").isEmpty();
        assertThat(once).as("nothing else").isEqualTo(expected);
        // Who was on the way back when shares were even for the first time is given its own again.
        awaitEvenShares(table);
    }

    private void awaitEvenShares(LeaseStore table) {
        await(
                () ->
                        ScriptedRows.splitsOf(table, group, "blue") == 2
                                && ScriptedRows.splitsOf(table, group, "green") == 2);
    }

    private static List<String> committedByBoth(RestartableJob owner, RestartableJob claimant) {
        List<String> committed = new ArrayList<>(owner.committed());
        committed.addAll(claimant.committed());
        return committed;
    }

    /** A record in each split. */
    private List<String> append(String what) {
        List<String> written =
                IntStream.range(0, SPLITS)
                        .mapToObj(split -> "split-" + split + ":" + what)
                        .toList();
        written.forEach(
                record -> queue.append(record.substring(0, record.indexOf(':')), List.of(record)));
        return written;
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(condition);
    }
}
