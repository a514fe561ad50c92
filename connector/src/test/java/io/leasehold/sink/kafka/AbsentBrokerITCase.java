package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.kafka.TransactionBroker.Prepared;
import io.leasehold.sink.output.OpenOutput;
import io.leasehold.sink.output.OutputSession;
import io.leasehold.sink.output.OutputSystemException;

import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(180)
class AbsentBrokerITCase {

    @Test
    void aBrokerThatIsAwayLeavesTheFateUnknownAndNothingAborted() throws Exception {
        try (TransactionBroker broker = TransactionBroker.withProtocol(2)) {
            Prepared first = broker.prepared();
            Prepared second = broker.prepared();
            List<KafkaCommittable> both = List.of(first.committable(), second.committable());
            try (OutputSession<KafkaCommittable> session =
                    KafkaOutput.of(
                                    KafkaSinks.builder(
                                                    DeliveryGuarantee.EXACTLY_ONCE,
                                                    broker.bootstrapServers())
                                            .build())
                            .open(Duration.ofSeconds(1))) {
                broker.goAway();
                List<FateAnswer> committed = session.commit(both);
                assertThat(committed).extracting(FateAnswer::fate).containsOnly(Fate.UNKNOWN);
                assertThat(committed.get(0).evidence()).startsWith("Kafka does not say: Timeout");
                assertThat(committed.get(1).evidence())
                        .endsWith("the commit: not tried, since Kafka did not answer before");
                assertThat(session.fates(both))
                        .extracting(FateAnswer::fate)
                        .containsOnly(Fate.UNKNOWN);
                assertThatThrownBy(
                                () ->
                                        session.abort(
                                                new OpenOutput<>(
                                                        Set.of("name"), Set.of(), List.of()),
                                                () -> true))
                        .isInstanceOf(OutputSystemException.class)
                        .hasMessageStartingWith("Kafka did not list its open transactions: ");
            }
        }
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        try (OutputSession<KafkaCommittable> session =
                KafkaOutput.of(KafkaSinks.builder(DeliveryGuarantee.EXACTLY_ONCE).build())
                        .open(Duration.ofMinutes(2))) {
            List<KafkaCommittable> one = List.of(new KafkaCommittable(1, (short) 0, "name", null));
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> session.commit(one)).isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> session.fates(one)).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void anAddressThatIsNotKnownLeavesTheFateUnknown() throws Exception {
        try (OutputSession<KafkaCommittable> session =
                KafkaOutput.of(
                                KafkaSinks.builder(
                                                DeliveryGuarantee.EXACTLY_ONCE,
                                                "no-such-broker.invalid:9092")
                                        .build())
                        .open(Duration.ofSeconds(1))) {
            List<KafkaCommittable> one = List.of(new KafkaCommittable(1, (short) 0, "name", null));
            assertThat(session.commit(one).get(0).fate()).isEqualTo(Fate.UNKNOWN);
        }
    }
}
