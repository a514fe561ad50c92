package io.leasehold.source.reader;

import org.apache.flink.api.connector.source.RichSourceReaderContext;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Which way a reader has to its enumerator. */
public final class GrantLines {

    private GrantLines() {}

    /**
     * @param extendInterval how often the reader asks
     * @param nanoClock the reader's
     */
    public static GrantLine of(
            String readerId,
            SourceReaderContext context,
            Duration extendInterval,
            LongSupplier nanoClock) {
        return context instanceof RichSourceReaderContext rich
                        && rich.getRuntimeContext() instanceof StreamingRuntimeContext runtime
                ? new JobMasterLine(
                        readerId, runtime.getGlobalAggregateManager(), extendInterval, nanoClock)
                : new EventLine(readerId, context);
    }
}
