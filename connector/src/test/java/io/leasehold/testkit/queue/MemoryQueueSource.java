package io.leasehold.testkit.queue;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a {@link MemoryQueue} as real sources read theirs: a periodic discovery off the coordinator
 * thread, a fetcher thread of flink-connector-base. An unbounded one finds splits that appear
 * later.
 */
public final class MemoryQueueSource
        implements Source<String, MemoryQueueSplit, Set<String>>, ResultTypeQueryable<String> {

    private static final long serialVersionUID = 1L;

    private final String queue;
    private final Boundedness boundedness;

    public MemoryQueueSource(String queue, Boundedness boundedness) {
        this.queue = queue;
        this.boundedness = boundedness;
    }

    @Override
    public Boundedness getBoundedness() {
        return boundedness;
    }

    @Override
    public SplitEnumerator<MemoryQueueSplit, Set<String>> createEnumerator(
            SplitEnumeratorContext<MemoryQueueSplit> context) {
        return restoreEnumerator(context, Set.of());
    }

    @Override
    public SplitEnumerator<MemoryQueueSplit, Set<String>> restoreEnumerator(
            SplitEnumeratorContext<MemoryQueueSplit> context, Set<String> assigned) {
        return new MemoryQueueEnumerator(
                context,
                MemoryQueue.named(queue),
                boundedness == Boundedness.BOUNDED,
                new TreeSet<>(assigned));
    }

    @Override
    public SourceReader<String, MemoryQueueSplit> createReader(SourceReaderContext context) {
        return new MemoryQueueReader(MemoryQueue.named(queue), context);
    }

    @Override
    public SimpleVersionedSerializer<MemoryQueueSplit> getSplitSerializer() {
        return new MemoryQueueSplit.Serializer();
    }

    @Override
    public SimpleVersionedSerializer<Set<String>> getEnumeratorCheckpointSerializer() {
        return new SimpleVersionedSerializer<>() {
            @Override
            public int getVersion() {
                return 1;
            }

            @Override
            public byte[] serialize(Set<String> ids) {
                return String.join("\n", ids).getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public Set<String> deserialize(int version, byte[] bytes) {
                return bytes.length == 0
                        ? Set.of()
                        : Set.of(new String(bytes, StandardCharsets.UTF_8).split("\n"));
            }
        };
    }

    @Override
    public TypeInformation<String> getProducedType() {
        return Types.STRING;
    }
}
