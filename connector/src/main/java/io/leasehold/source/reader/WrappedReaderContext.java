package io.leasehold.source.reader;

import org.apache.flink.api.common.watermark.Watermark;
import org.apache.flink.api.connector.source.RichSourceReaderContext;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;

/** What a wrapped reader takes for Flink's context. All goes through, but for its metrics. */
public final class WrappedReaderContext extends RichSourceReaderContext {

    private final SourceReaderContext outer;
    private final SourceReaderMetricGroup metrics;

    private WrappedReaderContext(RichSourceReaderContext outer, SourceReaderMetricGroup metrics) {
        this.outer = outer;
        this.metrics = metrics;
        setRuntimeContext(outer.getRuntimeContext());
    }

    /**
     * The context for one wrapped reader. If the outer one is not Flink's own, it is that one: what
     * else there might be to it could not be passed on.
     *
     * @param metrics the metric group for that reader
     */
    public static SourceReaderContext of(
            SourceReaderContext outer, SourceReaderMetricGroup metrics) {
        return outer instanceof RichSourceReaderContext flinks
                ? new WrappedReaderContext(flinks, metrics)
                : outer;
    }

    @Override
    public SourceReaderMetricGroup metricGroup() {
        return metrics;
    }

    @Override
    public Configuration getConfiguration() {
        return outer.getConfiguration();
    }

    @Override
    public String getLocalHostName() {
        return outer.getLocalHostName();
    }

    @Override
    public int getIndexOfSubtask() {
        return outer.getIndexOfSubtask();
    }

    @Override
    public void sendSplitRequest() {
        outer.sendSplitRequest();
    }

    @Override
    public void sendSourceEventToCoordinator(SourceEvent event) {
        outer.sendSourceEventToCoordinator(event);
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
        return outer.getUserCodeClassLoader();
    }

    @Override
    public int currentParallelism() {
        return outer.currentParallelism();
    }

    @Override
    public void emitWatermark(Watermark watermark) {
        outer.emitWatermark(watermark);
    }
}
