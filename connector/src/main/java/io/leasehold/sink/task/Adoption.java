package io.leasehold.sink.task;

import io.leasehold.sink.book.CommitQueue;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.book.Piece;
import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.book.SinkAnswer.SealedMember;
import io.leasehold.sink.book.StoredPiece;
import io.leasehold.sink.event.SinkEvent;
import io.leasehold.sink.event.SinkRequest;
import io.leasehold.sink.output.AbortedOutput;
import io.leasehold.sink.output.OpenOutput;
import io.leasehold.sink.output.OutputSession;
import io.leasehold.sink.output.OutputSystemException;
import io.leasehold.sink.output.TransactionPrefix;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Commits decided output of closed members, and aborts what they left open, while the subtask reads
 * and writes.
 *
 * <p>For a thread of its own, which is interrupted to end it.
 *
 * @param <C> the sink's committables
 */
final class Adoption<C> {

    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);

    private final int subtask;
    private final String incarnation;
    private final TransactionPrefix own;
    private final PieceBytes<C> bytes;
    private final CoordinatorLine line;
    private final OutputSession<C> session;
    private final LongSupplier nanoClock;
    private final CommitQueue<C> queue;

    /** Given to the queue, whatever became of them: the coordinator gives them until it knows. */
    private final Set<Piece.Id> taken = new HashSet<>();

    private Optional<Long> warnedAt = Optional.empty();

    /**
     * @param own what this member writes under, which is never aborted
     */
    Adoption(
            int subtask,
            String incarnation,
            TransactionPrefix own,
            Duration keptFor,
            PieceBytes<C> bytes,
            CoordinatorLine line,
            OutputSession<C> session,
            LongSupplier nanoClock) {
        this.subtask = subtask;
        this.incarnation = incarnation;
        this.own = own;
        this.bytes = bytes;
        this.line = line;
        this.session = session;
        this.nanoClock = nanoClock;
        this.queue = CommitQueue.ofEarlierLives(keptFor);
    }

    /** Asks once what there is to do, and does it as far as the other system answers. */
    void step() throws InterruptedException {
        Optional<SinkAnswer> answer = ask(new SinkRequest.AskAdoption(incarnation, subtask));
        if (answer.isPresent() && answer.get() instanceof SinkAnswer.Adoption work) {
            work.rows().forEach(this::take);
            commit();
            for (SealedMember closed : work.sealed()) {
                abort(closed);
            }
        }
    }

    private void take(StoredPiece piece) {
        if (taken.add(piece.id())) {
            try {
                queue.add(List.of(bytes.read(piece)));
            } catch (IOException e) {
                LOG.warn(
                        "Decided output of a closed member cannot be read, so this job does not commit it: {}",
                        e.getMessage());
            }
        }
    }

    private void commit() throws InterruptedException {
        List<Piece<C>> next = queue.next(nanoClock.getAsLong());
        while (!next.isEmpty()) {
            List<FateAnswer> fates = session.commit(next.stream().map(Piece::committable).toList());
            CommitQueue.Outcome<C> outcome = queue.answered(fates, nanoClock.getAsLong());
            if (!outcome.committed().isEmpty()) {
                line.tell(
                        new SinkEvent.Committed(
                                incarnation, outcome.committed().stream().map(Piece::id).toList()));
                LOG.info(
                        "Committed {} pieces of decided output of closed members.",
                        outcome.committed().size());
            }
            for (CommitQueue.Failed<C> failed : outcome.failed()) {
                LOG.error(
                        "Decided output of a closed member is not committed and may be lost; its row stays in the lease table. Checkpoint {}, {}: {}",
                        failed.piece().checkpoint(),
                        failed.answer().fate(),
                        failed.answer().evidence());
            }
            if (outcome.committed().size() + outcome.failed().size() < next.size()) {
                warn(
                        "Decided output of closed members is not committed yet; it is tried again.",
                        fates.toString());
            }
            next = queue.next(nanoClock.getAsLong());
        }
    }

    private void abort(SealedMember closed) throws InterruptedException {
        try {
            Set<C> decided =
                    bytes.read(closed.decided()).stream()
                            .map(Piece::committable)
                            .collect(Collectors.toSet());
            AbortedOutput aborted =
                    session.abort(
                            new OpenOutput<>(
                                    Set.of(own.ofMember(closed.memberId())),
                                    Set.of(own.text()),
                                    decided),
                            () -> isSealed(closed));
            if (!aborted.aborted().isEmpty()) {
                LOG.info(
                        "Aborted {} open transactions of the closed member '{}'.",
                        aborted.aborted().size(),
                        closed.memberId());
            }
            if (aborted.kept().isEmpty()) {
                line.tell(new SinkEvent.Aborted(incarnation, closed.incarnation()));
            }
        } catch (OutputSystemException | NoAnswerException e) {
            warn(
                    "What the closed member '%s' left open is not aborted yet; it is tried again."
                            .formatted(closed.memberId()),
                    e.getMessage());
        } catch (IOException e) {
            warn(
                    "What the closed member '%s' left open stays until its time-out: its decided output cannot be read."
                            .formatted(closed.memberId()),
                    e.getMessage());
        }
    }

    private boolean isSealed(SealedMember closed) {
        try {
            return ask(new SinkRequest.AskSealed(incarnation, closed.incarnation()))
                    .filter(SinkAnswer.IsSealed.class::isInstance)
                    .map(answer -> ((SinkAnswer.IsSealed) answer).sealed())
                    .orElseThrow(NoAnswerException::new);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswerException();
        }
    }

    /** Empty if the coordinator is away. */
    private Optional<SinkAnswer> ask(SinkRequest request) throws InterruptedException {
        try {
            return Optional.of(
                    line.ask(request).get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("The coordinator does not answer {}.", request, e);
            return Optional.empty();
        }
    }

    /** The other system may be away for long. */
    private void warn(String what, String why) {
        long now = nanoClock.getAsLong();
        if (warnedAt.filter(at -> now - at < BETWEEN_WARNINGS.toNanos()).isEmpty()) {
            warnedAt = Optional.of(now);
            LOG.warn("{} {}", what, why);
        }
    }

    /** It is not known whether a member is still closed. */
    private static final class NoAnswerException extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        NoAnswerException() {
            super("The JobManager does not say whether the member is still closed.");
        }
    }
}
