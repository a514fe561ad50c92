package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.List;

/** {@code leasehold evict}. */
@Command(
        name = "evict",
        description = {
            "Takes all splits from a member that is closed or found dead.",
            "Whether it lives is found out by watching it for its lease duration at most."
        },
        mixinStandardHelpOptions = true)
final class EvictCommand extends DestructiveCommand {

    @Option(names = "--member", paramLabel = "MEMBER", required = true)
    private String member;

    @Option(
            names = "--force",
            description =
                    "From a live member too, which is then drained: what it emitted since its last checkpoint is read again.")
    private boolean force;

    @Override
    List<Change> change(LeaseAdmin admin, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        return admin.evict(member, force, dryRun);
    }
}
