package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.util.List;
import java.util.OptionalInt;

/** {@code leasehold weight}. */
@Command(
        name = "weight",
        description = "Gives a member another weight, whatever its job says, until --own.",
        mixinStandardHelpOptions = true)
final class WeightCommand extends ChangingCommand {

    @Option(names = "--member", paramLabel = "MEMBER", required = true)
    private String member;

    @ArgGroup(multiplicity = "1")
    private Wanted wanted;

    static final class Wanted {
        @Option(
                names = "--weight",
                paramLabel = "W",
                description = "Relative to the others' weights; 0 is a standby.")
        private Integer weight;

        @Option(names = "--own", description = "The weight that its job says.")
        private boolean own;
    }

    @Override
    List<Change> change(LeaseAdmin admin) throws LeaseStoreException, RefusedException {
        if (wanted.weight != null && (wanted.weight < 0 || wanted.weight > 1_000_000)) {
            throw new ParameterException(
                    spec().commandLine(),
                    "--weight is %s, but takes a whole number from 0 to 1000000."
                            .formatted(wanted.weight));
        }
        return admin.weight(
                member, wanted.own ? OptionalInt.empty() : OptionalInt.of(wanted.weight));
    }
}
