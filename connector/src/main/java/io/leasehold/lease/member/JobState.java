package io.leasehold.lease.member;

import java.util.Optional;

/**
 * Whether the job of a member can read splits.
 *
 * <pre>
 * state           what happens                           next
 * --------------  -------------------------------------  --------------
 * Starting        all that its state holds was told      Running
 * Starting        its readers have not come for long     WithoutReaders, and back
 * Running         readers have been missing for long     WithoutReaders, and back
 * WithoutReaders  all that its state holds was told      WithoutReaders
 * any             its readers have come to their end     Stopped
 * </pre>
 */
sealed interface JobState {

    /** Before all that its state holds was told: nothing is acquired. */
    record Starting() implements JobState {}

    /** It reads what is acquired. */
    record Running() implements JobState {}

    /**
     * It has had no readers for its splits for too long: nothing is acquired or granted.
     *
     * @param before what it is when the readers are back
     * @param why for people
     */
    record WithoutReaders(JobState before, String why) implements JobState {}

    /** All readers came to their end as of a completed checkpoint, and it is recorded. */
    record Stopped() implements JobState {}

    default JobState stateIsTold() {
        if (this instanceof WithoutReaders without) {
            return new WithoutReaders(without.before().stateIsTold(), without.why());
        }
        return this instanceof Starting ? new Running() : this;
    }

    default JobState withoutReaders(String why) {
        return new WithoutReaders(withReaders(), why);
    }

    default JobState withReaders() {
        return this instanceof WithoutReaders without ? without.before() : this;
    }

    /** Whether all that its state holds was told. */
    default boolean isStateKnown() {
        return !(withReaders() instanceof Starting);
    }

    /** Why it has no readers, if it has none. */
    default Optional<String> whyWithoutReaders() {
        return this instanceof WithoutReaders without
                ? Optional.of(without.why())
                : Optional.empty();
    }

    default boolean isStopped() {
        return this instanceof Stopped;
    }
}
