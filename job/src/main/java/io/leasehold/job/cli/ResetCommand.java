package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.job.JobOptions;
import io.leasehold.job.KafkaPositions;
import io.leasehold.job.KafkaPositions.Target;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.option.InvalidOptionsException;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.Optional;

/** {@code leasehold reset}. */
@Command(
        name = "reset",
        description = {
            "Sets from where Kafka partitions without an owner are read next, whatever state a job restores.",
            "Stop the group's jobs and evict the members first. Offsets are checked against the broker "
                    + "if it is known, by --bootstrap-servers or the file."
        },
        mixinStandardHelpOptions = true)
final class ResetCommand extends DestructiveCommand {

    @ArgGroup(multiplicity = "1")
    private Which which;

    static final class Which {
        @Option(names = "--split", paramLabel = "SPLIT")
        private Optional<String> split = Optional.empty();

        @Option(names = "--all", description = "All splits that are not finished.")
        private boolean all;
    }

    @ArgGroup(multiplicity = "1")
    private Where where;

    static final class Where {
        @Option(names = "--to-earliest", description = "The first record that Kafka still has.")
        private boolean earliest;

        @Option(
                names = "--to-progress",
                paramLabel = "TEXT",
                description = "A recorded position as describe shows it.")
        private String progress;

        @Option(names = "--to-offset", paramLabel = "N")
        private Long offset;

        @Option(
                names = "--to-timestamp",
                paramLabel = "TIME",
                description = "The first record that is not older, such as 2026-01-31T12:00:00Z.")
        private String timestamp;

        @Option(
                names = "--by",
                paramLabel = "N",
                description = "So many records forward, or back if it is negative.")
        private Long by;

        private Target target() {
            if (earliest) {
                return new Target.Earliest();
            }
            if (progress != null) {
                return Target.progress(progress);
            }
            if (offset != null) {
                return Target.offset(offset);
            }
            return by != null ? new Target.By(by) : Target.timestamp(timestamp);
        }
    }

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "The Kafka cluster; else kafka.bootstrap.servers of the file.")
    private Optional<String> bootstrapServers = Optional.empty();

    @Override
    List<Change> change(LeaseAdmin admin, boolean dryRun)
            throws LeaseStoreException, RefusedException {
        KafkaPositions positions;
        try {
            positions =
                    new KafkaPositions(
                            where.target(),
                            bootstrapServers.or(
                                    () -> access().given(JobOptions.BOOTSTRAP_SERVERS.key())),
                            access().givenUnder(JobOptions.KAFKA_PROPERTIES));
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionsException(List.of(e.getMessage()));
        }
        return admin.reset(which.split, positions, dryRun);
    }
}
