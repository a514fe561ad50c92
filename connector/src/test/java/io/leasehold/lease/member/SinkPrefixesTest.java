package io.leasehold.lease.member;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.store.memory.MemoryLeaseTable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Two members whose sinks have one transactional id prefix. */
@Timeout(30)
class SinkPrefixesTest {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));

    private final LeaseStore store = new MemoryLeaseTable().open();
    private long now;

    private final class Job {
        final LeaseKeeper keeper;
        final List<LeaseEvent> learnt = new ArrayList<>();

        Job(String memberId, String incarnation, String... prefixes) {
            keeper =
                    new LeaseKeeper(
                            "orders",
                            new Incarnation(memberId, incarnation),
                            Share.of(1),
                            Set.of(prefixes),
                            "job of " + memberId,
                            TERMS,
                            now);
            keeper.stateIsKnown();
        }

        void drive() {
            for (int i = 0; i < 20; i++) {
                keeper.next(now)
                        .ifPresent(
                                step ->
                                        learnt.addAll(
                                                keeper.answered(step.sendTo(store), now, now)));
            }
        }

        boolean refused() {
            return learnt.stream().anyMatch(LeaseEvent.SinkShared.class::isInstance);
        }
    }

    private void pass(Duration time, Job... jobs) {
        long end = now + time.toNanos();
        while (now < end) {
            now += TERMS.renewInterval().toNanos();
            for (Job job : jobs) {
                job.drive();
            }
        }
    }

    @Test
    void aMemberThatComesSecondWithAPrefixIsRefusedAndBothAreNamed() {
        Job blue = new Job("blue", "1", "orders");
        pass(Duration.ofSeconds(4), blue);
        Job green = new Job("green", "1", "returns", "orders");
        pass(Duration.ofSeconds(10), blue, green);

        assertThat(green.keeper.joined()).isFalse();
        assertThat(green.learnt)
                .contains(
                        new LeaseEvent.SinkShared(
                                "The sinks of member 'green' and of member 'blue' (job of blue) of group 'orders' both have the transactional id prefix 'orders': each would end the other's transactions. Give each member a prefix of its own, and say it with lease.sink-prefixes."));
        assertThat(blue.refused()).isFalse();
    }

    @Test
    void membersWithPrefixesOfTheirOwnShare() {
        Job blue = new Job("blue", "1", "orders-blue");
        Job green = new Job("green", "1", "orders-green");
        Job silent = new Job("silent", "1");
        pass(Duration.ofSeconds(30), blue, green, silent);

        assertThat(List.of(blue, green, silent))
                .allMatch(job -> job.keeper.joined() && !job.refused());
    }

    /** Its row is left behind; it is found dead when its time is over. */
    @Test
    void aMemberThatCrashedHindersNobodyForLongerThanItsLease() {
        Job blue = new Job("blue", "1", "orders");
        pass(Duration.ofSeconds(4), blue);
        Job green = new Job("green", "1", "orders");
        pass(Duration.ofSeconds(30), green);

        assertThat(green.refused()).isFalse();
        assertThat(green.keeper.joined()).isTrue();

        Job again = new Job("blue", "2", "orders");
        pass(Duration.ofSeconds(10), green, again);
        assertThat(again.refused()).isTrue();
        assertThat(green.refused()).isFalse();
    }

    @Test
    void aMemberThatIsClosedHindersNobody() {
        Job blue = new Job("blue", "1", "orders");
        pass(Duration.ofSeconds(4), blue);
        blue.keeper.close(Duration.ZERO, now).forEach(last -> store.ask(last));
        Job green = new Job("green", "1", "orders");
        pass(Duration.ofSeconds(4), green);

        assertThat(green.keeper.joined()).isTrue();
    }

    @Test
    void aMemberThatStartsAgainKeepsItsPrefix() {
        Job blue = new Job("blue", "1", "orders");
        pass(Duration.ofSeconds(4), blue);
        Job again = new Job("blue", "2", "orders");
        pass(Duration.ofSeconds(30), again);

        assertThat(again.keeper.joined()).isTrue();
    }

    /** Neither row was there when the other looked: one gives way, and both agree which. */
    @Test
    void ofTwoThatJoinAtOnceTheLaterNameGivesWay() {
        Job green = new Job("green", "1", "orders");
        Job blue = new Job("blue", "1", "orders");
        // Both have read the members before either joins.
        List<Job> both = List.of(green, blue);
        List<LeaseStep<?>> opened = new ArrayList<>();
        now += 1;
        both.forEach(job -> opened.add(job.keeper.next(now).orElseThrow()));
        for (int i = 0; i < 2; i++) {
            Job job = both.get(i);
            job.learnt.addAll(job.keeper.answered(opened.get(i).sendTo(store), now, now));
        }
        pass(Duration.ofSeconds(10), green, blue);

        assertThat(green.refused()).isTrue();
        assertThat(blue.refused()).isFalse();
        assertThat(blue.keeper.joined()).isTrue();
    }
}
