package io.leasehold.job.cli;

import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.Command;

import java.util.List;

/** {@code leasehold describe}. */
@Command(
        name = "describe",
        description = "Shows who reads each split of a group, and how far it is.",
        mixinStandardHelpOptions = true)
final class DescribeCommand extends StoreCommand {

    @Override
    int run(LeaseStore store) throws LeaseStoreException, RefusedException {
        SeenGroup seen = new SeenGroup(group(), admin(store).inspect());
        if (json()) {
            printJson(seen.splits());
        } else {
            print(seen.splitTable());
        }
        seen.unread().forEach(this::tell);
        List<String> unreadable = seen.unreadable();
        unreadable.forEach(this::tell);
        return unreadable.isEmpty() ? 0 : Leasehold.FAILED;
    }
}
