package io.leasehold.job;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

import java.time.Duration;

/**
 * Lets each record id through once within a time to live, and counts what it lets through per key.
 *
 * <p>Repeated ids are looked for within one key, so a repeated record must carry the same key, as a
 * producer's second attempt does. An id is forgotten when the time to live has passed since it was
 * let through; a key's count, when it has passed since the key's last record. What another job of
 * the group has seen is not known here.
 */
final class UnseenRecords extends KeyedProcessFunction<String, QueueRecord, QueueRecord> {

    private static final long serialVersionUID = 1L;

    private final Duration timeToLive;
    private transient MapState<String, Boolean> seen;
    private transient ValueState<Long> count;

    UnseenRecords(Duration timeToLive) {
        this.timeToLive = timeToLive;
    }

    @Override
    public void open(OpenContext context) {
        StateTtlConfig ttl = StateTtlConfig.newBuilder(timeToLive).build();
        MapStateDescriptor<String, Boolean> seenDescriptor =
                new MapStateDescriptor<>("seen-ids", Types.STRING, Types.BOOLEAN);
        seenDescriptor.enableTimeToLive(ttl);
        seen = getRuntimeContext().getMapState(seenDescriptor);
        ValueStateDescriptor<Long> countDescriptor =
                new ValueStateDescriptor<>("count", Types.LONG);
        countDescriptor.enableTimeToLive(ttl);
        count = getRuntimeContext().getState(countDescriptor);
    }

    @Override
    public void processElement(QueueRecord record, Context context, Collector<QueueRecord> out)
            throws Exception {
        if (seen.contains(record.id())) {
            return;
        }
        seen.put(record.id(), true);
        Long before = count.value();
        long now = before == null ? 1 : before + 1;
        count.update(now);
        out.collect(record.counted(now));
    }
}
