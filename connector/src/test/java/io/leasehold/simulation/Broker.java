package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.sink.book.Fate;
import io.leasehold.sink.kafka.KafkaFates;
import io.leasehold.sink.kafka.KafkaFates.State;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Where sinks write, as Kafka does it: a transaction has a name, and of each name the broker knows
 * the last use. Who names producer epoch and name means one use, or is refused. To prepare a
 * transaction is nothing but to leave it open.
 *
 * <p>Each method is one request as it is carried out; who asks sees to delays and losses.
 */
final class Broker {

    /** One use of a name. */
    record Transaction(String name, int epoch) {
        @Override
        public String toString() {
            return name + "#" + epoch;
        }
    }

    /** The last use of a name. */
    private static final class Name {
        int epoch;
        State state = State.EMPTY;
        final List<Fact.Output> records = new ArrayList<>();
    }

    private final Agenda agenda;
    private final long timeoutNanos;
    private final boolean namesAreReused;
    private final Consumer<Fact> history;
    private final Map<String, Name> names = new TreeMap<>();

    /**
     * @param timeoutNanos after which an open transaction is aborted
     * @param namesAreReused whether sinks use a name for one transaction after the other
     */
    Broker(Agenda agenda, long timeoutNanos, boolean namesAreReused, Consumer<Fact> history) {
        this.agenda = agenda;
        this.timeoutNanos = timeoutNanos;
        this.namesAreReused = namesAreReused;
        this.history = history;
    }

    /** Takes a name for its next use. What is open under it is aborted. */
    Transaction initialize(String name) {
        Name of = names.computeIfAbsent(name, first -> new Name());
        if (of.state == State.ONGOING) {
            ended(name, of, State.ABORTED, "initialized");
            of.epoch++;
        }
        of.epoch++;
        of.state = State.EMPTY;
        return new Transaction(name, of.epoch);
    }

    /**
     * Writes a record; the first one opens the transaction.
     *
     * @return false if the name is another's by now: the writer is fenced
     */
    boolean write(Transaction transaction, Incarnation by, Fact.Output record) {
        Name of = names.get(transaction.name());
        if (of.epoch != transaction.epoch()
                || (of.state != State.EMPTY && of.state != State.ONGOING)) {
            return false;
        }
        if (of.state == State.EMPTY) {
            of.state = State.ONGOING;
            history.accept(new Fact.Opened(agenda.now(), transaction.toString(), by));
            agenda.at(agenda.now() + timeoutNanos, () -> timeOut(transaction));
        }
        of.records.add(record);
        return true;
    }

    private void timeOut(Transaction transaction) {
        open(transaction)
                .ifPresent(
                        of -> {
                            ended(transaction.name(), of, State.ABORTED, "timed out");
                            of.epoch++;
                        });
    }

    /**
     * Commits a prepared transaction.
     *
     * @param bumps whether the client is the one that wrote, and the protocol the second: the epoch
     *     of the name grows by one
     * @return false if the broker refuses, which says nothing of its fate
     */
    boolean commit(Transaction transaction, boolean bumps) {
        Optional<Name> open = open(transaction);
        if (open.isPresent()) {
            ended(transaction.name(), open.get(), State.COMMITTED, "");
            open.get().epoch += bumps ? 1 : 0;
            return true;
        }
        Name of = names.get(transaction.name());
        return of != null && of.epoch == transaction.epoch() && of.state == State.COMMITTED;
    }

    /** What became of a prepared transaction, as far as can be read. */
    Fate fate(Transaction transaction) {
        Name of = names.get(transaction.name());
        return of == null
                ? Fate.UNKNOWN
                : KafkaFates.of(namesAreReused, transaction.epoch(), of.epoch, of.state);
    }

    /** The open transactions, anybody's. */
    List<Transaction> open() {
        return names.entrySet().stream()
                .filter(name -> name.getValue().state == State.ONGOING)
                .map(name -> new Transaction(name.getKey(), name.getValue().epoch))
                .toList();
    }

    /** Aborts exactly this use, if it is still open. */
    void abort(Transaction seen) {
        open(seen).ifPresent(of -> ended(seen.name(), of, State.ABORTED, "aborted"));
    }

    private Optional<Name> open(Transaction transaction) {
        return Optional.ofNullable(names.get(transaction.name()))
                .filter(of -> of.epoch == transaction.epoch() && of.state == State.ONGOING);
    }

    private void ended(String name, Name of, State state, String why) {
        String transaction = name + "#" + of.epoch;
        of.state = state;
        List<Fact.Output> records = List.copyOf(of.records);
        history.accept(
                state == State.COMMITTED
                        ? new Fact.Committed(agenda.now(), transaction, records)
                        : new Fact.Aborted(agenda.now(), transaction, why, records));
        of.records.clear();
    }
}
