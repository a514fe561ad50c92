package io.leasehold.lease.member;

import io.leasehold.lease.member.VirtualGroup.VirtualMember;
import io.leasehold.lease.model.Exclusion;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A member reads only what its own source finds or its own state holds; everybody plans with it.
 */
class ExcludedSplitsTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    private final VirtualGroup group = new VirtualGroup(0);

    private static List<NewSplit> splits(String... ids) {
        return java.util.Arrays.stream(ids)
                .map(id -> new NewSplit(id, Set.of(), VirtualGroup.at(0, 0)))
                .toList();
    }

    private Map<String, Exclusion> excluded(String splitId) {
        return group.leases().get(splitId).excluded();
    }

    private static int unassigned(VirtualMember member) {
        return member.keeper.standing().unassigned();
    }

    @Test
    void twoJobsThatShareAGroupByMistakeReadEachTheirOwn() {
        VirtualMember blue = group.finding("blue", splits("orders-0", "orders-1"));
        VirtualMember green = group.finding("green", splits("payments-0"));
        group.run(LONG);

        assertThat(blue.holds()).containsExactly("orders-0", "orders-1");
        assertThat(green.holds()).containsExactly("payments-0");
        assertThat(excluded("orders-1")).isEqualTo(Map.of("green", Exclusion.NOT_FOUND));
        assertThat(blue.events)
                .filteredOn(LeaseEvent.NothingInCommon.class::isInstance)
                .containsExactly(
                        new LeaseEvent.NothingInCommon("blue", "green", "orders-0", "payments-0"));
        assertThat(green.events(LeaseEvent.NothingInCommon.class)).hasSize(1);
        assertThat(unassigned(blue)).isZero();
    }

    @Test
    void whatOneDoesNotFindAnotherReadsAndTheRestIsSharedEvenly() {
        VirtualMember blue = group.finding("blue", splits("a", "b", "c", "d", "e", "f"));
        VirtualMember green = group.finding("green", splits("a", "b", "c", "d"));
        group.run(LONG);

        assertThat(blue.holds()).hasSize(3).contains("e", "f");
        assertThat(green.holds()).hasSize(3);
        assertThat(blue.events(LeaseEvent.NothingInCommon.class)).isEmpty();
    }

    @Test
    void aRetiredTopicIsNotReadByAJobThatStartsWithoutState() {
        VirtualMember before = group.finding("blue", splits("old-0", "new-0"));
        group.run(LONG);
        before.close();
        VirtualMember after = group.finding("blue", splits("new-0"));
        group.run(LONG);

        assertThat(after.holds()).containsExactly("new-0");
        assertThat(after.events(LeaseEvent.Acquired.class))
                .noneMatch(acquired -> acquired.lease().splitId().equals("old-0"));
        assertThat(group.leases().get("old-0").owner()).isEmpty();
        assertThat(unassigned(after)).isEqualTo(1);
        assertThat(after.keeper.splits().holdsAllItOwns()).isTrue();
    }

    @Test
    void whatAMemberFindsLaterItMayHave() {
        VirtualMember blue = group.finding("blue", splits("a"));
        VirtualMember green = group.finding("green", splits("b"));
        group.run(LONG);
        green.keeper.splits().discovered(splits("a"));
        group.run(LONG);
        assertThat(excluded("a")).isEmpty();

        blue.close();
        group.run(LONG);

        assertThat(green.holds()).containsExactly("a", "b");
    }

    @Test
    void whatOneCannotDecodeAnotherReads() {
        VirtualMember blue = group.finding("blue", splits("a", "b"));
        group.run(LONG);
        blue.keeper.splits().cannotRead("a");
        blue.granted.remove("a");
        VirtualMember green = group.finding("green", splits("a", "b"));
        group.run(LONG);

        assertThat(excluded("a")).isEqualTo(Map.of("blue", Exclusion.UNREADABLE));
        assertThat(green.holds()).containsExactly("a");
        assertThat(blue.holds()).containsExactly("b");
        assertThat(blue.keeper.standing().unreadable()).isEqualTo(1);
    }

    @Test
    void whatItsStateHoldsAMemberReadsThoughItsSourceDoesNotFindIt() {
        VirtualMember before = group.finding("blue", splits("old-0", "new-0"));
        group.run(LONG);
        Lease granted = before.granted.get("old-0").lease();
        before.close();
        VirtualMember after = group.finding("blue", splits("new-0"));
        after.keeper.splits().restored("old-0", VirtualGroup.asGranted(granted));
        group.run(LONG);
        assertThat(after.holds()).containsExactly("new-0", "old-0");
        assertThat(excluded("old-0")).isEmpty();

        VirtualMember other = group.finding("green", splits("old-0", "new-0"));
        group.order("blue", new Orders(true, java.util.OptionalInt.empty()));
        group.run(LONG);

        assertThat(other.holds()).containsExactly("new-0", "old-0");
        assertThat(excluded("old-0")).isEqualTo(Map.of("blue", Exclusion.NOT_FOUND));
    }

    @Test
    void whatItsSourceFoundInAnEarlierLifeAMemberReads() {
        group.finding("blue", splits("a", "b")).keeper.splits().found();
        VirtualMember before = group.finding("green", splits("a", "b"));
        group.run(LONG);
        Set<String> found = before.keeper.splits().found().orElseThrow();
        before.close();

        VirtualMember after = group.restarted("green", found);
        group.run(LONG);

        assertThat(new TreeSet<>(found)).containsExactly("a", "b");
        assertThat(after.holds()).hasSize(1);
        assertThat(excluded("a")).isEmpty();
        assertThat(excluded("b")).isEmpty();
    }

    @Test
    void beforeItsSourceHasSearchedAMemberTakesNothingAndExcludesItselfFromNothing() {
        VirtualMember blue = group.finding("blue", splits("a"));
        group.run(LONG);
        blue.close();
        VirtualMember green = group.finding("green", List.of());
        group.run(VirtualGroup.TERMS.duration().minus(VirtualGroup.TERMS.renewInterval()));
        assertThat(excluded("a")).isEmpty();
        assertThat(green.holds()).isEmpty();

        group.run(VirtualGroup.TERMS.duration());

        assertThat(excluded("a")).isEqualTo(Map.of("green", Exclusion.NOT_FOUND));
        assertThat(unassigned(green)).isEqualTo(1);
        assertThat(green.holds()).isEmpty();
    }

    @Test
    void aStateThatDoesNotSayWhatWasFoundTakesWhatIsThereForFound() {
        VirtualMember blue = group.finding("blue", splits("a", "b"));
        group.run(LONG);
        VirtualMember green = group.restarted("green", null);
        group.run(LONG);
        assertThat(green.holds()).hasSize(1);
        assertThat(green.keeper.splits().found()).isEqualTo(Optional.of(Set.of("a", "b")));

        blue.keeper.splits().discovered(splits("c"));
        group.run(LONG);

        assertThat(excluded("c")).isEqualTo(Map.of("green", Exclusion.NOT_FOUND));
        assertThat(blue.holds()).contains("c");
    }

    @Test
    void aBoundedJobDoesNotWaitForWhatItDoesNotFind() {
        VirtualMember blue = group.finding("blue", splits("a"));
        group.finding("green", splits("b"));
        group.run(LONG);
        assertThat(blue.keeper.splits().allFinished()).isFalse();

        blue.finishes("a");
        group.run(LONG);

        assertThat(blue.keeper.splits().allFinished()).isTrue();
    }

    @Test
    void whereNobodyIsExcludedNothingIsWritten() {
        VirtualMember blue = group.finding("blue", VirtualGroup.splits(3));
        VirtualMember green = group.finding("green", VirtualGroup.splits(3));
        group.run(LONG);

        assertThat(blue.sent).noneMatch(SplitRequest.Exclude.class::isInstance);
        assertThat(green.sent).noneMatch(SplitRequest.Exclude.class::isInstance);
    }
}
