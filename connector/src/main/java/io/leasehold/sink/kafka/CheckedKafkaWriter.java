package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.output.OutputSession;
import io.leasehold.sink.output.QuietWriter;

import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * A writer that does not let a checkpoint have a transaction that Kafka has aborted. It is closed
 * quietly: all writers of a TaskManager find that at once after a standstill.
 */
final class CheckedKafkaWriter<IN>
        extends QuietWriter.Stateful<IN, KafkaWriterState, KafkaCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(CheckedKafkaWriter.class);

    private final OutputSession<KafkaCommittable> session;
    private boolean saidThatKafkaDoesNotSay;

    /**
     * @param committing the sink's own writer
     * @param stateful the same
     */
    CheckedKafkaWriter(
            CommittingSinkWriter<IN, KafkaCommittable> committing,
            StatefulSinkWriter<IN, KafkaWriterState> stateful,
            OutputSession<KafkaCommittable> session) {
        super(committing, stateful);
        this.session = session;
    }

    /**
     * @throws IOException also if Kafka has aborted what was written since the last checkpoint
     */
    @Override
    public Collection<KafkaCommittable> prepareCommit() throws IOException, InterruptedException {
        List<KafkaCommittable> prepared = List.copyOf(super.prepareCommit());
        for (FateAnswer answer : session.fates(prepared)) {
            if (answer.fate() == Fate.UNKNOWN) {
                sayOnce(answer);
            } else if (answer.fate() != Fate.OPEN) {
                throw new IOException(
                        "Kafka has aborted the transaction with what was written since the last checkpoint (%s). Most likely the job or the broker stood still for longer than transaction.timeout.ms, or the broker's clock was set forward. Nothing is lost: the job goes back to its last checkpoint and writes it again."
                                .formatted(answer.evidence()));
            }
        }
        return prepared;
    }

    private void sayOnce(FateAnswer answer) {
        if (!saidThatKafkaDoesNotSay) {
            saidThatKafkaDoesNotSay = true;
            LOG.warn(
                    "Whether transactions are open when a checkpoint prepares them could not be checked ({}). A transaction that times out may be lost unnoticed. This is said once.",
                    answer.evidence());
        }
    }

    @Override
    public void close() {
        try {
            super.close();
        } finally {
            session.close();
        }
    }
}
