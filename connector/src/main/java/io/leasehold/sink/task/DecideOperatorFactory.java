package io.leasehold.sink.task;

import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.util.function.SerializableFunction;

/** Makes the operator behind the writer of a leased sink, and its coordinator. */
public final class DecideOperatorFactory<IN, C>
        extends AbstractStreamOperatorFactory<CommittableMessage<C>>
        implements OneInputStreamOperatorFactory<CommittableMessage<C>, CommittableMessage<C>>,
                CoordinatedOperatorFactory<CommittableMessage<C>> {

    private static final long serialVersionUID = 1L;

    private final DecidedSink<IN, C> sink;
    private final SerializableFunction<OperatorID, OperatorCoordinator.Provider> coordinators;

    public DecideOperatorFactory(
            DecidedSink<IN, C> sink,
            SerializableFunction<OperatorID, OperatorCoordinator.Provider> coordinators) {
        this.sink = sink;
        this.coordinators = coordinators;
    }

    @Override
    public OperatorCoordinator.Provider getCoordinatorProvider(String name, OperatorID id) {
        return coordinators.apply(id);
    }

    @Override
    @SuppressWarnings("unchecked") // Flink asks for whatever type it expects.
    public <T extends StreamOperator<CommittableMessage<C>>> T createStreamOperator(
            StreamOperatorParameters<CommittableMessage<C>> parameters) {
        return (T) new DecideOperator<>(new DecidingOperator<>(parameters, sink));
    }

    @Override
    @SuppressWarnings("rawtypes") // As Flink declares it.
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return DecideOperator.class;
    }
}
