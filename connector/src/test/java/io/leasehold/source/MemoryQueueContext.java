package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.queue.MemoryQueue;
import io.leasehold.testkit.queue.MemoryQueueSource;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.testframe.external.ExternalSystemSplitDataWriter;
import org.apache.flink.connector.testframe.external.source.TestingSourceSettings;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A memory queue and a lease table of its own for each case of the connector test suite. */
final class MemoryQueueContext extends NumberedTextContext {

    private final String name = "queue-" + UUID.randomUUID();
    private final MemoryQueue queue = MemoryQueue.named(name);
    private int splits;

    @Override
    public Source<String, ?, ?> createSource(TestingSourceSettings settings) {
        Boundedness boundedness = settings.getBoundedness();
        return LeasedSource.wrap(new MemoryQueueSource(name, boundedness))
                .splitIds(SplitIds.STABLE)
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
    public String toString() {
        return "a memory queue";
    }
}
