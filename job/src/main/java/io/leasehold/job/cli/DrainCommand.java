package io.leasehold.job.cli;

import io.leasehold.admin.Change;
import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.option.InvalidOptionsException;
import io.leasehold.option.OptionType;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code leasehold drain}. */
@Command(
        name = "drain",
        description = {
            "Orders a member to hand all its splits over, each at its next checkpoint.",
            "It stays so over restarts, until undrain. With --wait the exit code is 0 when it may be "
                    + "stopped: it owns nothing, and what it emitted is committed."
        },
        mixinStandardHelpOptions = true)
final class DrainCommand extends ChangingCommand {

    @Option(names = "--member", paramLabel = "MEMBER", required = true)
    private String member;

    @Option(names = "--wait", description = "Waits until it is drained, or will not be.")
    private boolean waits;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "15 min",
            description = "How long to wait at most, such as 90 s (default: ${DEFAULT-VALUE}).")
    private String timeout;

    @Override
    List<Change> change(LeaseAdmin admin)
            throws LeaseStoreException, RefusedException, InterruptedException {
        Duration atMost = timeout();
        List<Change> changes = new ArrayList<>(admin.drain(member));
        if (waits) {
            changes.forEach(change -> tell(change.subject() + ": " + change.what()));
            changes = admin.untilDrained(member, atMost);
        }
        return changes;
    }

    private Duration timeout() {
        try {
            return OptionType.DURATION.parser().apply(timeout);
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionsException(
                    List.of("--timeout is '%s', but %s.".formatted(timeout, e.getMessage())));
        }
    }
}
