package io.leasehold.source;

import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreFactory;
import io.leasehold.testkit.EmbeddedKafka;
import io.leasehold.testkit.SeverableStore;

import org.apache.flink.runtime.minicluster.MiniCluster;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import static java.util.Collections.frequency;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two jobs in two Flink clusters share a Kafka topic through a lease table in PostgreSQL, and write
 * transactions. One of them is stopped hard: it says goodbye to nobody.
 */
@Timeout(300)
@SuppressWarnings("try") // One cluster is closed early, on purpose.
class TwoJobsITCase {

    private static final Duration SOON = Duration.ofMinutes(2);

    /** Longer than any checkpoint here takes, short enough to wait for when a job is gone. */
    private static final Duration SHORT_TRANSACTIONS = Duration.ofSeconds(10);

    /** Longer than any pause of the machine: Kafka aborts what has been open for longer. */
    private static final Duration TRANSACTIONS = Duration.ofMinutes(5);

    private final List<String> delivered = new ArrayList<>();

    @Test
    void everyRecordIsCommittedOnceWhileBothLiveAndNoneIsMissingWhenOneIsStoppedHard()
            throws Exception {
        LeaseStoreFactory store = KafkaJobs.database();
        SeverableStore bluesWay = new SeverableStore(store);
        try (EmbeddedKafka kafka =
                        EmbeddedKafka.start(
                                Map.of(
                                        "transaction.abort.timed.out.transaction.cleanup.interval.ms",
                                        "1000"));
                MiniCluster blue = KafkaJobs.cluster();
                MiniCluster green = KafkaJobs.cluster();
                KafkaProducer<String, String> producer = KafkaJobs.producer(kafka);
                KafkaConsumer<String, String> output = KafkaJobs.committedOutput(kafka)) {
            output.assign(List.of(new TopicPartition(KafkaJobs.OUT, 0)));
            blue.submitJob(KafkaJobs.job(kafka, "blue", bluesWay, SHORT_TRANSACTIONS)).get();
            green.submitJob(KafkaJobs.job(kafka, "green", store, TRANSACTIONS)).get();

            List<String> first = KafkaJobs.produce(producer, 0, 3_000);
            await(output, first);
            assertThat(delivered).containsExactlyInAnyOrderElementsOf(first);
            assertThat(owners(store)).containsValues("blue", "green").hasSize(KafkaJobs.PARTITIONS);

            bluesWay.sever();
            blue.close();
            List<String> second = KafkaJobs.produce(producer, 3_000, 6_000);
            await(output, second);
            assertThat(delivered).containsAll(first).containsAll(second);
            assertThat(owners(store)).hasSize(KafkaJobs.PARTITIONS).containsOnlyKeys(splits());
            assertThat(owners(store).values()).containsOnly("green");
        }
    }

    /** What the job left open would hold up the output's readers for minutes. */
    @Test
    void everyRecordIsCommittedOnceAlsoWhenOneIsStoppedHardWhereTheTableDecidesOutput()
            throws Exception {
        LeaseStoreFactory store = KafkaJobs.database();
        SeverableStore bluesWay = new SeverableStore(store);
        try (EmbeddedKafka kafka = EmbeddedKafka.start();
                MiniCluster blue = KafkaJobs.cluster();
                MiniCluster green = KafkaJobs.cluster();
                KafkaProducer<String, String> producer = KafkaJobs.producer(kafka);
                KafkaConsumer<String, String> output = KafkaJobs.committedOutput(kafka);
                SteadyLoad load = KafkaJobs.load(producer)) {
            output.assign(List.of(new TopicPartition(KafkaJobs.OUT, 0)));
            blue.submitJob(KafkaJobs.decidedJob(kafka, "blue", bluesWay, TRANSACTIONS)).get();
            green.submitJob(KafkaJobs.decidedJob(kafka, "green", store, TRANSACTIONS)).get();
            List<String> written =
                    new ArrayList<>(KafkaJobs.produce(producer, 0, 10 * KafkaJobs.PARTITIONS));
            await(output, written);
            assertThat(owners(store)).containsValues("blue", "green").hasSize(KafkaJobs.PARTITIONS);

            bluesWay.sever();
            blue.close();
            Awaitility.await()
                    .atMost(SOON)
                    .until(
                            () ->
                                    frequency(List.copyOf(owners(store).values()), "green")
                                            == KafkaJobs.PARTITIONS);

            written.addAll(load.end());
            await(output, written);
            assertThat(delivered).containsExactlyInAnyOrderElementsOf(written);
        }
    }

    /** Promise S5: the same splits go from one job to the other and back, while both write. */
    @Test
    void splitsThatGoToAndFroUnderLoadAreCommittedOnceEach() throws Exception {
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
            awaitOwners(table, owners -> owners.size() == KafkaJobs.PARTITIONS);
            for (String loser : List.of("blue", "green", "blue", "green", "blue")) {
                String winner = loser.equals("blue") ? "green" : "blue";
                ScriptedRows.weigh(table, KafkaJobs.GROUP, winner, 1);
                ScriptedRows.weigh(table, KafkaJobs.GROUP, loser, 0);
                awaitOwners(table, owners -> frequency(owners, winner) == KafkaJobs.PARTITIONS);
            }
            ScriptedRows.weigh(table, KafkaJobs.GROUP, "blue", 1);
            awaitOwners(table, owners -> frequency(owners, "blue") == KafkaJobs.PARTITIONS / 2);

            List<String> written = new ArrayList<>(load.end());
            // Each split once more, so that whatever was committed before shows too.
            written.addAll(KafkaJobs.produce(producer, 0, 10 * KafkaJobs.PARTITIONS));
            await(output, written);
            assertThat(delivered).containsExactlyInAnyOrderElementsOf(written);
        }
    }

    private static void awaitOwners(LeaseStore table, Predicate<List<String>> expected) {
        Awaitility.await()
                .atMost(SOON)
                .until(
                        () ->
                                expected.test(
                                        List.copyOf(
                                                ScriptedRows.owners(table, KafkaJobs.GROUP)
                                                        .values())));
    }

    private void await(KafkaConsumer<String, String> output, List<String> expected) {
        Awaitility.await()
                .atMost(SOON)
                .pollInSameThread()
                .until(
                        () -> {
                            output.poll(Duration.ofMillis(200))
                                    .forEach(record -> delivered.add(record.value()));
                            return delivered.containsAll(expected);
                        });
    }

    private static Map<String, String> owners(LeaseStoreFactory stores) throws Exception {
        try (var store = stores.open(Duration.ofSeconds(5))) {
            return ScriptedRows.owners(store, KafkaJobs.GROUP);
        }
    }

    private static String[] splits() {
        return IntStream.range(0, KafkaJobs.PARTITIONS)
                .mapToObj(i -> KafkaJobs.IN + "-" + i)
                .toArray(String[]::new);
    }
}
