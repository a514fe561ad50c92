package io.leasehold.source.enumerator;

import io.leasehold.source.book.Command;
import io.leasehold.source.book.SinkWord;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Carries out in Flink what the book decides. Coordinator thread only. */
final class FlinkHand<SplitT extends SourceSplit> implements Command.Hand<SplitT> {

    private final SplitEnumeratorContext<LeasedSplit<SplitT>> context;
    private final SplitBounds<SplitT> bounds;
    private final LeaseEventLog log;
    private final LongConsumer alarm;
    private final Optional<? extends SinkWord.Listener> sinks;

    /**
     * @param alarm set for when the book is to be told the time
     * @param sinks hears what the leased sinks of the job are told, where output is decided
     */
    FlinkHand(
            SplitEnumeratorContext<LeasedSplit<SplitT>> context,
            SplitBounds<SplitT> bounds,
            LeaseEventLog log,
            LongConsumer alarm,
            Optional<? extends SinkWord.Listener> sinks) {
        this.context = context;
        this.bounds = bounds;
        this.log = log;
        this.alarm = alarm;
        this.sinks = sinks;
    }

    @Override
    public void assign(Command.Assign<SplitT> assignment) {
        assignment.splits().forEach(split -> bounds.keepsName(split.splitId()));
        Optional<String> readerId = Optional.of(assignment.readerId());
        context.assignSplits(
                new SplitsAssignment<>(
                        Map.of(
                                assignment.subtask(),
                                assignment.splits().stream()
                                        .map(split -> LeasedSplit.of(split, readerId))
                                        .toList())));
    }

    @Override
    public void send(Command.Send<SplitT> event) {
        context.sendEventToSourceReader(event.subtask(), event.event());
    }

    @Override
    public void tellNoMore(Command.TellNoMore<SplitT> reader) {
        context.signalNoMoreSplits(reader.subtask());
    }

    @Override
    public void callAt(Command.CallAt<SplitT> time) {
        alarm.accept(time.at());
    }

    @Override
    public void say(Command.Say<SplitT> text) {
        log.say(text);
    }

    @Override
    public void fail(Command.Fail<SplitT> failure) {
        throw switch (failure.cause()) {
            case LEASE_LOST -> new LeaseLostException(failure.why());
            case SINK_SHARED -> new SinkSharedException(failure.why());
            case RESTORE_REFUSED -> new RestoreRefusedException(failure.why());
        };
    }

    @Override
    public void toSinks(Command.ToSinks<SplitT> word) {
        word.word().reach(sinks.orElseThrow());
    }
}
