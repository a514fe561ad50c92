package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.job.KafkaPositions;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A command that changes a group, in a way that can be taken back. */
abstract class ChangingCommand extends StoreCommand {

    abstract List<Change> change(LeaseAdmin admin)
            throws LeaseStoreException, RefusedException, InterruptedException;

    @Override
    int run(LeaseStore store) throws LeaseStoreException, RefusedException, InterruptedException {
        print(change(admin(store)), true);
        return 0;
    }

    /**
     * @param done whether it was done, or only would be
     */
    final void print(List<Change> made, boolean done) {
        List<Change> changes =
                made.stream()
                        .map(it -> new Change(it.subject(), KafkaPositions.readableIn(it.what())))
                        .toList();
        if (json()) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("group", group());
            answer.put("done", done);
            answer.put("changes", changes);
            printJson(answer);
        } else {
            for (Change change : changes) {
                out().printf(
                                Locale.ROOT,
                                "%s%s: %s%n",
                                done ? "" : "would be done: ",
                                change.subject(),
                                change.what());
            }
        }
    }
}
