package io.leasehold.source;

import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.transformations.SourceTransformation;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is checked of a job before it is submitted, where its graph is at hand. */
final class CheckedGraph {

    private static final Logger LOG = LoggerFactory.getLogger(CheckedGraph.class);

    private CheckedGraph() {}

    /** Says what is wrong with a job, see {@link LeasedSource#check}. */
    static void check(StreamExecutionEnvironment job) {
        Map<Transformation<?>, LeasedSource<?, ?, ?>> sources = leasedSources(job);
        sources.values()
                .forEach(
                        source ->
                                RequiredCheckpoints.requireAligned(
                                        job.getConfiguration(),
                                        source.options().unalignedCheckpoints()));
        StreamGraph graph = job.getStreamGraph(false);
        CheckedSinks.check(job, sources, graph);
        HeldRecords held = HeldRecords.behind(sources.keySet(), graph);
        if (!held.holding().isEmpty()) {
            LOG.warn(
                    "Operators behind a leased source hold records from one checkpoint to the next: {}. What they hold stays with this job: if it dies and another job takes its splits over, these records are missing from the results of both.",
                    String.join(", ", held.holding()));
        }
        if (!held.keyed().isEmpty()) {
            LOG.info(
                    "Operators on keyed streams behind a leased source: {}. What they keep in state stays with this job when splits move.",
                    String.join(", ", held.keyed()));
        }
    }

    private static Map<Transformation<?>, LeasedSource<?, ?, ?>> leasedSources(
            StreamExecutionEnvironment job) {
        Map<Transformation<?>, LeasedSource<?, ?, ?>> sources = new LinkedHashMap<>();
        for (Transformation<?> operator : job.getTransformations()) {
            for (Transformation<?> before : operator.getTransitivePredecessors()) {
                if (before instanceof SourceTransformation<?, ?, ?> source
                        && source.getSource() instanceof LeasedSource<?, ?, ?> leased) {
                    sources.put(source, leased);
                }
            }
        }
        return sources;
    }
}
