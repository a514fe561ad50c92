package io.leasehold.testkit;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An exactly-once sink in this JVM: what a checkpoint completed is committed once, however often
 * Flink says so. Unlike a collecting sink it runs beside its source, so that each subtask is a
 * region of its own.
 */
public final class CommittedOutput
        implements Sink<String>, SupportsCommitter<CommittedOutput.Batch> {

    private static final long serialVersionUID = 1L;

    private static final Map<String, Map<String, List<String>>> COMMITTED =
            new ConcurrentHashMap<>();

    private final String name;

    public CommittedOutput(String name) {
        this.name = name;
    }

    /** Everything committed so far under a name, in no order. */
    public static List<String> of(String name) {
        return COMMITTED.getOrDefault(name, Map.of()).values().stream()
                .flatMap(List::stream)
                .toList();
    }

    /** What one subtask wrote between two checkpoints. */
    public record Batch(String id, List<String> records) {}

    @Override
    public SinkWriter<String> createWriter(WriterInitContext context) {
        return new Writer();
    }

    @Override
    public Committer<Batch> createCommitter(CommitterInitContext context) {
        String output = name;
        return new Committer<>() {
            @Override
            public void commit(Collection<CommitRequest<Batch>> requests) {
                Map<String, List<String>> committed =
                        COMMITTED.computeIfAbsent(output, none -> new ConcurrentHashMap<>());
                for (CommitRequest<Batch> request : requests) {
                    committed.put(
                            request.getCommittable().id(), request.getCommittable().records());
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public SimpleVersionedSerializer<Batch> getCommittableSerializer() {
        return new SimpleVersionedSerializer<>() {
            @Override
            public int getVersion() {
                return 1;
            }

            @Override
            public byte[] serialize(Batch batch) {
                return (batch.id() + "\n" + String.join("\n", batch.records()))
                        .getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public Batch deserialize(int version, byte[] bytes) throws IOException {
                List<String> lines = List.of(new String(bytes, StandardCharsets.UTF_8).split("\n"));
                return new Batch(lines.get(0), lines.subList(1, lines.size()));
            }
        };
    }

    private static final class Writer implements CommittingSinkWriter<String, Batch> {

        private List<String> written = new ArrayList<>();

        @Override
        public void write(String record, Context context) {
            written.add(record);
        }

        @Override
        public void flush(boolean endOfInput) {}

        @Override
        public Collection<Batch> prepareCommit() {
            List<String> batch = written;
            written = new ArrayList<>();
            return batch.isEmpty()
                    ? List.of()
                    : List.of(new Batch(UUID.randomUUID().toString(), List.copyOf(batch)));
        }

        @Override
        public void close() {}
    }
}
