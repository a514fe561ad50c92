package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;

/**
 * What the broker's description of a transactional id says about a transaction that was prepared
 * under it.
 *
 * <p>What a commit throws says nothing: "fenced" and "invalid state" are also the answers to a
 * commit of what another process has committed. The epoch tells, because it grows whenever the id
 * is initialized, and with protocol 2 also whenever a transaction ends.
 *
 * <p>A transaction that ends as it should moves the epoch by at most one: not with protocol 1, nor
 * with protocol 2 if the client that ends it is fresh. One that is cut off, by its time-out or by
 * another producer with the same id, moves it by one, and ends as aborted. Every later use of the
 * id moves it further, and then nobody can tell.
 *
 * @param namesAreReused whether the sink's later transactions may have the id of an earlier one
 */
record KafkaFate(boolean namesAreReused) {

    Fate of(KafkaTransaction prepared, SeenTransaction seen) {
        KafkaTransaction latest = seen.transaction();
        if (latest.producerId() != prepared.producerId()) {
            return ofAnotherProducerId(seen);
        }
        int uses = latest.epoch() - prepared.epoch();
        if (uses < 0) {
            return Fate.UNKNOWN;
        }
        return switch (seen.state()) {
            case ONGOING -> uses == 0 ? Fate.OPEN : Fate.SUPERSEDED;
            case PREPARE_COMMIT, COMPLETE_COMMIT -> uses <= 1 ? Fate.COMMITTED : Fate.SUPERSEDED;
            case PREPARE_ABORT, COMPLETE_ABORT -> aborted(uses);
            // Prepared output has records, so an id without any has moved on. Cut off and then
            // initialized it would be two epochs on.
            case EMPTY ->
                    switch (uses) {
                        case 0 -> Fate.UNKNOWN;
                        case 1 -> Fate.COMMITTED;
                        default -> Fate.SUPERSEDED;
                    };
            // About to be one of the others.
            case PREPARE_EPOCH_FENCE, UNKNOWN -> Fate.UNKNOWN;
        };
    }

    /**
     * One epoch on, the prepared transaction may have timed out; or it was committed without a
     * change of the epoch, and the next one with its id was aborted.
     */
    private Fate aborted(int uses) {
        return switch (uses) {
            case 0 -> Fate.LOST;
            case 1 -> namesAreReused ? Fate.UNKNOWN : Fate.LOST;
            default -> Fate.SUPERSEDED;
        };
    }

    /**
     * The broker gives an id another producer id when its epochs are used up, which takes some
     * 16,000 transactions, or when it has forgotten the id. Either happens only once the prepared
     * transaction is over. An abort that uses up the last epoch may be of the prepared one.
     */
    private static Fate ofAnotherProducerId(SeenTransaction seen) {
        return switch (seen.state()) {
            case ONGOING, EMPTY, PREPARE_COMMIT, COMPLETE_COMMIT -> Fate.SUPERSEDED;
            case PREPARE_ABORT, COMPLETE_ABORT, PREPARE_EPOCH_FENCE, UNKNOWN -> Fate.UNKNOWN;
        };
    }
}
