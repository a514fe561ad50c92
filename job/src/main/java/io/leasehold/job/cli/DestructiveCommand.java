package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.Option;

import java.util.List;

/** A command after which records may be read again or not at all: it must be confirmed. */
abstract class DestructiveCommand extends ChangingCommand {

    @Option(names = "--yes", description = "Does it; without, it is only said what would be done.")
    private boolean yes;

    @Option(
            names = "--dry-run",
            description = "Only says what would be done, and that is all right.")
    private boolean dryRun;

    abstract List<Change> change(LeaseAdmin admin, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException;

    /** Whether it must be confirmed as it is called. */
    boolean isDestructive() {
        return true;
    }

    @Override
    final List<Change> change(LeaseAdmin admin)
            throws LeaseStoreException, RefusedException, InterruptedException {
        return change(admin, false);
    }

    @Override
    final int run(LeaseStore store)
            throws LeaseStoreException, RefusedException, InterruptedException {
        boolean confirmed = yes || !isDestructive();
        if (confirmed && !dryRun) {
            return super.run(store);
        }
        print(change(admin(store), true), false);
        if (!dryRun) {
            tell("Nothing was done; say --yes to do it.");
            return Leasehold.FAILED;
        }
        return 0;
    }
}
