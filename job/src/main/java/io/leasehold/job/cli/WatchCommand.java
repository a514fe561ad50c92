package io.leasehold.job.cli;

import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code leasehold watch}. */
@Command(
        name = "watch",
        description = "Shows members and splits again and again, until it is interrupted.",
        mixinStandardHelpOptions = true)
final class WatchCommand extends StoreCommand {

    private static final String CLEAR = "\033[H\033[2J";

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "How often to look (default: ${DEFAULT-VALUE}).")
    private int interval;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many looks.")
    private int count = Integer.MAX_VALUE;

    @Override
    int run(LeaseStore store) throws LeaseStoreException, RefusedException, InterruptedException {
        if (interval < 1 || count < 1) {
            throw new ParameterException(
                    spec().commandLine(), "--interval and --count must be 1 or more.");
        }
        LeaseAdmin admin = admin(store);
        for (int look = 1; ; look++) {
            show(new SeenGroup(group(), admin.inspect()));
            if (look == count) {
                return 0;
            }
            pace().sleep(Duration.ofSeconds(interval));
        }
    }

    /** In JSON: one object after the other. */
    private void show(SeenGroup seen) {
        if (json()) {
            Map<String, Object> look = new LinkedHashMap<>();
            look.put("group", seen.group());
            look.put("readAt", seen.seen().readAt().toString());
            look.put("members", seen.members());
            look.put("splits", seen.splits());
            printJson(look);
        } else {
            if (System.console() != null) {
                out().print(CLEAR);
            }
            out().println("Group " + seen.group() + " at " + seen.seen().readAt());
            out().println();
            print(seen.memberTable());
            out().println();
            print(seen.splitTable());
            print(seen.unreadable());
            out().println();
        }
        out().flush();
    }
}
