package io.leasehold.sink.coordinator;

import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;

/** Makes the coordinators of leased sinks. */
public final class SinkCoordinators {

    private SinkCoordinators() {}

    /**
     * @param linkId names the link of the job that the sink is part of
     * @param sinkId names the sink within its job, the same in all jobs of the group
     * @param operatorId the operator whose subtasks decide
     */
    public static OperatorCoordinator.Provider of(
            String linkId, String sinkId, OperatorID operatorId) {
        return new SinkCoordinator.Provider(linkId, sinkId, operatorId);
    }
}
