package io.leasehold.source;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.OwnIds;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.testframe.external.ExternalSystemSplitDataWriter;
import org.apache.flink.connector.testframe.external.source.TestingSourceSettings;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A table and a lease table of its own for each case of the connector test suite. */
final class JdbcContext extends NumberedTextContext {

    private final String name = "suite-" + UUID.randomUUID();
    private final JdbcChunks table;

    JdbcContext() {
        try {
            table = new JdbcChunks();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Source<String, ?, ?> createSource(TestingSourceSettings settings) {
        return LeasedSource.wrap(
                        new OwnIds<>(
                                settings.getBoundedness() == Boundedness.BOUNDED
                                        ? table.bounded()
                                        : table.unbounded()))
                .splitIds(SplitIds.STABLE)
                .group(name)
                .memberId("suite")
                .store(MemoryLeaseStore.named(name))
                .terms(LeaseTerms.of(Duration.ofSeconds(1)))
                .build();
    }

    /** All that is written at once is one chunk: one split. */
    @Override
    public ExternalSystemSplitDataWriter<String> createSourceSplitDataWriter(
            TestingSourceSettings settings) {
        return new ExternalSystemSplitDataWriter<>() {
            @Override
            public void writeRecords(List<String> records) {
                table.append(records);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public String toString() {
        return "a table";
    }
}
