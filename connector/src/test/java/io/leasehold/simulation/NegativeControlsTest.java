package io.leasehold.simulation;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.OptionalLong;
import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each rule broken on its own must be seen, within 2,000 seeds, to break the promise it is there
 * for. A control that survives means that the simulation does not test that rule.
 *
 * <table>
 *   <caption>The controls, in the order of {@link Controls}</caption>
 *   <tr><th>rule or write<th>what is broken<th>caught by<th>after seeds
 *   <tr><td>T1<td>a reader goes by the member's clock<td>S1<td>1
 *   <tr><td>T1<td>clocks are off by up to 16 %<td>S1<td>5
 *   <tr><td>T2<td>a reader dates its grant from the answer<td>S1<td>1
 *   <tr><td>T2<td>a member dates its renewal from the answer<td>S1<td>8
 *   <tr><td>T3<td>an observer judges by six seconds, not by what is published<td>S1<td>1
 *   <tr><td>T3<td>an observer allows no margin<td>S1<td>5
 *   <tr><td>T3<td>an observer counts from before the read<td>S1<td>218
 *   <tr><td>T4<td>an observer counts what it could not watch<td>outage moves nothing<td>5
 *   <tr><td>T5<td>silence is taken for yes<td>S1<td>1
 *   <tr><td>T5<td>a renewal is sent again under the same number (found in the keeper)<td>S1<td>315
 *   <tr><td>T5<td>a lease is known for one's own by the answer alone<td>L3<td>27
 *   <tr><td>T6<td>the store's time-out is twice the lease<td>no close without cause<td>2
 *   <tr><td>T6<td>the tick is as long as the lease<td>no close without cause<td>54
 *   <tr><td>T6<td>a reader emits for five grants<td>S1<td>1
 *   <tr><td>T7<td>a reader compares times as numbers<td>S1<td>17
 *   <tr><td>close<td>a closing member forgets its readers' grants<td>S1<td>11
 *   <tr><td>grants<td>the next attempt does not wait for the last one's grant<td>S1<td>12
 *   <tr><td>state<td>the state forgets a split that is not recorded as finished yet<td>S6<td>100
 *   <tr><td>join<td>replaces any row<td>no close without cause<td>28
 *   <tr><td>beat<td>of a closed incarnation is answered<td>S1<td>79
 *   <tr><td>close<td>whatever the beat<td>S1<td>18
 *   <tr><td>close<td>of others does nothing<td>L1<td>1
 *   <tr><td>acquire<td>whatever the version<td>S1<td>46
 *   <tr><td>record<td>whoever owns the split<td>S2<td>21
 *   <tr><td>record<td>whatever the checkpoint<td>S3<td>9
 *   <tr><td>release<td>whoever owns the split<td>S2<td>73
 *   <tr><td>discover<td>over what there is<td>S4<td>1
 * </table>
 */
class NegativeControlsTest {

    private static final long SEEDS = 2_000;

    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void isCaught(Controls control) {
        OptionalLong caught =
                LongStream.range(0, SEEDS).filter(seed -> catches(control, seed)).findFirst();

        assertThat(caught).as("the seed that shows it").isPresent();
    }

    private static boolean catches(Controls control, long seed) {
        return World.run(Scenario.of(seed), control.rules().make()).violations().stream()
                .anyMatch(violation -> violation.promise() == control.caughtBy());
    }
}
