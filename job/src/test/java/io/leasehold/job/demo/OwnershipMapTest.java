package io.leasehold.job.demo;

import io.leasehold.job.demo.OwnershipMap.Split;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.model.Share;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class OwnershipMapTest {

    private static final Incarnation GREEN = new Incarnation("green", "1");

    private final OwnershipMap map =
            new OwnershipMap(
                    new Ownership(
                            Map.of(
                                    "queue-0", lease("queue-0", Optional.of(GREEN), 2),
                                    "queue-1", lease("queue-1", Optional.empty(), 1)),
                            Map.of(
                                    "green",
                                    new Member(
                                            GREEN,
                                            17,
                                            MemberState.ACTIVE,
                                            Share.of(1),
                                            Orders.NONE,
                                            Duration.ofSeconds(5),
                                            Duration.ZERO,
                                            "here"))),
                    List.of(new Split("queue-0", 12, 125.4), new Split("queue-1", 3, 0)),
                    List.of("blue", "green"),
                    Map.of("blue", "killed"),
                    Map.of("green", "http://127.0.0.1:1234"),
                    100,
                    90);

    @Test
    void lineSaysWhoHoldsWhichSplitInWhichEpoch() {
        assertThat(map.line())
                .contains("blue[killed] -", "green[active] 0:e2", "generated=100", "lag=15");
    }

    @Test
    void pictureHasALineForEachMemberAndSplit() {
        assertThat(map.picture("now"))
                .anyMatch(it -> it.matches("green +active +1 +17 +http://127.0.0.1:1234"))
                .anyMatch(it -> it.matches("blue +killed +0 +- +-"))
                .anyMatch(it -> it.matches("queue-0 +green +2 +12 +125"))
                .anyMatch(it -> it.matches("queue-1 +- +1 +3 +0"));
    }

    @Test
    void terminalIsDrawnOver() {
        StringWriter out = new StringWriter();
        Screen screen = Screen.on(new PrintWriter(out, true), true);
        screen.draw(List.of("a", "b"));
        screen.draw(List.of("c"));
        screen.say("stays");

        assertThat(out.toString().lines().toList())
                .containsExactly("a", "b", "\033[2A\033[Jc", "\033[1A\033[Jstays");
    }

    private static Lease lease(String split, Optional<Incarnation> owner, long epoch) {
        return new Lease(split, owner, epoch, 1, Optional.empty(), false, Set.of(), 0, 1);
    }
}
