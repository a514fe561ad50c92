package io.leasehold.sink.task;

import io.leasehold.sink.book.OutputBook;
import io.leasehold.sink.book.OutputCommand;
import io.leasehold.sink.book.Piece;
import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.book.Standing;
import io.leasehold.sink.book.StoredPiece;
import io.leasehold.sink.event.SinkEvent;
import io.leasehold.sink.event.SinkRequest;

import org.apache.flink.util.FlinkException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Carries out what the book of one subtask decides.
 *
 * <p>For the task's thread; only answers of the coordinator come on others, and wait in a queue.
 * While the task's mailbox does not run, in {@link #start} and {@link #awaitEnd}, the task's thread
 * waits here.
 *
 * @param <C> the sink's committables
 */
final class SubtaskOutput<C> {

    private static final Logger LOG = LoggerFactory.getLogger(SubtaskOutput.class);

    private static final Duration SLICE = Duration.ofSeconds(1);

    /** What happens in the task's thread. */
    private interface Event {
        void happen() throws Exception;
    }

    private final int subtask;
    private final Duration keptFor;
    private final OptionalLong restored;
    private final List<StoredPiece> restoredState;
    private final PieceBytes<C> bytes;
    private final CoordinatorLine line;
    private final OutputHands<C> hands;
    private final LongSupplier nanoClock;
    private final Runnable wake;
    private final LongConsumer callAt;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    private OutputBook<C> book;
    private volatile String incarnation = "";
    private boolean writerMayStart;
    private boolean outdated;
    private OptionalLong nextCall = OptionalLong.empty();

    /**
     * @param restoredState what the restored checkpoint holds
     * @param wake makes the task's thread call {@link #happen} when it can; any thread
     * @param callAt makes it do so at that time of the clock
     */
    SubtaskOutput(
            int subtask,
            Duration keptFor,
            OptionalLong restored,
            List<StoredPiece> restoredState,
            PieceBytes<C> bytes,
            CoordinatorLine line,
            OutputHands<C> hands,
            LongSupplier nanoClock,
            Runnable wake,
            LongConsumer callAt) {
        this.subtask = subtask;
        this.keptFor = keptFor;
        this.restored = restored;
        this.restoredState = restoredState;
        this.bytes = bytes;
        this.line = line;
        this.hands = hands;
        this.nanoClock = nanoClock;
        this.wake = wake;
        this.callAt = callAt;
    }

    /**
     * Waits until the member has joined and everything decided of it is committed. Has no bound:
     * the table may be away for long. Interrupting the thread ends it.
     */
    void start() throws Exception {
        do {
            startUnder(standing());
        } while (outdated);
    }

    private SinkAnswer.Stands standing() throws Exception {
        SinkAnswer answer = line.askUntilAnswered(new SinkRequest.AskStanding(subtask)).get();
        if (answer instanceof SinkAnswer.Stands stands) {
            return stands;
        }
        throw new FlinkException(
                answer instanceof SinkAnswer.Refused refused
                        ? refused.why()
                        : "The coordinator of this sink said " + answer);
    }

    private void startUnder(SinkAnswer.Stands stands) throws Exception {
        events.clear();
        incarnation = stands.incarnation();
        outdated = false;
        nextCall = OptionalLong.empty();
        hands.worksUnder(stands);
        book = new OutputBook<>(subtask, keptFor, restored, bytes.read(restoredState));
        carryOut(
                book.standing(
                        new Standing<>(
                                stands.decided(),
                                stands.restoredIsVoid(),
                                bytes.read(stands.rows())),
                        now()));
        ask(
                new SinkRequest.AskAllRowsCommitted(incarnation, subtask),
                answer -> {
                    if (answer instanceof SinkAnswer.AllRowsCommitted) {
                        carryOut(book.allRowsCommitted());
                    }
                });
        while (!writerMayStart && !outdated) {
            await(SLICE.toNanos());
        }
    }

    /** What the subtask works under. Any thread. */
    String incarnation() {
        return incarnation;
    }

    // ------------------------------------------------------------------------------------------
    // Events
    // ------------------------------------------------------------------------------------------

    /** Everything that has come since, and what is due by now. */
    void happen() throws Exception {
        Event event = events.poll();
        while (event != null) {
            event.happen();
            event = events.poll();
        }
        if (outdated && writerMayStart) {
            throw new FlinkException(
                    "The leased source of this job has started anew, so what this task knows of decided output is old. The task restarts.");
        }
        if (nextCall.isPresent() && now() - nextCall.getAsLong() >= 0) {
            nextCall = OptionalLong.empty();
            carryOut(book.time(now()));
        }
    }

    private void await(long atMostNanos) throws Exception {
        long wait = atMostNanos;
        if (nextCall.isPresent()) {
            wait = Math.max(0, Math.min(wait, nextCall.getAsLong() - now()));
        }
        Event event = events.poll(wait, TimeUnit.NANOSECONDS);
        if (event != null) {
            event.happen();
        }
        happen();
    }

    private interface Answered {
        void with(SinkAnswer answer) throws Exception;
    }

