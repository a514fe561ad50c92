package io.leasehold.source.enumerator;

import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.connector.testutils.source.reader.TestingSplitEnumeratorContext;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** What the wrapped enumerator sees of Flink. */
@Timeout(30)
class DiscoveryContextTest {

    private static final ReaderInfo WITH_REPORT =
            ReaderInfo.createReaderInfo(
                    1, "here", List.of(new MemoryQueueSplit("a", 0, Integer.MAX_VALUE)));

    private final List<String> sent = new ArrayList<>();
    private boolean backlog;

    private final DiscoveryContext<MemoryQueueSplit> context =
            new DiscoveryContext<>(
                    new TestingSplitEnumeratorContext<MemoryQueueSplit>(2) {
                        @Override
                        public Map<Integer, ReaderInfo> registeredReaders() {
                            return Map.of(1, WITH_REPORT);
                        }

                        @Override
                        public Map<Integer, Map<Integer, ReaderInfo>>
                                registeredReadersOfAttempts() {
                            return Map.of(1, Map.of(3, WITH_REPORT));
                        }

                        @Override
                        public void sendEventToSourceReader(
                                int subtask, int attempt, SourceEvent event) {
                            sent.add(subtask + "/" + attempt);
                        }

                        @Override
                        public void setIsProcessingBacklog(boolean isProcessingBacklog) {
                            backlog = isProcessingBacklog;
                        }
                    },
                    new DiscoveryContext.Discoveries<>() {
                        @Override
                        public void found(int subtask, List<MemoryQueueSplit> splits) {}

                        @Override
                        public void noMoreFor(int subtask) {}
                    });

    /** They are leased ones, and ours. */
    @Test
    void itSeesReadersWithoutWhatTheyReport() {
        ReaderInfo reader = new ReaderInfo(1, "here");

        assertThat(context.registeredReaders()).isEqualTo(Map.of(1, reader));
        assertThat(context.registeredReaders().get(1).getReportedSplitsOnRegistration()).isEmpty();
        assertThat(context.registeredReadersOfAttempts()).isEqualTo(Map.of(1, Map.of(3, reader)));
        assertThat(
                        context.registeredReadersOfAttempts()
                                .get(1)
                                .get(3)
                                .getReportedSplitsOnRegistration())
                .isEmpty();
    }

    @Test
    void itsEventForOneAttemptGoesToThatAttempt() {
        context.sendEventToSourceReader(1, 3, new SourceEvent() {});

        assertThat(sent).containsExactly("1/3");
    }

    @Test
    void itMaySayThatItReadsABacklog() {
        context.setIsProcessingBacklog(true);

        assertThat(backlog).isTrue();
    }
}
