package io.leasehold.source;

import io.leasehold.testkit.queue.MemoryQueueSource;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.IOException;
import java.util.Set;

/**
 * A memory queue of a connector that comes in versions: each reads the state of the ones before.
 *
 * @param splits the version of splits
 * @param enumerators the version of enumerators
 */
record ForeignState(MemoryQueueSource queue, int splits, int enumerators)
        implements Source<String, MemoryQueueSplit, Set<String>>, ResultTypeQueryable<String> {

    @Override
    public Boundedness getBoundedness() {
        return queue.getBoundedness();
    }

    @Override
    public SplitEnumerator<MemoryQueueSplit, Set<String>> createEnumerator(
            SplitEnumeratorContext<MemoryQueueSplit> context) {
        return queue.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<MemoryQueueSplit, Set<String>> restoreEnumerator(
            SplitEnumeratorContext<MemoryQueueSplit> context, Set<String> state) {
        return queue.restoreEnumerator(context, state);
    }

    @Override
    public SourceReader<String, MemoryQueueSplit> createReader(SourceReaderContext context) {
        return queue.createReader(context);
    }

    @Override
    public SimpleVersionedSerializer<MemoryQueueSplit> getSplitSerializer() {
        return new Versioned<>(queue.getSplitSerializer(), splits);
    }

    @Override
    public SimpleVersionedSerializer<Set<String>> getEnumeratorCheckpointSerializer() {
        return new Versioned<>(queue.getEnumeratorCheckpointSerializer(), enumerators);
    }

    @Override
    public TypeInformation<String> getProducedType() {
        return queue.getProducedType();
    }

    private record Versioned<T>(SimpleVersionedSerializer<T> serializer, int version)
            implements SimpleVersionedSerializer<T> {

        @Override
        public int getVersion() {
            return version;
        }

        @Override
        public byte[] serialize(T value) throws IOException {
            return serializer.serialize(value);
        }

        @Override
        public T deserialize(int writtenIn, byte[] bytes) throws IOException {
            if (writtenIn > version) {
                throw new IOException("It was written in version " + writtenIn + ".");
            }
            return serializer.deserialize(serializer.getVersion(), bytes);
        }
    }
}
