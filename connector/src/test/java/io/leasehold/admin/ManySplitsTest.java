package io.leasehold.admin;

import io.leasehold.lease.member.VirtualGroup;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.Inspection.SeenSplit;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.testkit.ForwardingStore;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is done to more splits than one request may name; on virtual time. */
@Timeout(60)
class ManySplitsTest {

    private static final int FIT = LeaseRequest.MOST_SPLITS;
    private static final int MANY = FIT + 1;

    private static final LeaseAdmin.Repositioning BACK = new Back(true);

    private record Back(boolean repeatable) implements LeaseAdmin.Repositioning {
        @Override
        public Map<String, Progress> of(List<SeenSplit> splits) {
            return splits.stream()
                    .collect(
                            Collectors.toMap(
                                    split -> split.lease().splitId(),
                                    split -> new Progress(new byte[] {1}, 1, "back", 0)));
        }
    }

    private final VirtualGroup group = new VirtualGroup(0);
    private final List<String> notices = new ArrayList<>();
    private final LeaseAdmin admin = admin(group.store());

    private LeaseAdmin admin(LeaseStore store) {
        return new LeaseAdmin(
                store,
                "orders",
                new Pace() {
                    @Override
                    public long nanoTime() {
                        return group.now();
                    }

                    @Override
                    public void sleep(Duration time) {
                        group.run(time);
                    }
                },
                notices::add);
    }

