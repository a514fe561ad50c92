package io.leasehold.simulation;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest.ForgetMembers;
import io.leasehold.testkit.ForwardingStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;

/** That the row of a member that is closed and owns nothing may be deleted at any time. */
@Timeout(300)
class DeletedRowsSimulationTest {

    private static final int SEEDS = 150;

    /** The protocol with the shortest retention there may be. */
    private static final class ShortRetention extends Rules {

        private final AtomicLong deleted;

        ShortRetention(AtomicLong deleted) {
            this.deleted = deleted;
        }

        @Override
        LeaseStore table(LeaseStore table) {
            return new ForwardingStore(table)
                    .on(
                            ForgetMembers.class,
                            forget ->
                                    ForwardingStore.changed(
                                            table.ask(forget),
                                            members -> {
                                                deleted.addAndGet(members.size());
                                                return members;
                                            }));
        }

        @Override
        LeaseKeeper keeper(Incarnation incarnation, Share share, LeaseTerms terms, long now) {
            return super.keeper(incarnation, share, shortest(terms), now);
        }

        private static LeaseTerms shortest(LeaseTerms terms) {
            Duration retention =
                    terms.restartHold().compareTo(terms.duration()) < 0
                            ? terms.duration()
                            : terms.restartHold();
            return new LeaseTerms(
                    terms.duration(),
                    terms.renewInterval(),
                    terms.storeTimeout(),
                    terms.readerGrant(),
                    terms.extendInterval(),
                    terms.handoffTimeout(),
                    terms.initialMembers(),
                    terms.initialWait(),
                    terms.readersTimeout(),
                    terms.restartHold(),
                    retention);
        }
    }

    /** With their rows go the orders that members were given, so none are given here. */
    private static Scenario withoutOrders(long seed) {
        Scenario all = Scenario.of(seed);
        return new Scenario(
                all.seed(),
                all.jobs(),
                all.splits(),
                all.mishaps().stream()
                        .filter(mishap -> !(mishap instanceof Scenario.Ordered))
                        .toList(),
                all.noise());
    }

    @Test
    void rowsThatAreDeletedInTheMidstOfAllBreakNoPromise() {
        AtomicLong deleted = new AtomicLong();
        List<String> broken =
                LongStream.range(0, SEEDS)
                        .parallel()
                        .mapToObj(
                                seed -> World.run(withoutOrders(seed), new ShortRetention(deleted)))
                        .filter(run -> !run.violations().isEmpty())
                        .map(
                                run ->
                                        "seed %d: %s"
                                                .formatted(run.scenario().seed(), run.violations()))
                        .toList();

        assertThat(broken).isEmpty();
        assertThat(deleted).hasValueGreaterThan(SEEDS / 15);
    }
}
