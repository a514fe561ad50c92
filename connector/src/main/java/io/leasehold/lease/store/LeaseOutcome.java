package io.leasehold.lease.store;

import io.leasehold.lease.model.ChangeNumber;
import io.leasehold.lease.model.Incarnation;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What became of a request to a {@link LeaseStore}.
 *
 * @param <A> what the store answers when it did as asked
 */
public sealed interface LeaseOutcome<A> {

    /**
     * The store did as asked. Where the request names many splits, the answer names those for which
     * its condition held; the others are as they were.
     */
    record Applied<A>(A answer) implements LeaseOutcome<A> {}

    /**
     * Nothing was changed: the incarnation that asked is not, or no longer, the one that may write
     * as this member.
     */
    record Refused<A>(String reason) implements LeaseOutcome<A> {

        /** What an incarnation is told that is closed, was replaced, or never joined. */
        public static <A> Refused<A> mayNotWrite(Incarnation by) {
            return new Refused<>(by + " may no longer write: it is closed, replaced or unknown.");
        }
    }

    /**
     * The table is behind or beside what the sender has seen of it: it lost its last changes. A
     * renewal was carried out all the same, anything else was not.
     *
     * @param seen the change number that the sender saw last
     * @param found the group's; 0 if there is no group
     */
    record WentBack<A>(long seen, long found) implements LeaseOutcome<A> {

        /** What is to be said of it, with the counts of changes. */
        public String reason() {
            return "The lease table went back in time: this member has seen change %s of the group, and the table now has %s. Was it restored from a backup, or did a replica take over that lacked the last commits?"
                    .formatted(
                            ChangeNumber.countOf(seen),
                            found == 0
                                    ? "no such group"
                                    : ChangeNumber.countOf(found) < ChangeNumber.countOf(seen)
                                            ? "change " + ChangeNumber.countOf(found)
                                            : "another history up to change "
                                                    + ChangeNumber.countOf(found));
        }
    }

    /**
     * No answer came. The request may have been carried out, may be carried out later, or never
     * (rule T5). The next read tells.
     */
    record Unknown<A>(LeaseStoreException cause) implements LeaseOutcome<A> {

        /** What is answered after {@link LeaseStore#close()}. */
        public static <A> Unknown<A> closed() {
            return new Unknown<>(
                    new LeaseStoreException(
                            "The lease store is closed.", LeaseStoreException.Kind.DENIED, null));
        }
    }

    /**
     * Returns what the function for this case says. One function per case; none can be forgotten.
     * That the table went back is a refusal, with that reason.
     */
    default <R> R match(
            Function<A, R> applied,
            Function<String, R> refused,
            Function<LeaseStoreException, R> unknown) {
        if (this instanceof Applied<A> done) {
            return applied.apply(done.answer());
        }
        if (this instanceof Refused<A> no) {
            return refused.apply(no.reason());
        }
        if (this instanceof WentBack<A> back) {
            return refused.apply(back.reason());
        }
        return unknown.apply(((Unknown<A>) this).cause());
    }

    /** Does what the consumer for this case does. */
    default void react(
            Consumer<A> applied, Consumer<String> refused, Consumer<LeaseStoreException> unknown) {
        match(doing(applied), doing(refused), doing(unknown)).run();
    }

    private static <X> Function<X, Runnable> doing(Consumer<X> consumer) {
        return value -> () -> consumer.accept(value);
    }
}