    /** By a store that answers no more after so many requests of a kind. */
    private LeaseAdmin cutOffAfter(int answers, Class<? extends LeaseRequest<?>> kind) {
        return admin(
                new ForwardingStore(group.store()) {
                    private int sent;

                    @Override
                    public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
                        if (sent > answers || (kind.isInstance(request) && ++sent > answers)) {
                            return new LeaseOutcome.Unknown<>(
                                    new LeaseStoreException(
                                            "No answer.",
                                            LeaseStoreException.Kind.UNREACHABLE,
                                            null));
                        }
                        return super.ask(request);
                    }
                });
    }

    private ScriptedMember red() {
        return new ScriptedMember(group.store(), "orders", new Incarnation("red", "red-1"));
    }

    /** That many splits, found by a member that has ended. */
    private void found() {
        ScriptedMember red = red().joined();
        List<String> splitIds =
                IntStream.range(0, MANY).mapToObj(split -> "s%05d".formatted(split)).toList();
        for (List<String> some : List.of(splitIds.subList(0, FIT), splitIds.subList(FIT, MANY))) {
            ScriptedMember.applied(red.discover(some.toArray(String[]::new)));
        }
        ScriptedMember.applied(red.close(red, Optional.empty()));
    }

    /** That many splits, held by a member that has ended. */
    private void held() {
        found();
        ScriptedMember red = red().reborn("red-2").joined();
        Lease[] leases = red.leases().values().toArray(Lease[]::new);
        ScriptedMember.applied(red.acquire(Arrays.copyOfRange(leases, 0, FIT)));
        ScriptedMember.applied(red.acquire(Arrays.copyOfRange(leases, FIT, MANY)));
        ScriptedMember.applied(red.close(red, Optional.empty()));
    }

    /** That many splits, held by a live member next to one that stands by. */
    private void shared() {
        var blue = group.member("blue", VirtualGroup.splits(MANY), VirtualGroup.TERMS, 1);
        group.member("green", List.of(), VirtualGroup.TERMS, 0);
        blue.checkpointsTake = Optional.empty();
        group.run(VirtualGroup.TICK.multipliedBy(3));
        assertThat(blue.holds()).hasSize(MANY);
    }

    private long back() throws Exception {
        return admin.inspect().splits().stream()
                .filter(split -> split.progress().text().equals("back"))
                .count();
    }

    private long owned() {
        return group.leases().values().stream().filter(lease -> lease.owner().isPresent()).count();
    }

    private long forced() {
        return group.leases().values().stream()
                .filter(
                        lease ->
                                lease.claim()
                                        .filter(claim -> claim.kind() == Claim.Kind.FORCE)
                                        .isPresent())
                .count();
    }

    @Test
    void allAreReset() throws Exception {
        found();
        assertThat(admin.reset(Optional.empty(), BACK, false)).hasSize(MANY);
        assertThat(back()).isEqualTo(MANY);
    }

    @Test
    void allThatAMemberHeldAreFreed() throws Exception {
        held();
        assertThat(owned()).isEqualTo(MANY);
        assertThat(admin.evict("red", false, false)).hasSize(MANY);
        assertThat(owned()).isZero();
    }

    @Test
    void allThatALiveMemberHoldsAreForced() throws Exception {
        shared();
        assertThat(admin.evict("blue", true, false)).hasSize(1 + MANY);
        assertThat(forced()).isEqualTo(MANY);
    }

    @Test
    void howManyWereResetIsSaidWhenTheStoreCeasesToAnswer() throws Exception {
        found();
        LeaseAdmin cut = cutOffAfter(1, OperatorRequest.Reset.class);

        assertThatThrownBy(() -> cut.reset(Optional.empty(), BACK, false))
                .isInstanceOf(LeaseStoreException.class);

        assertThat(back()).isEqualTo(FIT);
        assertThat(notices)
                .containsExactly(
                        "10000 of 10001 splits had been reset when the lease store ceased to answer; some of the others may be, too. It is safe to repeat: what is reset already is set to the same place again.");
        assertThat(admin.reset(Optional.empty(), BACK, false)).hasSize(MANY);
        assertThat(back()).isEqualTo(MANY);
    }

    @Test
    void nothingIsSaidToBeDoneWhenTheStoreAnsweredToNone() {
        held();
        LeaseAdmin cut = cutOffAfter(0, OperatorRequest.ReleaseAbandoned.class);

        assertThatThrownBy(() -> cut.evict("red", false, false))
                .isInstanceOf(LeaseStoreException.class);

        assertThat(notices).isEmpty();
    }

    @Test
    void whatCountsFromWhereASplitIsIsNotToBeRepeated() {
        found();
        LeaseAdmin cut = cutOffAfter(1, OperatorRequest.Reset.class);

        assertThatThrownBy(() -> cut.reset(Optional.empty(), new Back(false), false))
                .isInstanceOf(LeaseStoreException.class);

        assertThat(notices)
                .singleElement()
                .asString()
                .startsWith("10000 of 10001 splits had been reset when")
                .contains("Do not repeat it for all")
                .doesNotContain("safe");
    }

    @Test
    void howManyWereFreedIsSaidWhenTheStoreCeasesToAnswer() throws Exception {
        held();
        LeaseAdmin cut = cutOffAfter(1, OperatorRequest.ReleaseAbandoned.class);

        assertThatThrownBy(() -> cut.evict("red", false, false))
                .isInstanceOf(LeaseStoreException.class);

        assertThat(owned()).isEqualTo(1);
        assertThat(notices)
                .containsExactly(
                        "10000 of 10001 splits had been released when the lease store ceased to answer; some of the others may be, too. It is safe to repeat: what is free already stays so.");
        assertThat(admin.evict("red", false, false)).hasSize(1);
        assertThat(owned()).isZero();
    }

    @Test
    void howManyWereForcedIsSaidWhenTheStoreCeasesToAnswer() throws Exception {
        shared();
        LeaseAdmin cut = cutOffAfter(1, OwnershipRequest.Claim.class);

        assertThatThrownBy(() -> cut.evict("blue", true, false))
                .isInstanceOf(LeaseStoreException.class);

        assertThat(forced()).isEqualTo(FIT);
        assertThat(notices)
                .endsWith(
                        "10000 of 10001 splits had been forced when the lease store ceased to answer; some of the others may be, too. It is safe to repeat: the order to drain stands, and what is forced already stays so.");
        admin.evict("blue", true, false);
        assertThat(forced()).isEqualTo(MANY);
    }

    /** What was done is known; only what it looks like now is not. */
    @Test
    void thatAllWereFreedIsSaidWhenTheStoreCeasesToAnswerAfterwards() {
        held();
        LeaseAdmin cut =
                admin(
                        new ForwardingStore(group.store()) {
                            private int freed;

                            @Override
                            public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
                                if (freed == 2) {
                                    return new LeaseOutcome.Unknown<>(
                                            new LeaseStoreException(
                                                    "No answer.",
                                                    LeaseStoreException.Kind.UNREACHABLE,
                                                    null));
                                }
                                freed +=
                                        request instanceof OperatorRequest.ReleaseAbandoned ? 1 : 0;
                                return super.ask(request);
                            }
                        });

        assertThatThrownBy(() -> cut.evict("red", false, false))
                .isInstanceOf(LeaseStoreException.class);

        assertThat(notices)
                .containsExactly(
                        "10001 of 10001 splits had been released when the lease store ceased to answer. It is safe to repeat: what is free already stays so.");
    }
}
