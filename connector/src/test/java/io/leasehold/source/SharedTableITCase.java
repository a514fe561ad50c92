package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.CommittedOutput;
import io.leasehold.testkit.OwnIds;

import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two jobs share a table that flink-connector-jdbc reads in chunks: a source with an end, whose
 * readers ask for one split after the other.
 */
@Timeout(180)
class SharedTableITCase {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(2));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration SLOWED = Duration.ofMillis(2);

    /** Who read what, by table, in order. */
    private static final Map<String, Queue<String>> SEEN = new ConcurrentHashMap<>();

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(2)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    private final String name = "table-" + UUID.randomUUID();

    /** Both end, though neither has read all of it. */
    @Test
    void eachChunkIsReadOnceAndBothJobsEnd() throws Exception {
        JdbcChunks table = new JdbcChunks();
        List<String> written = fill(table, 12, 2_000);
        SlowedRecords.slow(name);
        JobClient blue = start(table, "blue");
        JobClient green = start(table, "green");
        Awaitility.await().atMost(SOON).until(() -> readBy("blue") && readBy("green"));
        SlowedRecords.letGo(name);

        end(blue);
        end(green);

        assertThat(CommittedOutput.of(name)).containsExactlyInAnyOrderElementsOf(written);
    }

    /** Promise S5: a chunk goes on in another job at the record at which it stood. */
    @Test
    void chunksThatMoveInTheMiddleAreReadWithoutAGapOrAnOverlap() throws Exception {
        JdbcChunks table = new JdbcChunks();
        List<String> written = fill(table, 4, 5_000);
        SlowedRecords.slow(name);
        LeaseStore leases = MemoryLeaseStore.named(name).open(Duration.ofSeconds(1));
        JobClient blue = start(table, "blue");
        Awaitility.await().atMost(SOON).until(() -> readBy("blue"));
        JobClient green = start(table, "green");
        for (String loser : List.of("blue", "green", "blue")) {
            String winner = loser.equals("blue") ? "green" : "blue";
            Awaitility.await().atMost(SOON).until(() -> joined(leases, winner));
            ScriptedRows.weigh(leases, name, winner, 1);
            ScriptedRows.weigh(leases, name, loser, 0);
            Awaitility.await()
                    .atMost(SOON)
                    .until(
                            () ->
                                    Set.copyOf(ScriptedRows.owners(leases, name).values())
                                            .equals(Set.of(winner)));
            int before = SEEN.get(name).size();
            Awaitility.await().atMost(SOON).until(() -> SEEN.get(name).size() > before + 100);
        }
        SlowedRecords.letGo(name);

        end(blue);
        end(green);

        assertThat(chunksReadByBoth()).isNotEmpty();
        assertThat(CommittedOutput.of(name)).containsExactlyInAnyOrderElementsOf(written);
    }

    // ---------------------------------------------------------------------------------- pieces

    private static List<String> fill(JdbcChunks table, int chunks, int records) {
        List<String> written = new ArrayList<>();
        for (int chunk = 1; chunk <= chunks; chunk++) {
            String prefix = chunk + ":";
            List<String> texts = IntStream.range(0, records).mapToObj(i -> prefix + i).toList();
            table.append(texts);
            written.addAll(texts);
        }
        return written;
    }

    private JobClient start(JdbcChunks table, String memberId) throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(LeasedJobs.settings(0));
        LeasedSource<String, ?, ?> source =
                LeasedSource.wrap(new OwnIds<>(table.bounded()))
                        .splitIds(SplitIds.STABLE)
                        .group(name)
                        .memberId(memberId)
                        .store(MemoryLeaseStore.named(name))
                        .terms(TERMS)
                        .build();
        LeasedJobs.stream(env, source, 2)
                .map(new SlowedRecords(name, SLOWED))
                .setParallelism(2)
                .map(new Seeing(name, memberId))
                .setParallelism(2)
                .sinkTo(new CommittedOutput(name))
                .setParallelism(2);
        return env.executeAsync();
    }

    private static void end(JobClient job) throws Exception {
        job.getJobExecutionResult().get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    private boolean joined(LeaseStore leases, String memberId) {
        return ScriptedRows.applied(leases.ask(new MembershipRequest.Open(name)))
                .member(memberId)
                .isPresent();
    }

    private boolean readBy(String memberId) {
        return SEEN.getOrDefault(name, new ConcurrentLinkedQueue<>()).stream()
                .anyMatch(seen -> seen.startsWith(memberId));
    }

    private Set<String> chunksReadByBoth() {
        Set<String> both = chunksReadBy("blue");
        both.retainAll(chunksReadBy("green"));
        return both;
    }

    private Set<String> chunksReadBy(String memberId) {
        Set<String> chunks = new HashSet<>();
        SEEN.get(name).stream()
                .filter(seen -> seen.startsWith(memberId))
                .forEach(
                        seen ->
                                chunks.add(
                                        seen.substring(memberId.length() + 1, seen.indexOf(':'))));
        return chunks;
    }

    private static final class Seeing implements MapFunction<String, String> {
        private static final long serialVersionUID = 1L;
        private final String table;
        private final String memberId;

        Seeing(String table, String memberId) {
            this.table = table;
            this.memberId = memberId;
        }

        @Override
        public String map(String record) {
            SEEN.computeIfAbsent(table, none -> new ConcurrentLinkedQueue<>())
                    .add(memberId + " " + record);
            return record;
        }
    }
}
