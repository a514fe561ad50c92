package io.leasehold.simulation;

import io.leasehold.lease.member.LostHistory;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.simulation.Violation.Promise;
import io.leasehold.testkit.ForwardingStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** What the protocol still promises where its table goes back in time, among all else. */
@Timeout(300)
class LostHistorySimulationTest {

    private static Stream<Run> runs(long seeds, Rules.Maker rules) {
        return LongStream.range(0, seeds)
                .mapToObj(seed -> World.runGoingBack(Scenario.goingBack(seed), rules.make()));
    }

    private static boolean breaks(Run run, Promise promise) {
        return run.violations().stream().anyMatch(one -> one.promise() == promise);
    }

    @Test
    void threeHundredSeedsBreakNoPromiseThatIsLeft() {
        List<String> broken =
                runs(Long.getLong("lost.history.seeds", 300), () -> Rules.KEPT)
                        .filter(run -> !run.violations().isEmpty())
                        .map(run -> "seed " + run.scenario().seed() + ": " + run.violations())
                        .limit(5)
                        .toList();

        assertThat(broken).isEmpty();
    }

    @Test
    void seedsThatBrokeAPromiseOnceDoSoNoMore() {
        for (long seed : new long[] {1696, 1927, 2029, 2259}) {
            assertThat(World.runGoingBack(Scenario.goingBack(seed), Rules.KEPT).violations())
                    .as("seed " + seed)
                    .isEmpty();
        }
    }

    @Test
    void aTableThatIsNotComparedIsSeenToBreakExclusiveReading() {
        assertThat(
                        runs(300, ComparesNothing::new)
                                .anyMatch(run -> breaks(run, Promise.S1_EXCLUSIVE)))
                .isTrue();
    }

    @Test
    void epochsThatBeginWhereTheTableBeginsAreSeenToComeTwice() {
        Rules.Maker noFloor =
                () ->
                        new Rules() {
                            @Override
                            LostHistory afterwards(LostHistory lost) {
                                return new LostHistory(0, lost.quietUntil());
                            }
                        };
        assertThat(runs(300, noFloor).anyMatch(run -> breaks(run, Promise.S2_FENCED))).isTrue();
    }

    /** No request says what its sender has seen. */
    private static final class ComparesNothing extends Rules {
        @Override
        LeaseStore seenBy(Incarnation incarnation, LeaseTerms terms, LeaseStore table) {
            return new ForwardingStore(table) {
                @Override
                public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
                    return store.ask(withoutSeen(request));
                }
            };
        }

        @SuppressWarnings("unchecked")
        private static <A> LeaseRequest<A> withoutSeen(LeaseRequest<A> request) {
            LeaseRequest<?> other = request;
            if (request instanceof MembershipRequest.Beat it) {
                other = new MembershipRequest.Beat(it.group(), it.by(), it.beat());
            } else if (request instanceof SplitRequest.Read it) {
                other = new SplitRequest.Read(it.group(), it.since());
            } else if (request instanceof MembershipRequest.Open it) {
                other = new MembershipRequest.Open(it.group());
            } else if (request instanceof MembershipRequest.Join it) {
                other = new MembershipRequest.Join(it.group(), it.member(), it.replaced());
            } else if (request instanceof OwnershipRequest.Acquire it) {
                other = new OwnershipRequest.Acquire(it.group(), it.by(), it.splits());
            } else if (request instanceof MembershipRequest.Close it) {
                other =
                        new MembershipRequest.Close(
                                it.group(), it.closed(), it.beat(), it.emitsFor());
            } else if (request instanceof MembershipRequest.Declare it) {
                other = new MembershipRequest.Declare(it.group(), it.by(), it.state(), it.beat());
            }
            return (LeaseRequest<A>) other;
        }
    }
}
