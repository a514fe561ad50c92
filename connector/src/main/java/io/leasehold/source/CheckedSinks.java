package io.leasehold.source;

import io.leasehold.sink.LeasedGraph;
import io.leasehold.sink.LeasedSink;
import io.leasehold.sink.TransactionTimeout;

import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.graph.StreamingJobGraphGenerator;
import org.apache.flink.streaming.api.transformations.SinkTransformation;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Why the leased sinks of a job cannot be used as they are. */
final class CheckedSinks {

    private CheckedSinks() {}

    /**
     * @param sources the leased sources of the job
     * @throws IllegalArgumentException with all that is wrong, a sentence for each
     */
    static void check(
            StreamExecutionEnvironment job,
            Map<Transformation<?>, LeasedSource<?, ?, ?>> sources,
            StreamGraph graph) {
        List<SinkTransformation<?, ?>> sinks =
                job.getTransformations().stream()
                        .<SinkTransformation<?, ?>>flatMap(CheckedSinks::leasedSinks)
                        .distinct()
                        .toList();
        List<String> objections =
                Stream.concat(
                                sinks.stream()
                                        .flatMap(
                                                sink ->
                                                        objections(job, sink, sources, graph)
                                                                .stream()),
                                withoutSink(sinks, sources))
                        .toList();
        if (!objections.isEmpty()) {
            throw new IllegalArgumentException(String.join(" ", objections));
        }
    }

    /** What a sink that is not leased has not committed yet would be recorded as read. */
    private static Stream<String> withoutSink(
            List<SinkTransformation<?, ?>> sinks,
            Map<Transformation<?>, LeasedSource<?, ?, ?>> sources) {
        return sources.entrySet().stream()
                .filter(source -> source.getValue().options().output() == OutputCommits.DECIDED)
                .filter(
                        source ->
                                sinks.stream()
                                        .noneMatch(
                                                sink ->
                                                        sink.getTransitivePredecessors()
                                                                .contains(source.getKey())))
                .map(
                        source ->
                                "lease.output of group '%s' is decided, but no leased sink is behind the source: wrap the job's sinks with LeasedSink.of, or set lease.output to none."
                                        .formatted(source.getValue().options().group()));
    }

    private static Stream<SinkTransformation<?, ?>> leasedSinks(Transformation<?> operator) {
        return operator instanceof SinkTransformation<?, ?> sink
                        && sink.getSink() instanceof LeasedSink<?, ?>
                ? Stream.of(sink)
                : Stream.empty();
    }

    private static List<String> objections(
            StreamExecutionEnvironment job,
            SinkTransformation<?, ?> operator,
            Map<Transformation<?>, LeasedSource<?, ?, ?>> sources,
            StreamGraph graph) {
        LeasedSink<?, ?> sink = (LeasedSink<?, ?>) operator.getSink();
        List<LeasedSource<?, ?, ?>> before =
                operator.getTransitivePredecessors().stream()
                        .distinct()
                        .filter(sources::containsKey)
                        .<LeasedSource<?, ?, ?>>map(sources::get)
                        .toList();
        List<String> objections =
                new ArrayList<>(
                        new LeasedGraph(
                                        sink.sinkId(),
                                        before.stream().map(CheckedSinks::inGraph).toList(),
                                        hasChannelBefore(sink, graph),
                                        UnalignedCheckpoints.areEnabledIn(job.getConfiguration()))
                                .objections());
        before.stream().flatMap(source -> objections(job, sink, source)).forEach(objections::add);
        if (!isChained(sink, graph)) {
            objections.add(
                    "The writer of the leased sink '%s' is not chained to the operator behind it, which decides its output. Do not disable operator chaining, neither for the job nor for the sink."
                            .formatted(sink.sinkId()));
        }
        return objections;
    }

    private static LeasedGraph.Source inGraph(LeasedSource<?, ?, ?> source) {
        return new LeasedGraph.Source(
                source.options().group(), source.options().onLost() == LostLease.DROP);
    }

    private static Stream<String> objections(
            StreamExecutionEnvironment job, LeasedSink<?, ?> sink, LeasedSource<?, ?, ?> source) {
        Stream<String> timeout =
                TransactionTimeout.objection(
                        "The transaction time-out (transaction.timeout.ms of a KafkaSink) of the leased sink '%s'"
                                .formatted(sink.sinkId()),
                        sink.keptFor(),
                        source.options().terms(),
                        job.getConfiguration().get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
                        .stream();
        return Stream.concat(timeout, linkObjection(sink, source).stream());
    }

    private static Optional<String> linkObjection(
            LeasedSink<?, ?> sink, LeasedSource<?, ?, ?> source) {
        if (source.options().output() != OutputCommits.DECIDED) {
            return Optional.of(
                    "lease.output of group '%s' is none, so nobody would decide the output of the leased sink '%s': set it to decided."
                            .formatted(source.options().group(), sink.sinkId()));
        }
        return source.linkId().equals(sink.linkId())
                ? Optional.empty()
                : Optional.of(
                        "The leased sink '%s' is made with another source than the one before it. Give LeasedSink.of the source that the job reads."
                                .formatted(sink.sinkId()));
    }

    // ------------------------------------------------------------------------------------------
    // Chains
    // ------------------------------------------------------------------------------------------

    private static Stream<StreamNode> writers(LeasedSink<?, ?> sink, StreamGraph graph) {
        return graph.getStreamNodes().stream()
                .filter(
                        node ->
                                node.getOperatorFactory()
                                                instanceof SinkWriterOperatorFactory<?, ?> writer
                                        && writer.getSink() == sink);
    }

    private static boolean isChained(LeasedSink<?, ?> sink, StreamGraph graph) {
        return writers(sink, graph)
                .flatMap(writer -> writer.getOutEdges().stream())
                .allMatch(edge -> StreamingJobGraphGenerator.isChainable(edge, graph));
    }

    /** Whether records cross from one task to another on some way to the sink. */
    private static boolean hasChannelBefore(LeasedSink<?, ?> sink, StreamGraph graph) {
        return writers(sink, graph).anyMatch(writer -> hasChannelBefore(writer, graph));
    }

    private static boolean hasChannelBefore(StreamNode node, StreamGraph graph) {
        for (StreamEdge edge : node.getInEdges()) {
            if (!StreamingJobGraphGenerator.isChainable(edge, graph)
                    || hasChannelBefore(graph.getSourceVertex(edge), graph)) {
                return true;
            }
        }
        return false;
    }
}
