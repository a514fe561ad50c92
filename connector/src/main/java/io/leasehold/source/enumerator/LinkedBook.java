package io.leasehold.source.enumerator;

import io.leasehold.source.book.CheckpointDecisions;
import io.leasehold.source.book.Command;
import io.leasehold.source.book.EnumeratorBook;
import io.leasehold.source.book.JobView;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** The book of an enumerator, as its {@link OutputDesk} reaches it. Coordinator thread only. */
final class LinkedBook<S> implements OutputDesk.Decisions {

    /** Asks a book whether something is so. */
    interface Asks<S> {
        boolean whether(BiFunction<EnumeratorBook<S>, JobView, Boolean> question);
    }

    private final Asks<S> asks;
    private final Consumer<BiFunction<EnumeratorBook<S>, JobView, List<Command<S>>>> tells;

    LinkedBook(
            Asks<S> asks,
            Consumer<BiFunction<EnumeratorBook<S>, JobView, List<Command<S>>>> tells) {
        this.asks = asks;
        this.tells = tells;
    }

    @Override
    public void say(Consumer<CheckpointDecisions<?>> word) {
        tells.accept(
                (book, job) -> {
                    word.accept(book.decisions());
                    return book.looked(job);
                });
    }

    @Override
    public boolean mayBegin() {
        return asks.whether((book, job) -> book.decisions().mayBegin(job.now()));
    }

    @Override
    public boolean mayAcknowledge() {
        return asks.whether((book, job) -> book.decisions().mayAcknowledge(job.now()));
    }
}
