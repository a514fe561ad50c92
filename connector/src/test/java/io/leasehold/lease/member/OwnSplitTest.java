package io.leasehold.lease.member;

import io.leasehold.lease.member.OwnSplit.Elsewhere;
import io.leasehold.lease.member.OwnSplit.Held;
import io.leasehold.lease.member.OwnSplit.Move;
import io.leasehold.lease.member.OwnSplit.Releasing;
import io.leasehold.lease.member.OwnSplit.Restored;
import io.leasehold.lease.member.OwnSplit.Write;
import io.leasehold.lease.member.RestoredPosition.Start;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Claim.Kind;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.store.OwnershipRequest.Acquire.Taken;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** The table of one split of a member. */
@Timeout(30)
class OwnSplitTest {

    private static final Incarnation ME = new Incarnation("blue", "blue-1");
    private static final Incarnation OTHER = new Incarnation("green", "green-1");
    private static final RestoredPosition AT = new RestoredPosition(1, 2, RestoreRule.AUTO);
    private static final Optional<Claim> ASK = Optional.of(new Claim("green", Kind.ASK));
    private static final Optional<Claim> FORCE = Optional.of(new Claim("green", Kind.FORCE));
    private static final Restored RESTORED = new Restored(AT, Optional.empty());

    private static final Map<String, OwnSplit> STATES =
            Map.of(
                    "elsewhere", Elsewhere.IT,
                    "restored", RESTORED,
                    "decided", new Restored(AT, Optional.of(Start.STATE)),
                    "held", new Held(3, Optional.empty()),
                    "asked", new Held(3, ASK),
                    "forced", new Held(3, FORCE),
                    "leaving", new Releasing(3, Optional.empty()),
                    "leaving+", new Releasing(3, Optional.of(RESTORED)),
                    "held in 4", new Held(4, Optional.empty()));

    private static final Map<String, Function<OwnSplit, Move>> HAPPENS =
            Map.ofEntries(
                    Map.entry("restored", split -> to(split.restored(AT))),
                    Map.entry("asked for", split -> to(split.askedFor(Start.STATE))),
                    Map.entry(
                            "acquired",
                            split -> split.acquired(taken(), LeaseEvent.Acquired.Way.FREE)),
                    Map.entry("orphaned", split -> to(split.orphaned())),
                    Map.entry("given back", OwnSplit::toBeReleased),
                    Map.entry("frozen", split -> split.frozen(3)),
                    Map.entry("frozen in 2", split -> split.frozen(2)),
                    Map.entry("claimed", split -> split.claimed("s", ASK)),
                    Map.entry("forced", split -> split.claimed("s", FORCE)),
                    Map.entry("unclaimed", split -> split.claimed("s", Optional.empty())),
                    Map.entry("row: mine", split -> split.saw(row(Optional.of(ME), 3, false))),
                    Map.entry("row: free", split -> split.saw(row(Optional.empty(), 3, false))),
                    Map.entry(
                            "row: other's", split -> split.saw(row(Optional.of(OTHER), 4, false))),
                    Map.entry("row: finished", split -> split.saw(row(Optional.empty(), 3, true))),
                    Map.entry("row: gone", split -> split.rowIsGone("s")));

