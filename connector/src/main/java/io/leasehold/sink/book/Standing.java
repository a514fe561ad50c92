package io.leasehold.sink.book;

import java.util.List;

/**
 * What the lease table holds of a member's output when its job starts.
 *
 * @param decided the last checkpoint of this line that is decided; -1 if none is
 * @param restoredIsVoid whether the checkpoint that the job is restored from was never decided and
 *     never can be
 * @param rows decided output of this member that is not known to be committed, as far as this
 *     subtask is to commit it
 */
public record Standing<C>(long decided, boolean restoredIsVoid, List<Piece<C>> rows) {

    public Standing {
        rows = List.copyOf(rows);
    }
}