    private void ask(SinkRequest request, Answered then) {
        String askedUnder = incarnation;
        line.askUntilAnswered(request)
                .thenAccept(
                        answer -> {
                            events.add(
                                    () -> {
                                        if (!askedUnder.equals(incarnation)) {
                                            return;
                                        }
                                        if (answer instanceof SinkAnswer.Outdated) {
                                            outdated = true;
                                        } else {
                                            then.with(answer);
                                        }
                                    });
                            wake.run();
                        });
    }

    private void askDecision(long checkpoint) {
        ask(
                new SinkRequest.AskDecision(incarnation, checkpoint),
                answer -> {
                    if (answer instanceof SinkAnswer.Decided decided) {
                        carryOut(book.decided(decided.checkpoint(), now()));
                    } else if (answer instanceof SinkAnswer.Void isVoid) {
                        LOG.warn(
                                "Checkpoint {} is void, and its output is dropped: {}",
                                isVoid.checkpoint(),
                                isVoid.why());
                        carryOut(book.isVoid(isVoid.checkpoint()));
                    }
                });
    }

    // ------------------------------------------------------------------------------------------
    // Checkpoints
    // ------------------------------------------------------------------------------------------

    void prepared(C committable) {
        book.prepared(committable);
    }

    /**
     * @return the subtask's state
     */
    List<StoredPiece> snapshot(long checkpoint, boolean last) throws Exception {
        carryOut(book.snapshot(checkpoint, last));
        return bytes.write(book.state());
    }

    /** Asks for the acknowledgement of a checkpoint. Any thread. */
    CompletableFuture<SinkAnswer> mayAcknowledge(long checkpoint) {
        return line.askUntilAnswered(
                new SinkRequest.AskToAcknowledge(incarnation, subtask, checkpoint));
    }

    void completed(long checkpoint) throws Exception {
        carryOut(book.completed(checkpoint));
    }

    /**
     * Waits until everything that this subtask has prepared is committed.
     *
     * @param stillEnds whether the task still ends regularly
     * @throws FlinkException if that takes longer than the bound, or can never be
     */
    void awaitEnd(Duration bound, BooleanSupplier stillEnds) throws Exception {
        long end = now() + bound.toNanos();
        happen();
        while (!book.mayEnd() && stillEnds.getAsBoolean()) {
            if (book.waitsForACheckpoint()) {
                throw new FlinkException(
                        "The task ends with output that no completed checkpoint covers, so nobody decides it. Bounded jobs with a leased sink need execution.checkpointing.checkpoints-after-tasks-finish = true.");
            }
            if (now() - end >= 0) {
                throw new FlinkException(
                        "The task ends, but its output was not decided and committed within %s s. It fails, so that the job resumes from its last checkpoint."
                                .formatted(bound.toSeconds()));
            }
            await(Math.min(SLICE.toNanos(), Math.max(0, end - now())));
        }
    }

    // ------------------------------------------------------------------------------------------
    // Commands
    // ------------------------------------------------------------------------------------------

    private void carryOut(List<OutputCommand<C>> commands) throws Exception {
        for (OutputCommand<C> command : commands) {
            if (command instanceof OutputCommand.Report<C> report) {
                line.tell(
                        new SinkEvent.Prepared(
                                incarnation,
                                subtask,
                                report.checkpoint(),
                                bytes.write(report.prepared()),
                                report.last(),
                                lost(report).orElse("")));
            } else if (command instanceof OutputCommand.AskDecision<C> ask) {
                askDecision(ask.checkpoint());
            } else if (command instanceof OutputCommand.StartWriter<C>) {
                writerMayStart = true;
            } else if (command instanceof OutputCommand.CommitRows<C> commit) {
                carryOut(book.answered(hands.commitRows(committables(commit.decided())), now()));
            } else if (command instanceof OutputCommand.Commit<C> commit) {
                carryOut(book.answered(hands.commit(committables(commit.decided())), now()));
            } else if (command instanceof OutputCommand.TellCommitted<C> told) {
                line.tell(new SinkEvent.Committed(incarnation, told.committed()));
            } else if (command instanceof OutputCommand.Drop<C> drop) {
                LOG.info(
                        "{} pieces of prepared output are not committed by this subtask: {}.",
                        drop.dropped().size(),
                        drop.why());
            } else if (command instanceof OutputCommand.CallAt<C> call) {
                nextCall = OptionalLong.of(call.at());
                callAt.accept(call.at());
            } else if (command instanceof OutputCommand.Fail<C> fail) {
                throw new FlinkException(fail.why());
            }
        }
    }

    /** Output that has waited since before a restart may have timed out meanwhile. */
    private Optional<String> lost(OutputCommand.Report<C> report) throws InterruptedException {
        boolean isRestored = restored.isPresent() && restored.getAsLong() == report.checkpoint();
        return isRestored ? hands.lost(committables(report.prepared())) : Optional.empty();
    }

    private static <C> List<C> committables(List<Piece<C>> pieces) {
        return pieces.stream().map(Piece::committable).toList();
    }

    private long now() {
        return nanoClock.getAsLong();
    }
}
