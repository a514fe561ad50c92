package io.leasehold.job.cli;

import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.Command;

import java.util.List;

/** {@code leasehold members}. */
@Command(
        name = "members",
        description = "Shows the members of a group, and how many splits each has and is to have.",
        mixinStandardHelpOptions = true)
final class MembersCommand extends StoreCommand {

    @Override
    int run(LeaseStore store) throws LeaseStoreException, RefusedException {
        SeenGroup seen = new SeenGroup(group(), admin(store).inspect());
        if (json()) {
            printJson(seen.members());
        } else {
            print(seen.memberTable());
        }
        List<String> unreadable = seen.unreadable();
        unreadable.forEach(this::tell);
        return unreadable.isEmpty() ? 0 : Leasehold.FAILED;
    }
}
