package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.List;

/** {@code leasehold undrain}. */
@Command(
        name = "undrain",
        description = "Lets a member that was drained take part again.",
        mixinStandardHelpOptions = true)
final class UndrainCommand extends ChangingCommand {

    @Option(names = "--member", paramLabel = "MEMBER", required = true)
    private String member;

    @Override
    List<Change> change(LeaseAdmin admin) throws LeaseStoreException, RefusedException {
        return admin.undrain(member);
    }
}
