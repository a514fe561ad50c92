package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.LeaseStoreException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.List;

/** {@code leasehold forget}. */
@Command(
        name = "forget",
        description = {
            "Removes a split that nobody holds from the lease table, with its progress.",
            "A source that still has it finds it again when its job starts, and reads it from its start."
        },
        mixinStandardHelpOptions = true)
final class ForgetCommand extends DestructiveCommand {

    @Option(names = "--split", paramLabel = "SPLIT", required = true)
    private String split;

    @Override
    List<Change> change(LeaseAdmin admin, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        return admin.forget(split, dryRun);
    }
}
