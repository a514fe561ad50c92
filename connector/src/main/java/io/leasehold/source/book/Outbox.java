package io.leasehold.source.book;

import io.leasehold.source.book.Command.Fail;
import io.leasehold.source.book.Command.Say;
import io.leasehold.source.book.Command.Send;
import io.leasehold.source.event.LeaseSourceEvent.ToReader;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The commands that follow from one event.
 *
 * <p>To an attempt that is gone, at its end or closed nothing is sent: its task may have finished,
 * and Flink would fail the job for an event that does not arrive.
 */
final class Outbox<S> {

    private final ReaderAttempts attempts;
    private final Set<Integer> registered;
    private final List<Command<S>> commands = new ArrayList<>();
    private boolean fails;

    Outbox(ReaderAttempts attempts, Set<Integer> registered) {
        this.attempts = attempts;
        this.registered = registered;
    }

    void add(Command<S> command) {
        commands.add(command);
    }

    /**
     * @param event made for the name of the attempt
     */
    void send(int subtask, Function<String, ToReader> event) {
        if (registered.contains(subtask) && attempts.canBeTold(subtask)) {
            attempts.readerId(subtask)
                    .ifPresent(id -> commands.add(new Send<>(subtask, event.apply(id))));
        }
    }

    void sendToAll(Function<String, ToReader> event) {
        attempts.subtasks().forEach(subtask -> send(subtask, event));
    }

    void inform(String text) {
        commands.add(new Say<>(false, text));
    }

    void warn(String text) {
        commands.add(new Say<>(true, text));
    }

    void fail(Fail.Cause cause, String why) {
        fails = true;
        commands.add(new Fail<>(cause, why));
    }

    /** Whether the job is to fail: nothing else matters then. */
    boolean fails() {
        return fails;
    }

    List<Command<S>> commands() {
        return List.copyOf(commands);
    }
}
