package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.output.OutputSession;

import org.apache.flink.api.common.eventtime.Watermark;
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
 * A writer that does not let a checkpoint have a transaction that Kafka has aborted.
 *
 * <p>What its {@code close} throws is logged and not passed on: Flink ends a TaskManager in which
 * that happens while a task is canceled, and KafkaSink's writer throws there if its transaction was
 * aborted. All writers of a TaskManager find that at once after a standstill.
 */
final class CheckedKafkaWriter<IN>
        implements StatefulSinkWriter<IN, KafkaWriterState>,
                CommittingSinkWriter<IN, KafkaCommittable> {

    private static final Logger LOG = LoggerFactory.getLogger(CheckedKafkaWriter.class);

    private final StatefulSinkWriter<IN, KafkaWriterState> stateful;
    private final CommittingSinkWriter<IN, KafkaCommittable> committing;
    private final OutputSession<KafkaCommittable> session;
    private boolean saidThatKafkaDoesNotSay;

    /**
     * @param stateful the sink's own writer
     * @param committing the same
     */
    CheckedKafkaWriter(
            StatefulSinkWriter<IN, KafkaWriterState> stateful,
            CommittingSinkWriter<IN, KafkaCommittable> committing,
            OutputSession<KafkaCommittable> session) {
        this.stateful = stateful;
        this.committing = committing;
        this.session = session;
    }

    @Override
    public void write(IN element, Context context) throws IOException, InterruptedException {
        committing.write(element, context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        committing.flush(endOfInput);
    }

    @Override
    public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
        committing.writeWatermark(watermark);
    }

    /**
     * @throws IOException also if Kafka has aborted what was written since the last checkpoint
     */
    @Override
    public Collection<KafkaCommittable> prepareCommit() throws IOException, InterruptedException {
        List<KafkaCommittable> prepared = List.copyOf(committing.prepareCommit());
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
    public List<KafkaWriterState> snapshotState(long checkpointId) throws IOException {
        return stateful.snapshotState(checkpointId);
    }

    @Override
    public void close() {
        try {
            committing.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn(
                    "A writer could not be closed. What it has prepared is not affected; what it has written since may stay open until its time-out.",
                    e);
        } finally {
            session.close();
        }
    }
}
