package io.leasehold.job;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
@SuppressWarnings("try") // The harness may throw anything when it is closed.
class UnseenRecordsTest {

    private static final Duration TTL = Duration.ofMinutes(10);

    @Test
    void eachIdPassesOnceAndIsCountedWithinItsKey() throws Exception {
        try (var harness = open()) {
            harness.processElement(record("alice", "1"), 0);
            harness.processElement(record("alice", "1"), 0);
            harness.processElement(record("alice", "2"), 0);
            harness.processElement(record("bob", "3"), 0);

            assertThat(passed(harness)).containsExactly("1 as 1", "2 as 2", "3 as 1");
        }
    }

    @Test
    void idIsForgottenWhenItsTimeToLiveIsOver() throws Exception {
        try (var harness = open()) {
            harness.processElement(record("alice", "1"), 0);
            harness.setStateTtlProcessingTime(TTL.toMillis() - 1);
            harness.processElement(record("alice", "1"), 0);
            harness.setStateTtlProcessingTime(TTL.toMillis() + 1);
            harness.processElement(record("alice", "1"), 0);

            assertThat(passed(harness)).containsExactly("1 as 1", "1 as 1");
        }
    }

    @Test
    void whatWasSeenIsStillKnownAfterARestart() throws Exception {
        OperatorSubtaskState state;
        try (var harness = open()) {
            harness.processElement(record("alice", "1"), 0);
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness()) {
            harness.initializeState(state);
            harness.open();
            harness.processElement(record("alice", "1"), 0);
            harness.processElement(record("alice", "2"), 0);

            assertThat(passed(harness)).containsExactly("2 as 2");
        }
    }

    private static List<String> passed(
            KeyedOneInputStreamOperatorTestHarness<String, QueueRecord, QueueRecord> harness) {
        return harness.extractOutputValues().stream()
                .map(record -> record.id() + " as " + record.count())
                .toList();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, QueueRecord, QueueRecord> open()
            throws Exception {
        var harness = harness();
        harness.open();
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, QueueRecord, QueueRecord>
            harness() throws Exception {
        var harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new UnseenRecords(TTL)),
                        QueueRecord::groupingKey,
                        Types.STRING);
        harness.setStateTtlProcessingTime(0);
        return harness;
    }

    private static QueueRecord record(String key, String id) {
        return new QueueRecord(
                "orders-0",
                0,
                0,
                id,
                true,
                key.getBytes(StandardCharsets.UTF_8),
                false,
                new byte[0],
                0);
    }
}
