package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.link.LinkedSource;
import io.leasehold.sink.LeasedSink;
import io.leasehold.sink.kafka.KafkaOutput;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a job with a leased sink is told before it is submitted. */
@Timeout(60)
class CheckedSinksTest {

    private final StreamExecutionEnvironment env = env();

    /** The one that a leased sink is made with. */
    private LinkedSource source = () -> "link";

    @Test
    void aSinkBehindOneLeasedSourceIsFine() {
        leased("orders", LostLease.FAIL).map(String::trim).sinkTo(sink("600000"));
        assertThatCode(() -> LeasedSource.check(env)).doesNotThrowAnyException();
    }

    @Test
    void aLeasedSinkWithoutALeasedSourceIsRefused() {
        env.fromData("a").sinkTo(sink("600000"));
        assertRefused("The leased sink 'shop' has no leased source behind it");
    }

    @Test
    void aLeasedSinkBehindTwoGroupsIsRefused() {
        leased("orders", LostLease.FAIL)
                .union(leased("clicks", LostLease.FAIL))
                .sinkTo(sink("600000"));
        assertRefused("sources of the groups [clicks, orders]");
    }

    @Test
    void aLeasedSinkBehindASourceThatDropsLostSplitsIsRefused() {
        leased("orders", LostLease.DROP).sinkTo(sink("600000"));
        assertRefused("lease.on-lost = drop");
    }

    @Test
    void unalignedCheckpointsAreRefusedWhereAChannelIsBeforeTheSink() {
        env.configure(unaligned());
        leased("orders", LostLease.FAIL).rebalance().map(String::trim).sinkTo(sink("600000"));
        assertRefused("is not chained to its source, and checkpoints may be unaligned");
    }

    @Test
    void unalignedCheckpointsAreFineWhereNoneIs() {
        env.configure(unaligned());
        leased("orders", LostLease.FAIL).map(String::trim).sinkTo(sink("600000"));
        assertThatCode(() -> LeasedSource.check(env)).doesNotThrowAnyException();
    }

    @Test
    void aTransactionTimeOutThatIsTooShortIsRefused() {
        leased("orders", LostLease.FAIL).sinkTo(sink("30000"));
        assertRefused(
                "(transaction.timeout.ms of a KafkaSink) of the leased sink 'shop' is 30000 ms");
    }

    @Test
    void aLeasedSinkOfAnotherSourceIsRefused() {
        leased("orders", LostLease.FAIL);
        LinkedSource orders = source;
        DataStream<String> clicks = leased("clicks", LostLease.FAIL);
        source = orders;
        clicks.sinkTo(sink("600000"));
        assertRefused("is made with another source than the one before it");
    }

    @Test
    void aLeasedSinkBehindASourceWhoseOutputNobodyDecidesIsRefused() {
        leased("orders", LostLease.FAIL, OutputCommits.NONE).sinkTo(sink("600000"));
        assertRefused("lease.output of group 'orders' is none");
    }

    @Test
    void decidedOutputWithoutALeasedSinkIsRefused() {
        leased("orders", LostLease.FAIL).sinkTo(new DiscardingSink<>());
        assertRefused("lease.output of group 'orders' is decided, but no leased sink is behind");
    }

    @Test
    void noLeasedSinkCanBeMadeWithASourceWhoseOutputNobodyDecides() {
        LeasedSource<String, ?, ?> undecided =
                LeasedSource.wrap(
                                new MemoryQueueSource("checked", Boundedness.CONTINUOUS_UNBOUNDED))
                        .splitIds(SplitIds.STABLE)
                        .group("orders")
                        .memberId("blue")
                        .store(MemoryLeaseStore.named("checked"))
                        .build();
        assertThatThrownBy(undecided::linkId)
                .hasMessageContaining("lease.output must be decided, but was none");
    }

    /** Its operators would not be initialized one after the other. */
    @Test
    void aJobWithoutOperatorChainingIsRefused() {
        env.disableOperatorChaining();
        leased("orders", LostLease.FAIL).sinkTo(sink("600000"));
        assertRefused("The writer of the leased sink 'shop' is not chained");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> LeasedSource.check(env))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private DataStream<String> leased(String group, LostLease onLost) {
        return leased(
                group,
                onLost,
                onLost == LostLease.DROP ? OutputCommits.NONE : OutputCommits.DECIDED);
    }

    private DataStream<String> leased(String group, LostLease onLost, OutputCommits output) {
        LeasedSource<String, ?, ?> leased =
                LeasedSource.wrap(
                                new MemoryQueueSource("checked", Boundedness.CONTINUOUS_UNBOUNDED))
                        .splitIds(SplitIds.STABLE)
                        .group(group)
                        .memberId("blue")
                        .store(MemoryLeaseStore.named("checked"))
                        .terms(LeaseTerms.of(Duration.ofSeconds(30)))
                        .onLost(onLost)
                        .output(output)
                        .unalignedCheckpoints(UnalignedCheckpoints.LOSE_RECORDS)
                        .build();
        if (output == OutputCommits.DECIDED) {
            source = leased;
        }
        return env.fromSource(leased, WatermarkStrategy.noWatermarks(), group);
    }

    private LeasedSink<String, ?> sink(String timeout) {
        return LeasedSink.of(
                source,
                KafkaOutput.of(
                        KafkaSink.<String>builder()
                                .setBootstrapServers("127.0.0.1:1")
                                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                                .setTransactionalIdPrefix("shop")
                                .setProperty("transaction.timeout.ms", timeout)
                                .setRecordSerializer(
                                        KafkaRecordSerializationSchema.<String>builder()
                                                .setTopic("out")
                                                .setValueSerializationSchema(
                                                        new SimpleStringSchema())
                                                .build())
                                .build()));
    }

    private static Configuration unaligned() {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
        return settings;
    }

    private static StreamExecutionEnvironment env() {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
        return StreamExecutionEnvironment.getExecutionEnvironment(settings);
    }
}
