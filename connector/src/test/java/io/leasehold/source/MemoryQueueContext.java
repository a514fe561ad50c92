package io.leasehold.source;

import io.leasehold.lease.LeaseTerms;
import io.leasehold.lease.memory.MemoryLeaseStore;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.testframe.external.ExternalSystemSplitDataWriter;
import org.apache.flink.connector.testframe.external.source.DataStreamSourceExternalContext;
import org.apache.flink.connector.testframe.external.source.TestingSourceSettings;

import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** A memory queue and a lease table of its own for each case of the connector test suite. */
final class MemoryQueueContext implements DataStreamSourceExternalContext<String> {

    private final String name = "queue-" + UUID.randomUUID();
    private final MemoryQueue queue = MemoryQueue.named(name);
    private int splits;

    @Override
    public Source<String, ?, ?> createSource(TestingSourceSettings settings) {
        Boundedness boundedness = settings.getBoundedness();
        return LeasedSource.wrap(new MemoryQueueSource(name, boundedness))
                .group(name)
                .memberId("suite")
                .store(MemoryLeaseStore.named(name))
                .terms(LeaseTerms.of(Duration.ofSeconds(1)))
                .build();
    }

    @Override
    public ExternalSystemSplitDataWriter<String> createSourceSplitDataWriter(
            TestingSourceSettings settings) {
        String splitId = "split-" + splits++;
        queue.addSplit(splitId);
        return new ExternalSystemSplitDataWriter<>() {
            @Override
            public void writeRecords(List<String> records) {
                queue.append(splitId, records);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public List<String> generateTestData(
            TestingSourceSettings settings, int splitIndex, long seed) {
        return IntStream.range(0, 500)
                .mapToObj(i -> "%d-%d-%d".formatted(splitIndex, i, seed))
                .toList();
    }

    @Override
    public TypeInformation<String> getProducedType() {
        return Types.STRING;
    }

    @Override
    public List<URL> getConnectorJarPaths() {
        return List.of();
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "a memory queue";
    }
}