    @ParameterizedTest(name = "{0}, {1}: {2}, {3} {4}")
    @CsvSource({
        "elsewhere, restored,      restored,  NOTHING_NEW,",
        "restored,  restored,      restored,  NOTHING_NEW,",
        "decided,   restored,      decided,   NOTHING_NEW,",
        "held,      restored,      restored,  NOTHING_NEW,",
        "leaving,   restored,      leaving+,  NOTHING_NEW,",
        "restored,  asked for,     decided,   NOTHING_NEW,",
        "elsewhere, acquired,      held in 4, NOTHING_NEW,  Acquired",
        "restored,  acquired,      held in 4, NOTHING_NEW,  TenureBroken Acquired",
        "decided,   acquired,      held in 4, NOTHING_NEW,  Acquired",
        "held,      orphaned,      elsewhere, NOTHING_NEW,",
        "held,      given back,    elsewhere, RELEASE,",
        "held,      frozen,        leaving,   RELEASE,",
        "held,      claimed,       asked,     NOTHING_NEW,  Claimed",
        "held,      forced,        forced,    NOTHING_NEW,  Claimed",
        "asked,     forced,        forced,    NOTHING_NEW,  Claimed",
        "forced,    claimed,       asked,     NOTHING_NEW,  ClaimOver Claimed",
        "asked,     unclaimed,     held,      NOTHING_NEW,  ClaimOver",
        "forced,    unclaimed,     held,      NOTHING_NEW,  ClaimOver",
        "forced,    row: other's,  elsewhere, NOTHING_MORE, Dropped",
        "forced,    row: free,     elsewhere, NOTHING_MORE, Dropped",
        "held,      row: finished, elsewhere, NOTHING_MORE, Finished",
        "held,      row: other's,  elsewhere, NOTHING_MORE, Lost",
        "asked,     row: free,     elsewhere, NOTHING_MORE, Lost",
        "held,      row: gone,     elsewhere, NOTHING_MORE, Lost",
        "restored,  row: finished, elsewhere, NOTHING_MORE, Finished",
        "restored,  row: other's,  elsewhere, NOTHING_NEW,  RestoredElsewhere",
        "leaving,   row: free,     elsewhere, NOTHING_MORE, Dropped",
        "leaving+,  row: other's,  elsewhere, NOTHING_MORE, Dropped",
        "leaving,   row: gone,     elsewhere, NOTHING_MORE,",
        "leaving+,  row: gone,     restored,  NOTHING_MORE,",
    })
    void aSplitMoves(String split, String happens, String next, Write write, String told) {
        Move move = HAPPENS.get(happens).apply(STATES.get(split));

        assertThat(move.next()).isEqualTo(STATES.get(next));
        assertThat(move.write()).isEqualTo(write);
        assertThat(move.told().stream().map(event -> event.getClass().getSimpleName()))
                .containsExactlyElementsOf(told == null ? List.of() : List.of(told.split(" ")));
    }

    /** A release that was sent may be carried out at any later time. */
    @Test
    void whatIsLeavingStaysSoWhateverBecomesOfTheClaim() {
        for (String happens : Set.of("claimed", "unclaimed", "frozen", "given back", "orphaned")) {
            assertThat(HAPPENS.get(happens).apply(STATES.get("leaving")))
                    .isEqualTo(to(STATES.get("leaving")));
        }
    }

    @Test
    void whatIsHeldStaysAsLongAsTheRowSaysSo() {
        for (String split : Set.of("held", "asked", "forced", "leaving")) {
            for (String happens : Set.of("row: mine", "frozen in 2")) {
                assertThat(HAPPENS.get(happens).apply(STATES.get(split)))
                        .isEqualTo(to(STATES.get(split)));
            }
        }
    }

    @Test
    void noRowAndNoReaderConcernsASplitThatIsElsewhere() {
        Set<String> concern = Set.of("restored", "acquired");
        for (String happens :
                HAPPENS.keySet().stream()
                        .filter(one -> !concern.contains(one))
                        .collect(Collectors.toSet())) {
            Move move = HAPPENS.get(happens).apply(Elsewhere.IT);
            assertThat(move.next()).isEqualTo(Elsewhere.IT);
            assertThat(move.told()).isEmpty();
        }
    }

    private static Move to(OwnSplit next) {
        return new Move(next, Write.NOTHING_NEW, List.of());
    }

    private static SeenRow row(Optional<Incarnation> owner, long epoch, boolean finished) {
        return new SeenRow(lease(owner, epoch, finished), ME, owner.filter(one -> !one.equals(ME)));
    }

    private static Taken taken() {
        return new Taken(
                lease(Optional.of(ME), 4, false), new Progress(new byte[0], 1, "a position", 1));
    }

    private static Lease lease(Optional<Incarnation> owner, long epoch, boolean finished) {
        return new Lease("s", owner, epoch, 1, Optional.empty(), finished, Set.of(), 0, 1);
    }
}
