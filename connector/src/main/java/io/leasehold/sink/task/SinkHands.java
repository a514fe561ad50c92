package io.leasehold.sink.task;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.output.OutputSession;
import io.leasehold.sink.output.PreparedOutput;
import io.leasehold.sink.output.TransactionPrefix;

import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.util.IOUtils;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The sink's own committer, and a session for what another attempt has prepared.
 *
 * @param <C> the sink's committables
 */
final class SinkHands<C> implements OutputHands<C>, AutoCloseable {

    /** Longer than a healthy system takes; the task handles no records meanwhile. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private record Own<C>(TransactionPrefix prefix, Committer<C> committer) {}

    private final PreparedOutput<?, C> output;
    private final String sinkId;
    private final CommitterInitContext context;
    private final Consumer<TransactionPrefix> prefixKnown;
    private final OutputSession<C> session;
    private Optional<Own<C>> own = Optional.empty();

    /**
     * @param prefixKnown told the prefix of the writer that is created next
     */
    SinkHands(
            PreparedOutput<?, C> output,
            String sinkId,
            CommitterInitContext context,
            Consumer<TransactionPrefix> prefixKnown) {
        this.output = output;
        this.sinkId = sinkId;
        this.context = context;
        this.prefixKnown = prefixKnown;
        this.session = output.open(PATIENCE);
    }

    @Override
    public void worksUnder(SinkAnswer.Stands standing) throws IOException {
        TransactionPrefix prefix = prefix(standing);
        if (own.filter(now -> now.prefix().equals(prefix)).isEmpty()) {
            closeCommitter();
            // What the sink gave as a committer's type is the same as the output's.
            @SuppressWarnings("unchecked")
            SupportsCommitter<C> sink = (SupportsCommitter<C>) output.sink(prefix);
            own = Optional.of(new Own<>(prefix, sink.createCommitter(context)));
        }
        prefixKnown.accept(prefix);
    }

    private TransactionPrefix prefix(SinkAnswer.Stands standing) {
        return new TransactionPrefix(
                output.base(), standing.group(), standing.memberId(), sinkId, standing.line());
    }

    @Override
    public List<FateAnswer> commitRows(List<C> decided) throws InterruptedException {
        return session.commit(decided);
    }

    @Override
    public List<FateAnswer> commit(List<C> decided) throws InterruptedException {
        return new OwnCommits<>(own.orElseThrow().committer(), session).commit(decided);
    }

    @Override
    public Optional<String> lost(List<C> prepared) throws InterruptedException {
        return prepared.isEmpty()
                ? Optional.empty()
                : session.fates(prepared).stream()
                        .filter(fate -> fate.fate() == Fate.LOST)
                        .map(FateAnswer::evidence)
                        .findFirst();
    }

    /** The prefix of what this subtask writes. */
    TransactionPrefix prefix() {
        return own.orElseThrow().prefix();
    }

    private void closeCommitter() {
        own.ifPresent(now -> IOUtils.closeQuietly(now.committer()));
        own = Optional.empty();
    }

    @Override
    public void close() {
        closeCommitter();
        session.close();
    }
}
