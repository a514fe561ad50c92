package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.List;

/** {@code leasehold release}. */
@Command(
        name = "release",
        description = {
            "Takes a split from an owner that is closed or found dead.",
            "Whether it lives is found out by watching it for its lease duration at most."
        },
        mixinStandardHelpOptions = true)
final class ReleaseCommand extends DestructiveCommand {

    @Option(names = "--split", paramLabel = "SPLIT", required = true)
    private String split;

    @Option(
            names = "--force",
            description =
                    "From a live owner too, for another member: what was emitted since the last checkpoint is read again.")
    private boolean force;

    @Override
    List<Change> change(LeaseAdmin admin, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        return admin.release(split, force, dryRun);
    }
}
