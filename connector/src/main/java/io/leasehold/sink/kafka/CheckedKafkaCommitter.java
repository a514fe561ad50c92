package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.output.OutputSession;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A committer that fails where KafkaSink's would log that a transaction of a completed checkpoint
 * is lost, and continue. A refused commit alone does not tell that: Kafka also refuses the commit
 * of what was committed before.
 */
@SuppressWarnings("try") // What a committer's close may throw is Flink's to declare.
final class CheckedKafkaCommitter implements Committer<KafkaCommittable> {

    private final Committer<KafkaCommittable> committer;
    private final OutputSession<KafkaCommittable> session;

    CheckedKafkaCommitter(
            Committer<KafkaCommittable> committer, OutputSession<KafkaCommittable> session) {
        this.committer = committer;
        this.session = session;
    }

    @Override
    public void commit(Collection<CommitRequest<KafkaCommittable>> requests)
            throws IOException, InterruptedException {
        List<Checked> checked = requests.stream().map(Checked::new).toList();
        committer.commit(new ArrayList<>(checked));
        List<Checked> refused = checked.stream().filter(it -> it.refusal.isPresent()).toList();
        List<FateAnswer> answers =
                session.fates(refused.stream().map(Checked::getCommittable).toList());
        for (int i = 0; i < refused.size(); i++) {
            refused.get(i).judge(answers.get(i));
        }
    }

    @Override
    public void close() throws Exception {
        try {
            committer.close();
        } finally {
            session.close();
        }
    }

    /** What KafkaSink's committer says of one transaction. */
    private static final class Checked implements CommitRequest<KafkaCommittable> {

        private final CommitRequest<KafkaCommittable> request;
        private Optional<Throwable> refusal = Optional.empty();

        Checked(CommitRequest<KafkaCommittable> request) {
            this.request = request;
        }

        void judge(FateAnswer answer) {
            Throwable why = refusal.orElseThrow();
            if (answer.fate() == Fate.COMMITTED) {
                request.signalAlreadyCommitted();
            } else if (answer.fate() == Fate.LOST) {
                request.signalFailedWithUnknownReason(
                        new IOException(
                                "Kafka has aborted a transaction of a completed checkpoint (%s). Most likely the job or the broker stood still for longer than transaction.timeout.ms, or the job was down for longer. Its records are lost unless they are written again. Stop the job: others resume its splits, or the job itself does when it is started without its checkpoint, at the recorded positions, which are before these records (lease.progress: one-behind)."
                                        .formatted(answer.evidence()),
                                why));
            } else {
                request.signalFailedWithKnownReason(why);
            }
        }

        @Override
        public KafkaCommittable getCommittable() {
            return request.getCommittable();
        }

        @Override
        public int getNumberOfRetries() {
            return request.getNumberOfRetries();
        }

        @Override
        public void signalFailedWithKnownReason(Throwable reason) {
            refusal = Optional.of(reason);
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable reason) {
            request.signalFailedWithUnknownReason(reason);
        }

        @Override
        public void retryLater() {
            request.retryLater();
        }

        @Override
        public void updateAndRetryLater(KafkaCommittable committable) {
            request.updateAndRetryLater(committable);
        }

        @Override
        public void signalAlreadyCommitted() {
            request.signalAlreadyCommitted();
        }
    }
}
