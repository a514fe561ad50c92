package io.leasehold.source.enumerator;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStoreException.Kind;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.MembershipRequest.Open;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.source.enumerator.StoreOutage.Begins;
import io.leasehold.source.enumerator.StoreOutage.Ends;
import io.leasehold.source.enumerator.StoreOutage.Fails;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said of an outage, and when it fails a job, whatever requests it shows at. */
class StoreOutageTest {

    private static final Duration STARTUP = Duration.ofMinutes(1);
    private static final Duration DENIED = Duration.ofMinutes(10);
    private static final Incarnation ME = new Incarnation("blue", "1");
    private static final Open OPEN = new Open("orders");
    private static final Beat BEAT = new Beat("orders", ME, 7);
    private static final Record RECORD = new Record("orders", ME, List.of());

    /** Time may wrap around within any wait. */
    private long now = Long.MAX_VALUE - Duration.ofSeconds(30).toNanos();

    private StoreOutage outage = new StoreOutage(STARTUP, DENIED, false);

    /** The first request of a start had failed, and then no later outage was told. */
    @Test
    void everyOutageIsSaidOnceWhicheverRequestItShowsAtAndEndsAt() {
        for (LeaseRequest<?> first : List.of(OPEN, BEAT, RECORD)) {
            for (LeaseRequest<?> answered : List.of(OPEN, BEAT, RECORD)) {
                assertThat(unreachable(first)).get().isInstanceOf(Begins.class);
                assertThat(unreachable(first)).isEmpty();
                assertThat(unreachable(BEAT)).isEmpty();
                assertThat(answered(answered)).contains(new Ends());
                assertThat(answered(answered)).isEmpty();
            }
        }
    }

    @Test
    void anOutageThatBecomesOneOfAnotherKindIsSaidAgain() {
        outage.joined();
        assertThat(unreachable(BEAT)).get().isInstanceOf(Begins.class);
        assertThat(denied(BEAT, "wrong password")).get().isInstanceOf(Begins.class);
        assertThat(denied(BEAT, "wrong password")).isEmpty();
        assertThat(unreachable(BEAT)).get().isInstanceOf(Begins.class);
    }

    /** A member that may renew, but not record, is RUNNING and commits nothing to the table. */
    @Test
    void aRightThatIsMissingForOneRequestIsNotHiddenByAnswersToOthers() {
        outage.joined();
        assertThat(denied(RECORD, "no UPDATE on lease")).get().isInstanceOf(Begins.class);
        for (int i = 0; i < 9; i++) {
            now += Duration.ofMinutes(1).toNanos();
            assertThat(answered(BEAT)).isEmpty();
            assertThat(denied(RECORD, "no UPDATE on lease")).isEmpty();
        }
        assertThat(outage.deniedSince()).contains(now - Duration.ofMinutes(9).toNanos());
        now += Duration.ofMinutes(1).toNanos();
        assertThat(answered(BEAT)).isEmpty();
        assertThat(denied(RECORD, "no UPDATE on lease"))
                .get()
                .isInstanceOfSatisfying(Fails.class, fails -> assertThat(fails.forGood()).isTrue());
    }

    /** Nobody sends it again: that is no reason to fail, nor to be silent about the next one. */
    @Test
    void aRequestThatWasDeniedOnceAndIsNotSentAgainFailsNothing() {
        outage.joined();
        denied(RECORD, "no UPDATE on lease");
        now += DENIED.multipliedBy(2).toNanos();

        assertThat(answered(BEAT)).isEmpty();
        assertThat(unreachable(BEAT)).get().isInstanceOf(Begins.class);
        assertThat(denied(OPEN, "wrong password")).get().isInstanceOf(Begins.class);
    }

    /** Waiting is all that is needed, and what runs must not fail for a store that is down. */
    @Test
    void aMemberNeverFailsForAStoreThatCannotBeReached() {
        outage.joined();
        for (int i = 0; i < 100; i++) {
            unreachable(BEAT).ifPresent(news -> assertThat(news).isInstanceOf(Begins.class));
            now += Duration.ofHours(1).toNanos();
        }
    }

    @Test
    void timeThatWasAnsweredInBetweenDoesNotCount() {
        for (int i = 0; i < 5; i++) {
            assertThat(unreachable(OPEN)).get().isInstanceOf(Begins.class);
            now += STARTUP.minusSeconds(1).toNanos();
            assertThat(unreachable(OPEN)).isEmpty();
            assertThat(answered(OPEN)).contains(new Ends());
        }
        unreachable(OPEN);
        now += STARTUP.toNanos();
        assertThat(unreachable(OPEN))
                .get()
                .isInstanceOfSatisfying(
                        Fails.class, fails -> assertThat(fails.forGood()).isFalse());
    }

    private Optional<StoreOutage.News> unreachable(LeaseRequest<?> request) {
        return unanswered(request, new LeaseStoreException("refused", Kind.UNREACHABLE, null));
    }

    private Optional<StoreOutage.News> denied(LeaseRequest<?> request, String why) {
        return unanswered(request, new LeaseStoreException(why, Kind.DENIED, null));
    }

    private Optional<StoreOutage.News> unanswered(
            LeaseRequest<?> request, LeaseStoreException why) {
        // At the start of a job, what a person must mend would fail it at once.
        return outage.heard(request, new LeaseOutcome.Unknown<>(why), now);
    }

    private Optional<StoreOutage.News> answered(LeaseRequest<?> request) {
        return outage.heard(request, new LeaseOutcome.Refused<>("whatever it is"), now);
    }
}
