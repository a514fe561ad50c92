package io.leasehold.source;

import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.UdfStreamOperatorFactory;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The operators of a job that keep records of leased sources from one checkpoint to the next. What
 * they hold is in their own state, and stays with the job when another job takes its splits over.
 *
 * <p>Flink's operators are known by their classes. What a user's function keeps cannot be seen; on
 * a keyed stream it is at least known that it can keep something.
 *
 * @param holding names of operators that hold records, each with what it is
 * @param keyed names of other operators on keyed streams
 */
record HeldRecords(List<String> holding, List<String> keyed) {

    private static final String STREAMING = "org.apache.flink.streaming.";
    private static final String ASYNC_STATE = "org.apache.flink.runtime.asyncprocessing.operators.";
    private static final String TABLE = "org.apache.flink.table.runtime.operators.";

    /**
     * What holds records, by how the name begins of an operator's, a function's or a sink's class
     * or of one of its parents. By name, since tables, patterns and connectors need not be on the
     * class path. Operators that pass on all they have before each barrier are not among them.
     */
    static final Map<String, List<String>> KINDS =
            Map.of(
                    "window",
                    List.of(
                            STREAMING + "runtime.operators.windowing.WindowOperator",
                            ASYNC_STATE + "windowing.AsyncWindowOperator",
                            TABLE + "window.groupwindow.operator.",
                            TABLE + "window.tvf.common.WindowAggOperator",
                            TABLE + "window.async.tvf.common.AsyncStateWindowAggOperator",
                            TABLE + "window.tvf.operator.UnalignedWindowTableFunctionOperator",
                            TABLE + "over."),
                    "join",
                    List.of(
                            STREAMING + "api.operators.co.IntervalJoinOperator",
                            ASYNC_STATE + "co.AsyncIntervalJoinOperator",
                            TABLE + "join.interval.TimeIntervalJoin",
                            TABLE + "join.stream.",
                            TABLE + "join.temporal.",
                            TABLE + "join.window."),
                    "asynchronous requests",
                    List.of(
                            STREAMING + "api.operators.async.AsyncWaitOperator",
                            TABLE + "TableKeyedAsyncWaitOperator"),
                    "sort",
                    List.of(TABLE + "sort."),
                    "pattern",
                    List.of("org.apache.flink.cep.operator.CepOperator"),
                    "buffering writer",
                    List.of("org.apache.flink.connector.base.sink.AsyncSinkBase"),
                    "open files, unless they are rolled at each checkpoint",
                    List.of(
                            "org.apache.flink.connector.file.sink.FileSink",
                            "org.apache.flink.connector.file.table.stream.AbstractStreamingWriter"));

    /** What the operators behind these sources hold. */
    static HeldRecords behind(Collection<? extends Transformation<?>> sources, StreamGraph graph) {
        Map<Integer, StreamNode> nodes = new LinkedHashMap<>();
        Deque<Integer> next = new ArrayDeque<>();
        sources.forEach(source -> next.add(source.getId()));
        while (!next.isEmpty()) {
            StreamNode node = graph.getStreamNode(next.remove());
            if (nodes.putIfAbsent(node.getId(), node) == null) {
                node.getOutEdges().stream().map(StreamEdge::getTargetId).forEach(next::add);
            }
        }
        return new HeldRecords(
                nodes.values().stream()
                        .flatMap(
                                node ->
                                        kind(node).stream()
                                                .map(
                                                        kind ->
                                                                "'%s' (%s)"
                                                                        .formatted(
                                                                                node
                                                                                        .getOperatorName(),
                                                                                kind)))
                        .toList(),
                nodes.values().stream()
                        .filter(node -> node.getStateKeySerializer() != null)
                        .filter(node -> kind(node).isEmpty())
                        .map(node -> "'" + node.getOperatorName() + "'")
                        .toList());
    }

    private static Optional<String> kind(StreamNode node) {
        List<String> names =
                Optional.ofNullable(node.getOperatorFactory()).stream()
                        .flatMap(HeldRecords::classes)
                        .flatMap(HeldRecords::withParents)
                        .map(Class::getName)
                        .toList();
        return KINDS.entrySet().stream()
                .filter(
                        kind ->
                                kind.getValue().stream()
                                        .anyMatch(
                                                start ->
                                                        names.stream()
                                                                .anyMatch(
                                                                        name ->
                                                                                name.startsWith(
                                                                                        start))))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static Stream<Class<?>> classes(StreamOperatorFactory<?> factory) {
        Class<?> operator =
                factory.getStreamOperatorClass(Thread.currentThread().getContextClassLoader());
        if (factory instanceof SinkWriterOperatorFactory<?, ?> writer) {
            return Stream.of(operator, writer.getSink().getClass());
        }
        return factory instanceof UdfStreamOperatorFactory<?> ofUser
                ? Stream.of(operator, ofUser.getUserFunction().getClass())
                : Stream.of(operator);
    }

    private static Stream<Class<?>> withParents(Class<?> type) {
        return Stream.iterate(type, one -> one != null, one -> one.getSuperclass());
    }
}
