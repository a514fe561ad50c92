package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.Optional;

/** {@code leasehold forget}. */
@Command(
        name = "forget",
        description = {
            "Removes from the lease table what nobody uses: a split without an owner, a closed "
                    + "member, or a group whose members are all closed.",
            "A source that still has a split finds it again when its job starts, and reads it from its start."
        },
        mixinStandardHelpOptions = true)
final class ForgetCommand extends DestructiveCommand {

    @ArgGroup(multiplicity = "1")
    private What what;

    static final class What {
        @Option(names = "--split", paramLabel = "SPLIT")
        private Optional<String> split = Optional.empty();

        @Option(
                names = "--member",
                paramLabel = "MEMBER",
                description = "With its orders. Members go by themselves after lease.retention.")
        private Optional<String> member = Optional.empty();

        @Option(names = "--all", description = "The group, with all its members and splits.")
        private boolean all;
    }

    @Override
    List<Change> change(LeaseAdmin admin, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        if (what.split.isPresent()) {
            return admin.forget(what.split.get(), dryRun);
        }
        return what.member.isPresent()
                ? admin.forgetMember(what.member.get(), dryRun)
                : admin.forgetGroup(dryRun);
    }
}
