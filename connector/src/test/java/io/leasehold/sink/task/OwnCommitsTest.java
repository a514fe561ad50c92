package io.leasehold.sink.task;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.output.AbortedOutput;
import io.leasehold.sink.output.OpenOutput;
import io.leasehold.sink.output.OutputSession;

import org.apache.flink.api.connector.sink2.Committer;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OwnCommitsTest {

    private final Map<String, Fate> fates =
            Map.of("gone", Fate.LOST, "there", Fate.COMMITTED, "open", Fate.OPEN);
    private final List<List<String>> asked = new ArrayList<>();

    @Test
    void whatSucceedsIsNotAskedFor() throws Exception {
        assertThat(commit(request -> {}, "a", "b")).containsExactly(Fate.COMMITTED, Fate.COMMITTED);
        assertThat(commit(Committer.CommitRequest::signalAlreadyCommitted, "c"))
                .containsExactly(Fate.COMMITTED);
        assertThat(asked).isEmpty();
    }

    @Test
    void whateverTheCommitterSaysTheFateIsAskedFor() throws Exception {
        List<OneRequest> says =
                List.of(
                        request -> request.signalFailedWithKnownReason(new IOException("fenced")),
                        request -> request.signalFailedWithUnknownReason(new IOException("why")),
                        Committer.CommitRequest::retryLater,
                        request -> request.updateAndRetryLater("something else"),
                        request -> {
                            throw new IOException("away");
                        },
                        request -> {
                            throw new IllegalStateException("broken");
                        });
        for (OneRequest one : says) {
            assertThat(commit(one, "there", "gone", "open"))
                    .containsExactly(Fate.COMMITTED, Fate.LOST, Fate.OPEN);
        }
        assertThat(asked).hasSize(says.size()).containsOnly(List.of("there", "gone", "open"));
    }

    @Test
    void onlyWhatFailedIsAskedForAndTheOrderStays() throws Exception {
        assertThat(
                        commit(
                                request -> {
                                    if (!request.getCommittable().equals("plain")) {
                                        request.retryLater();
                                    }
                                },
                                "gone",
                                "plain",
                                "open"))
                .containsExactly(Fate.LOST, Fate.COMMITTED, Fate.OPEN);
        assertThat(asked).containsExactly(List.of("gone", "open"));
    }

    @Test
    void theEvidenceHasBothSides() throws Exception {
        assertThat(
                        answers(
                                request ->
                                        request.signalFailedWithKnownReason(
                                                new IOException("fenced")),
                                "gone"))
                .containsExactly(
                        new FateAnswer(
                                Fate.LOST,
                                "seen; the sink's committer: java.io.IOException: fenced"));
    }

    @Test
    void anInterruptIsPassedOn() {
        assertThatThrownBy(
                        () ->
                                commit(
                                        request -> {
                                            throw new InterruptedException();
                                        },
                                        "a"))
                .isInstanceOf(InterruptedException.class);
    }

    private interface OneRequest {
        void answer(Committer.CommitRequest<String> request)
                throws IOException, InterruptedException;
    }

    private List<Fate> commit(OneRequest says, String... decided) throws Exception {
        return answers(says, decided).stream().map(FateAnswer::fate).toList();
    }

    private List<FateAnswer> answers(OneRequest says, String... decided) throws Exception {
        return new OwnCommits<>(new Scripted(says), new Seen()).commit(List.of(decided));
    }

    private record Scripted(OneRequest says) implements Committer<String> {

        @Override
        public void commit(Collection<CommitRequest<String>> requests)
                throws IOException, InterruptedException {
            for (CommitRequest<String> request : requests) {
                says.answer(request);
            }
        }

        @Override
        public void close() {}
    }

    private final class Seen implements OutputSession<String> {

        @Override
        public List<FateAnswer> commit(List<String> decided) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<FateAnswer> fates(List<String> prepared) {
            asked.add(prepared);
            return prepared.stream().map(one -> new FateAnswer(fates.get(one), "seen")).toList();
        }

        @Override
        public AbortedOutput abort(OpenOutput<String> open, BooleanSupplier stillClosed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
