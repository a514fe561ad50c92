package io.leasehold.sink.task;

import io.leasehold.sink.output.OutputSession;
import io.leasehold.sink.output.PreparedOutput;
import io.leasehold.sink.output.TransactionPrefix;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@SuppressWarnings("try") // What a writer's close may throw is Flink's to declare.
class LeasedWritersTest {

    private static final TransactionPrefix PREFIX =
            new TransactionPrefix("shop", "orders", "blue", "out", "1");

    /** What a stub ignores. */
    private static final WriterInitContext NO_CONTEXT = null;

    private static final SinkWriter.Context NO_RECORD = null;

    private final List<String> calls = new ArrayList<>();
    private Exception onClose = new IllegalStateException("fenced");

    @AfterEach
    void noInterruptIsLeft() {
        Thread.interrupted();
    }

    @Test
    void whatCloseThrowsIsNotPassedOn() throws Exception {
        writers(new Plain()).create(NO_CONTEXT).close();
        assertThat(calls).containsExactly("create", "close");
    }

    @Test
    void anInterruptDuringCloseIsKept() throws Exception {
        onClose = new InterruptedException();
        writers(new Plain()).create(NO_CONTEXT).close();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aWriterIsStatefulIfTheSinksIs() throws Exception {
        assertThat(writers(new Plain()).create(NO_CONTEXT))
                .isInstanceOf(CommittingSinkWriter.class)
                .isNotInstanceOf(StatefulSinkWriter.class);
        assertThat(writers(new WithState()).create(NO_CONTEXT))
                .isInstanceOf(CommittingSinkWriter.class)
                .isInstanceOf(StatefulSinkWriter.class);
    }

    @Test
    void everyCallReachesTheSinksWriter() throws Exception {
        SinkWriter<String> writer = writers(new WithState()).create(NO_CONTEXT);
        writer.write("a", NO_RECORD);
        writer.flush(true);
        assertThat(((CommittingSinkWriter<?, ?>) writer).prepareCommit()).hasSize(1);
        assertThat(((StatefulSinkWriter<?, ?>) writer).snapshotState(5)).hasSize(1);
        assertThat(calls)
                .containsExactly("create", "write a", "flush true", "prepare", "snapshot 5");
    }

    @Test
    void onlyStateOfTheirOwnLineIsGivenToWriters() throws Exception {
        writers(new WithState()).restore(NO_CONTEXT, List.of("own 1", "of green", "own 2"));
        assertThat(calls).containsExactly("restore [own 1, own 2]");
    }

    @Test
    void aSinkWithoutWriterStateIsNotRestored() {
        assertThatThrownBy(() -> writers(new Plain()).restore(NO_CONTEXT, List.of("own 1")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("Plain have no state.");
    }

    private LeasedWriters<String> writers(Sink<String> sink) {
        return new LeasedWriters<>(new Output(sink), PREFIX);
    }

    private record Output(Sink<String> inner) implements PreparedOutput<String, String> {

        private static final long serialVersionUID = 1L;

        @Override
        public Sink<String> sink(TransactionPrefix prefix) {
            return inner;
        }

        @Override
        public boolean isStateOf(TransactionPrefix prefix, Object writerState) {
            return writerState.toString().startsWith("own");
        }

        @Override
        public SimpleVersionedSerializer<String> serializer() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String base() {
            return "shop";
        }

        @Override
        public Duration keptFor() {
            return Duration.ofMinutes(15);
        }

        @Override
        public OutputSession<String> open(Duration patience) {
            throw new UnsupportedOperationException();
        }
    }

    @SuppressWarnings("serial") // Never serialized.
    private class Plain implements Sink<String>, SupportsCommitter<String> {

        @Override
        public SinkWriter<String> createWriter(WriterInitContext context) {
            calls.add("create");
            return new Writer();
        }

        @Override
        public Committer<String> createCommitter(CommitterInitContext context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SimpleVersionedSerializer<String> getCommittableSerializer() {
            throw new UnsupportedOperationException();
        }
    }

    @SuppressWarnings("serial") // Never serialized.
    private final class WithState extends Plain implements SupportsWriterState<String, String> {

        @Override
        public SinkWriter<String> createWriter(WriterInitContext context) {
            calls.add("create");
            return new WriterWithState();
        }

        @Override
        public StatefulSinkWriter<String, String> restoreWriter(
                WriterInitContext context, Collection<String> state) {
            calls.add("restore " + state);
            return new WriterWithState();
        }

        @Override
        public SimpleVersionedSerializer<String> getWriterStateSerializer() {
            throw new UnsupportedOperationException();
        }
    }

    private class Writer implements CommittingSinkWriter<String, String> {

        @Override
        public void write(String element, Context context) {
            calls.add("write " + element);
        }

        @Override
        public void flush(boolean endOfInput) {
            calls.add("flush " + endOfInput);
        }

        @Override
        public Collection<String> prepareCommit() {
            calls.add("prepare");
            return List.of("committable");
        }

        @Override
        public void close() throws Exception {
            calls.add("close");
            throw onClose;
        }
    }

    private final class WriterWithState extends Writer
            implements StatefulSinkWriter<String, String> {

        @Override
        public List<String> snapshotState(long checkpointId) {
            calls.add("snapshot " + checkpointId);
            return List.of("state");
        }
    }
}
