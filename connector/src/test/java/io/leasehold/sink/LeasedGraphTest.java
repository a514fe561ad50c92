package io.leasehold.sink;

import io.leasehold.sink.LeasedGraph.Source;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class LeasedGraphTest {

    private static final Source ORDERS = new Source("orders", false);

    @Test
    void oneSourceIsFine() {
        assertThat(graph(ORDERS).objections()).isEmpty();
    }

    @Test
    void aSinkWithoutALeasedSourceIsRefused() {
        assertThat(graph().objections())
                .containsExactly(
                        "The leased sink 'out' has no leased source behind it: nobody decides its output. Use the sink as it is.");
    }

    @Test
    void aSinkBehindTwoGroupsIsRefused() {
        assertThat(graph(ORDERS, new Source("clicks", false)).objections())
                .containsExactly(
                        "The leased sink 'out' is behind sources of the groups [clicks, orders]: one write decides the output of one group. Give each group a sink of its own.");
    }

    @Test
    void aSinkBehindTwoSourcesOfAGroupIsRefused() {
        assertThat(graph(ORDERS, ORDERS).objections())
                .containsExactly(
                        "The leased sink 'out' is behind 2 leased sources of the group 'orders': one member decides the output of a sink. Let one source read all their splits, or give each a group and a sink of its own.");
    }

    @Test
    void unalignedCheckpointsAreRefusedWhereAChannelLiesBetween() {
        assertThat(new LeasedGraph("out", List.of(ORDERS), true, true).objections())
                .containsExactly(
                        "The leased sink 'out' is not chained to its source, and checkpoints may be unaligned: records in flight are lost when another job takes over. Set execution.checkpointing.unaligned.enabled to false.");
        assertThat(new LeasedGraph("out", List.of(ORDERS), false, true).objections()).isEmpty();
        assertThat(new LeasedGraph("out", List.of(ORDERS), true, false).objections()).isEmpty();
    }

    @Test
    void aSourceThatDropsLostSplitsIsRefused() {
        assertThat(graph(new Source("orders", true)).objections())
                .containsExactly(
                        "The leased sink 'out' is behind a source with lease.on-lost = drop: output of a split that was lost could no longer be told from the rest. Set lease.on-lost to fail.");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertThat(
                        new LeasedGraph(
                                        "out",
                                        List.of(new Source("a", true), new Source("b", false)),
                                        true,
                                        true)
                                .objections())
                .hasSize(3);
    }

    private static LeasedGraph graph(Source... sources) {
        return new LeasedGraph("out", List.of(sources), true, false);
    }
}
