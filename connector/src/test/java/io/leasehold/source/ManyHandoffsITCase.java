package io.leasehold.source;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.testkit.EmbeddedKafka;

import org.apache.flink.runtime.minicluster.MiniCluster;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;

import static java.util.Collections.frequency;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * An operator changes the weights of two jobs at random moments, also while splits are on their way
 * already: of what is committed nothing is missing and nothing is there twice (promise S5). Kafka,
 * PostgreSQL and Kafka's transactions are real.
 *
 * <p>{@code -Dhandoffs=200} says how many handoffs in a row, {@code -Dhandoffs.seed} from which
 * seed.
 */
@Timeout(1200)
@SuppressWarnings("try") // What a cluster's close may throw is Flink's to declare.
class ManyHandoffsITCase {

    private static final int HANDOFFS = Integer.getInteger("handoffs", 20);
    private static final long SEED = Long.getLong("handoffs.seed", new Random().nextInt(10_000));
    private static final Duration SOON = Duration.ofMinutes(5);

    /** Longer than anything takes here: no job is gone. */
    private static final Duration TRANSACTIONS = Duration.ofMinutes(5);

    /** The most rounds of the load between two orders: about two seconds. */
    private static final int MOST_ROUNDS = 80;

    private static final int HEAVIEST = 3;

    private final Map<String, Integer> delivered = new HashMap<>();

    /** The owner and the epoch of each split, as last seen. */
    private final Map<String, Lease> leases = new HashMap<>();

    private int handoffs;

    @Test
    void nothingIsMissingOrTwiceHoweverOftenSplitsMove() throws Exception {
        LeaseStoreFactory store = KafkaJobs.database();
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                MiniCluster blue = KafkaJobs.cluster();
                MiniCluster green = KafkaJobs.cluster();
                KafkaProducer<String, String> producer = KafkaJobs.producer(kafka);
                KafkaConsumer<String, String> output = KafkaJobs.committedOutput(kafka);
                LeaseStore table = store.open(Duration.ofSeconds(5));
                SteadyLoad load = KafkaJobs.load(producer)) {
            output.assign(List.of(new TopicPartition(KafkaJobs.OUT, 0)));
            blue.submitJob(KafkaJobs.job(kafka, "blue", store, TRANSACTIONS)).get();
            green.submitJob(KafkaJobs.job(kafka, "green", store, TRANSACTIONS)).get();
            await(() -> owners(table).size() == KafkaJobs.PARTITIONS);

            look(table);
            handoffs = 0;
            Random dice = new Random(SEED);
            while (handoffs < HANDOFFS) {
                String memberId = dice.nextBoolean() ? "blue" : "green";
                ScriptedRows.weigh(table, KafkaJobs.GROUP, memberId, dice.nextInt(HEAVIEST + 1));
                int then = load.rounds() + dice.nextInt(MOST_ROUNDS);
                await(() -> look(table) && load.rounds() >= then);
            }
            for (String memberId : List.of("blue", "green")) {
                ScriptedRows.weigh(table, KafkaJobs.GROUP, memberId, 1);
            }
            await(() -> frequency(owners(table), "blue") == KafkaJobs.PARTITIONS / 2);
            await(() -> frequency(owners(table), "green") == KafkaJobs.PARTITIONS / 2);

            Set<String> written = new HashSet<>(load.end());
            // Both jobs complete two more checkpoints: what they committed before shows, too.
            for (int from : List.of(0, 1_000)) {
                written.addAll(KafkaJobs.produce(producer, from, from + 100));
                await(() -> poll(output) && delivered.keySet().containsAll(written));
            }
            report(written);
        }
    }

    private void report(Set<String> written) {
        List<String> missing = new ArrayList<>(written);
        missing.removeAll(delivered.keySet());
        List<String> duplicated =
                delivered.keySet().stream().filter(record -> delivered.get(record) > 1).toList();
        String line =
                "handoffs=%d missing=%d duplicated=%d seed=%d records=%d"
                        .formatted(
                                handoffs, missing.size(), duplicated.size(), SEED, written.size());
        System.out.println(line);

        assertThat(missing).as(line).isEmpty();
        assertThat(duplicated).as(line).isEmpty();
        assertThat(delivered.keySet()).as(line).isEqualTo(written);
    }

    /** Counts the splits that are another member's, in a later epoch, than when last seen. */
    private boolean look(LeaseStore table) {
        for (Lease now :
                ScriptedRows.applied(table.ask(new SplitRequest.Read(KafkaJobs.GROUP, 0)))
                        .leases()) {
            if (now.owner().isPresent()) {
                Lease before = leases.put(now.splitId(), now);
                if (before != null && !before.ownerId().equals(now.ownerId())) {
                    assertThat(now.epoch()).isGreaterThan(before.epoch());
                    handoffs++;
                }
            }
        }
        return true;
    }

    private boolean poll(KafkaConsumer<String, String> output) {
        output.poll(Duration.ofMillis(100))
                .forEach(record -> delivered.merge(record.value(), 1, Integer::sum));
        return true;
    }

    private static List<String> owners(LeaseStore table) {
        return List.copyOf(ScriptedRows.owners(table, KafkaJobs.GROUP).values());
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(SOON)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }
}
