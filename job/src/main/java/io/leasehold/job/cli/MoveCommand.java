package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.Optional;

/** {@code leasehold move}. */
@Command(
        name = "move",
        description = {
            "Moves a split to another member, at its owner's next checkpoint.",
            "Refused if the plan would move one back: then name one in return, or change weights. When "
                    + "members come or go, all is planned anew."
        },
        mixinStandardHelpOptions = true)
final class MoveCommand extends DestructiveCommand {

    @Option(names = "--split", paramLabel = "SPLIT", required = true)
    private String split;

    @Option(names = "--to", paramLabel = "MEMBER", required = true)
    private String to;

    @Option(
            names = "--in-return",
            paramLabel = "SPLIT",
            description = "A split of that member's that goes the other way.")
    private Optional<String> inReturn = Optional.empty();

    @Option(
            names = "--force",
            description =
                    "Does not wait for the owner's checkpoint: what was emitted since the last one is read again.")
    private boolean force;

    @Override
    boolean isDestructive() {
        return force;
    }

    @Override
    List<Change> change(LeaseAdmin admin, boolean dryRun)
            throws LeaseStoreException, RefusedException, InterruptedException {
        return admin.move(split, to, inReturn, force, dryRun);
    }
}
