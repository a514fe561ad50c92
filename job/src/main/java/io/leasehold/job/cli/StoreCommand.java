package io.leasehold.job.cli;

import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.Pace;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.option.InvalidOptionsException;
import io.leasehold.option.LeaseOptions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A command on a lease table. */
abstract class StoreCommand implements Callable<Integer> {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** The time as it is. */
    private static final Pace PACE =
            new Pace() {
                @Override
                public long nanoTime() {
                    return System.nanoTime();
                }

                @Override
                public void sleep(Duration time) throws InterruptedException {
                    Thread.sleep(time.toMillis());
                }
            };

    @ParentCommand private Leasehold leasehold;
    @Spec private CommandSpec spec;
    @Mixin private Access access;

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "The group that is meant; else lease.group of the file.")
    private Optional<String> group = Optional.empty();

    @Option(names = "--json", description = "Prints JSON, for scripts.")
    private boolean json;

    /**
     * Does what the command is for.
     *
     * @return the exit code
     */
    abstract int run(LeaseStore store)
            throws LeaseStoreException, RefusedException, InterruptedException;

    @Override
    public final Integer call() throws LeaseStoreException, RefusedException, InterruptedException {
        access.read(leasehold.environment());
        try (LeaseStore store = access.open()) {
            int exitCode = run(store);
            out().flush();
            return exitCode;
        }
    }

    final Access access() {
        return access;
    }

    final CommandSpec spec() {
        return spec;
    }

    final boolean json() {
        return json;
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** For what is no result. */
    final void tell(String sentence) {
        spec.commandLine().getErr().println(sentence);
        spec.commandLine().getErr().flush();
    }

    final Pace pace() {
        return PACE;
    }

    /** The group, if one is named. */
    final Optional<String> named() {
        return group.or(() -> access.given(LeaseOptions.GROUP.key()));
    }

    final String group() {
        return named().orElseThrow(
                        () ->
                                new InvalidOptionsException(
                                        List.of(
                                                "No group is named: give --group, or a --config that has lease.group.")));
    }

    final LeaseAdmin admin(LeaseStore store) {
        try {
            return new LeaseAdmin(store, group(), PACE, this::tell);
        } catch (InvalidOptionsException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionsException(List.of(e.getMessage()));
        }
    }

    final void print(List<String> lines) {
        lines.forEach(out()::println);
    }

    final void printJson(Object value) {
        try {
            out().println(JSON.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("This is no JSON: " + value.getClass(), e);
        }
    }
}
