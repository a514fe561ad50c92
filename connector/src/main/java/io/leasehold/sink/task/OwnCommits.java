package io.leasehold.sink.task;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.output.OutputSession;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Commits what this very subtask has prepared, with the sink's own committer: a sink may tell its
 * writer by way of it that output is committed, as KafkaSink does, which then reuses producers and
 * names.
 *
 * <p>What a committer says of a failure is not believed. Another job may have committed the output
 * before, and then Kafka's committer is told that its producer was fenced. So the fate of all that
 * did not plainly succeed is asked for.
 *
 * <p>For the task's thread. Closes neither committer nor session.
 *
 * @param <CommT> the sink's committables
 */
public final class OwnCommits<CommT> {

    private final Committer<CommT> committer;
    private final OutputSession<CommT> session;

    public OwnCommits(Committer<CommT> committer, OutputSession<CommT> session) {
        this.committer = committer;
        this.session = session;
    }

    /**
     * Commits decided output, once; tries nothing again.
     *
     * @param decided in the order of their checkpoints
     * @return what became of each, in the same order
     * @throws InterruptedException if the thread was interrupted; then nothing is known of any
     */
    public List<FateAnswer> commit(List<CommT> decided) throws InterruptedException {
        List<Request<CommT>> requests = decided.stream().map(Request::new).toList();
        String failure = "";
        try {
            committer.commit(new ArrayList<>(requests));
        } catch (IOException | RuntimeException e) {
            failure = e.toString();
        }
        for (Request<CommT> request : requests) {
            if (!failure.isEmpty() && request.failure.isEmpty()) {
                request.failure = failure;
            }
        }
        List<CommT> uncertain =
                requests.stream()
                        .filter(request -> !request.failure.isEmpty())
                        .map(Request::getCommittable)
                        .toList();
        List<FateAnswer> fates = uncertain.isEmpty() ? List.of() : session.fates(uncertain);
        List<FateAnswer> answers = new ArrayList<>();
        int asked = 0;
        for (Request<CommT> request : requests) {
            if (request.failure.isEmpty()) {
                answers.add(new FateAnswer(Fate.COMMITTED, "the sink's committer committed it"));
            } else {
                FateAnswer fate = fates.get(asked++);
                answers.add(
                        new FateAnswer(
                                fate.fate(),
                                "%s; the sink's committer: %s"
                                        .formatted(fate.evidence(), request.failure)));
            }
        }
        return answers;
    }

    /** What a committer says of one piece. */
    private static final class Request<CommT> implements CommitRequest<CommT> {

        private final CommT committable;

        /** Why it is not plainly committed; empty if it is. */
        private String failure = "";

        Request(CommT committable) {
            this.committable = committable;
        }

        @Override
        public CommT getCommittable() {
            return committable;
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable reason) {
            failure = reason.toString();
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable reason) {
            failure = reason.toString();
        }

        @Override
        public void retryLater() {
            failure = "it is to be committed again later";
        }

        /** What is decided is committed, and nothing else. */
        @Override
        public void updateAndRetryLater(CommT other) {
            retryLater();
        }

        @Override
        public void signalAlreadyCommitted() {}
    }
}
