package io.leasehold.exploration;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.store.memory.MemoryLeaseTable;

import java.util.LinkedHashMap;
import java.util.Map;

/** The rows of the explored group: the real table in memory, which can be had twice. */
final class Table {

    static final String GROUP = "explored";

    /** One split's row. */
    record Row(Lease lease, Progress progress) {}

    final MemoryLeaseTable memory = new MemoryLeaseTable();
    private final Object rows;
    private Map<String, Row> bySplit;
    private Dump dump;

    Table() {
        memory.open().ask(new MembershipRequest.Open(GROUP));
        rows = ((Map<?, ?>) Inside.read("groups", memory)).get(GROUP);
    }

    Table twin() {
        Table twin = new Table();
        Twin.of(rows, twin.rows);
        return twin;
    }

    /** Only when it does not change any more. */
    Dump dump() {
        if (dump == null) {
            dump = Dump.of(rows);
        }
        return dump;
    }

    /** Only when it does not change any more. */
    Map<String, Row> rows() {
        if (bySplit == null) {
            bySplit = new LinkedHashMap<>();
            ((Map<?, ?>) Inside.read("rows", rows))
                    .forEach(
                            (splitId, row) ->
                                    bySplit.put(
                                            (String) splitId,
                                            new Row(
                                                    (Lease) Inside.read("lease", row),
                                                    (Progress) Inside.read("progress", row))));
        }
        return bySplit;
    }
}
