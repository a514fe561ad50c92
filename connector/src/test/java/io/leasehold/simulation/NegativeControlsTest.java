package io.leasehold.simulation;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
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
 *   <caption>The controls, in the order of {@link Controls}, and how many seeds it took at the commit that last changed this table</caption>
 *   <tr><th>rule or write<th>what is broken<th>caught by<th>after seeds
 *   <tr><td>T1<td>a reader goes by the member's clock<td>S1<td>6
 *   <tr><td>T1<td>clocks are off by up to 16 %<td>S1<td>53
 *   <tr><td>T2<td>a reader dates its grant from the answer<td>S1<td>32
 *   <tr><td>T2<td>a member dates its renewal from the answer<td>S1<td>39
 *   <tr><td>T3<td>an observer judges by six seconds, not by what is published<td>S1<td>13
 *   <tr><td>T3<td>an observer allows no margin<td>S1<td>53
 *   <tr><td>T3<td>an observer counts from before the read<td>S1<td>1415
 *   <tr><td>T4<td>an observer counts what it could not watch<td>outage moves nothing<td>70
 *   <tr><td>T5<td>silence is taken for yes<td>S1<td>7
 *   <tr><td>T5<td>a renewal is sent again under the same number<td>S1<td>15
 *   <tr><td>T5<td>a lease is known for one's own by the answer alone<td>L3<td>3
 *   <tr><td>T6<td>the store's time-out is twice the lease<td>no close without cause<td>2
 *   <tr><td>T6<td>the tick is as long as the lease<td>no close without cause<td>15
 *   <tr><td>T6<td>a reader emits for five grants<td>S1<td>2
 *   <tr><td>T7<td>a reader compares times as numbers<td>S1<td>13
 *   <tr><td>handoff<td>a reader goes on after the barrier<td>S5<td>3
 *   <tr><td>handoff<td>a split is released before its checkpoint is complete<td>S4<td>1
 *   <tr><td>state<td>the state forgets what is frozen before it is let go<td>S6<td>343
 *   <tr><td>handoff<td>a freeze that was asked for before is taken for this one<td>S5<td>116
 *   <tr><td>drain<td>DRAINED is said before one more checkpoint<td>drained is committed<td>3
 *   <tr><td>FORCE<td>a reader is granted more before it has stopped<td>S1<td>103
 *   <tr><td>FORCE<td>the claimant does not wait<td>S1<td>4
 *   <tr><td>FORCE<td>a renewal counts before the leases are read<td>S1<td>69
 *   <tr><td>FORCE<td>a claimant that is silent, but not closed, is not heeded<td>S1<td>41
 *   <tr><td>close<td>a closing member forgets its readers' grants<td>S1<td>44
 *   <tr><td>grants<td>the next attempt does not wait for the last one's grant<td>S1<td>79
 *   <tr><td>state<td>the state forgets a split that is not recorded as finished yet<td>S6<td>888
 *   <tr><td>book<td>a split is released as soon as its reader was asked<td>S5<td>3
 *   <tr><td>book<td>a restored position is gone on from though a reader has the split<td>S1<td>150
 *   <tr><td>exclude<td>a member takes what its source does not find<td>reads its own<td>6
 *   <tr><td>exclude<td>the plan does not heed exclusions<td>L3<td>6
 *   <tr><td>exclude<td>a member excludes splits only for itself<td>L3<td>12
 *   <tr><td>away<td>a member without readers keeps its splits<td>L3<td>19
 *   <tr><td>restart<td>a closed row does not say how long to wait<td>restart is awaited<td>1
 *   <tr><td>join<td>replaces any row<td>no close without cause<td>28
 *   <tr><td>beat<td>of a closed incarnation is answered<td>S1<td>339
 *   <tr><td>close<td>whatever the beat<td>S1<td>140
 *   <tr><td>acquire<td>whatever the version<td>S1<td>3
 *   <tr><td>close<td>of others does nothing<td>L1<td>2
 *   <tr><td>record<td>whoever owns the split<td>S2<td>461
 *   <tr><td>record<td>whatever the checkpoint<td>S3<td>5
 *   <tr><td>claim<td>whatever the version<td>L2<td>49
 *   <tr><td>withdraw<td>whoever laid the claim<td>L2<td>73
 *   <tr><td>rate<td>whoever owns the split<td>S2<td>883
 *   <tr><td>declare<td>whenever it arrives, whatever is owned by then<td>drained is committed<td>92
 *   <tr><td>join<td>without the orders of the row it replaces<td>L3<td>43
 *   <tr><td>release<td>whoever owns the split<td>S2<td>12
 *   <tr><td>discover<td>over what there is<td>S4<td>1
 * </table>
 */
@Execution(ExecutionMode.CONCURRENT)
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
