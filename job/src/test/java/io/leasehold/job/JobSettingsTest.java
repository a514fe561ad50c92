package io.leasehold.job;

import io.leasehold.job.JobOptions.SinkKind;
import io.leasehold.lease.model.Balance;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.option.InvalidOptionsException;
import io.leasehold.option.Masked;
import io.leasehold.source.LostLease;
import io.leasehold.source.ProgressRecording;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class JobSettingsTest {

    @Test
    void whatIsNotGivenHasItsDefault() {
        JobSettings settings = SomeOptions.with();

        assertThat(settings.queue().topics()).containsExactly("orders", "returns");
        assertThat(settings.queue().start()).isEqualTo(new StartPosition.Earliest());
        assertThat(settings.queue().recordId()).isEqualTo(new RecordIdPlace.Header("record-id"));
        assertThat(settings.lease().terms()).isEqualTo(LeaseTerms.of(Duration.ofSeconds(10)));
        assertThat(settings.lease().progress()).isEqualTo(ProgressRecording.ONE_BEHIND);
        assertThat(settings.lease().restore()).isEqualTo(RestoreRule.AUTO);
        assertThat(settings.lease().onLost()).isEqualTo(LostLease.FAIL);
        assertThat(settings.lease().share()).isEqualTo(Share.of(1));
        assertThat(settings.lease().memberId()).isEmpty();
        assertThat(settings.dedup()).contains(new JobSettings.Dedup(Duration.ofHours(1)));
        assertThat(settings.sink().bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(settings.sink().transactionTimeout()).isEqualTo(Duration.ofMinutes(15));
        assertThat(settings.running().parallelism()).isEmpty();
    }

    @Test
    void whatIsGivenWins() {
        JobSettings settings =
                SomeOptions.with(
                        "--lease.member.id=blue",
                        "--lease.duration=6 s",
                        "--lease.initial.members",
                        "3",
                        "--kafka.start",
                        "timestamp:2026-01-31T12:00:00Z",
                        "--dedup.enabled",
                        "false",
                        "--lease.progress",
                        "at-once",
                        "--lease.restore=state",
                        "--lease.on-lost=drop",
                        "--lease.weight=3",
                        "--lease.max-splits=20",
                        "--lease.balance=load",
                        "--job.parallelism",
                        "4");

        assertThat(settings.lease().memberId()).contains("blue");
        assertThat(settings.lease().terms())
                .isEqualTo(LeaseTerms.lasting(Duration.ofSeconds(6)).initialMembers(3).build());
        assertThat(settings.queue().start())
                .isEqualTo(new StartPosition.At(Instant.parse("2026-01-31T12:00:00Z")));
        assertThat(settings.dedup()).isEmpty();
        assertThat(settings.lease().progress()).isEqualTo(ProgressRecording.AT_ONCE);
        assertThat(settings.lease().restore()).isEqualTo(RestoreRule.STATE);
        assertThat(settings.lease().onLost()).isEqualTo(LostLease.DROP);
        assertThat(settings.lease().share()).isEqualTo(new Share(3, 20, Balance.LOAD));
        assertThat(settings.running().parallelism()).contains(4);
    }

    @Test
    void leaseTermsThatAreNotGivenFollowTheGivenOnes() {
        LeaseTerms terms =
                SomeOptions.with(
                                "--lease.renew.interval",
                                "400 ms",
                                "--lease.reader.grant",
                                "900 ms",
                                "--lease.handoff.timeout",
                                "20 s")
                        .lease()
                        .terms();

        assertThat(terms.storeTimeout()).isEqualTo(Duration.ofMillis(300));
        assertThat(terms.extendInterval()).isEqualTo(Duration.ofMillis(300));
        assertThat(terms.handoffTimeout()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void prefixedKeysArePassedThrough() {
        JobSettings settings =
                SomeOptions.with(
                        "--kafka.properties.security.protocol", "SSL",
                        "--sink.properties.compression.type", "zstd",
                        "--lease.user", "leases");

        assertThat(settings.queue().properties()).containsOnlyKeys("security.protocol");
        assertThat(settings.sink().properties())
                .containsOnlyKeys("security.protocol", "compression.type");
        assertThat(settings.lease().storeProperties()).containsEntry("user", "leases");
    }

    @Test
    void everythingWrongIsSaidAtOnce() {
        InvalidOptionsException wrong =
                catchThrowableOfType(
                        InvalidOptionsException.class,
                        () ->
                                JobSettings.of(
                                        GivenOptions.fromArguments(
                                                List.of(
                                                        "--lease.duratoin",
                                                        "5 s",
                                                        "--checkpoint.interval",
                                                        "10",
                                                        "--lease.weight=-1",
                                                        "--sink.kind",
                                                        "kafk",
                                                        "--lease.group",
                                                        "shop",
                                                        "stray",
                                                        "--job.name"))));

        assertThat(wrong.problems())
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .contains("lease.duratoin", "did you mean lease.duration?"))
                .anySatisfy(it -> assertThat(it).contains("checkpoint.interval is '10'", "10 s"))
                .anySatisfy(it -> assertThat(it).contains("lease.weight is '-1'"))
                .anySatisfy(it -> assertThat(it).contains("sink.kind is 'kafk'", "kafka | print"))
                .anySatisfy(it -> assertThat(it).contains("'stray'"))
                .anySatisfy(it -> assertThat(it).contains("--job.name has no value"))
                .anySatisfy(it -> assertThat(it).startsWith("kafka.topics is missing"))
                .anySatisfy(it -> assertThat(it).startsWith("lease.url is missing"))
                .noneSatisfy(it -> assertThat(it).contains("lease.group"));
        assertThat(wrong).hasMessageContainingAll(wrong.problems().toArray(new String[0]));
    }

    @Test
    void relationsNameBothOptions() {
        assertThatThrownBy(() -> SomeOptions.with("--lease.renew.interval", "5 s"))
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContainingAll("lease.renew.interval", "lease.duration", "5 s", "10 s");
        assertThatThrownBy(() -> SomeOptions.with("--lease.handoff.timeout", "9 s"))
                .hasMessageContainingAll("lease.handoff.timeout", "lease.duration", "9 s", "10 s");
        assertThatThrownBy(
                        () ->
                                SomeOptions.with(
                                        "--sink.transaction.timeout",
                                        "15 s",
                                        "--checkpoint.interval",
                                        "10 s"))
                .hasMessageContainingAll("sink.transaction.timeout", "checkpoint.interval");
    }

    @Test
    void jobThatWouldReadWhatItWritesIsRefused() {
        assertThatThrownBy(
                        () ->
                                JobSettings.of(
                                        GivenOptions.fromArguments(
                                                List.of(
                                                        "--kafka.bootstrap.servers=localhost:9092",
                                                        "--kafka.topics=orders",
                                                        "--sink.topic=orders",
                                                        "--lease.group=shop",
                                                        "--lease.url=memory:shop"))))
                .hasMessageContainingAll("sink.topic", "'orders'", "kafka.topics");
    }

    @Test
    void printSinkNeedsNoTopic() {
        assertThat(SomeOptions.with("--sink.kind", "print").sink().kind())
                .isEqualTo(SinkKind.PRINT);
        assertThat(SomeOptions.with("--sink.kind", "print").running().jobName())
                .isEqualTo(Optional.empty());
    }

    @Test
    void unknownStoreIsRefused() {
        assertThatThrownBy(
                        () ->
                                JobSettings.of(
                                        GivenOptions.fromArguments(
                                                List.of(
                                                        "--kafka.bootstrap.servers=localhost:9092",
                                                        "--kafka.topics=orders",
                                                        "--sink.topic=done",
                                                        "--lease.group=shop",
                                                        "--lease.url=redis:shop"))))
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("redis:");
    }

    @Test
    void noSecretIsShown() {
        JobSettings settings =
                SomeOptions.with(
                        "--lease.password", "hush1",
                        "--kafka.properties.sasl.jaas.config", "hush2",
                        "--kafka.properties.ssl.keystore.password", "hush3",
                        "--sink.properties.ssl.truststore.password", "hush4");

        assertThat(settings.toString()).doesNotContain("hush").contains(Masked.MASK);
        assertThatThrownBy(
                        () -> SomeOptions.with("--lease.password", "hush5", "--lease.weight", "x"))
                .hasMessageNotContaining("hush5");
    }
}
