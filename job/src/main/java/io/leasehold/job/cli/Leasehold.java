package io.leasehold.job.cli;

import io.leasehold.admin.RefusedException;
import io.leasehold.job.demo.DemoFailedException;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.option.InvalidOptionsException;

import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

import java.util.Map;

/**
 * The one command, {@code leasehold}. Exit codes: 0 done, 1 it failed or was refused, 2 it was
 * called wrongly, 3 the lease table cannot be reached or used.
 */
@Command(
        name = "leasehold",
        description = "Several Flink jobs share one queue under leases.",
        mixinStandardHelpOptions = true,
        version = "leasehold 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            GroupsCommand.class,
            DescribeCommand.class,
            MembersCommand.class,
            WatchCommand.class,
            WeightCommand.class,
            DrainCommand.class,
            UndrainCommand.class,
            MoveCommand.class,
            ReleaseCommand.class,
            EvictCommand.class,
            ResetCommand.class,
            ForgetCommand.class,
            SchemaCommand.class,
            CheckCommand.class
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:done",
            "1:it failed or was refused",
            "2:it was called wrongly",
            "3:the lease table cannot be reached or used"
        })
public final class Leasehold implements Runnable {

    static final int FAILED = 1;
    static final int CALLED_WRONGLY = 2;
    static final int STORE_UNREACHABLE = 3;

    private final Map<String, String> environment;

    @Spec private CommandSpec spec;

    private Leasehold(Map<String, String> environment) {
        this.environment = environment;
    }

    public static void main(String[] arguments) {
        System.exit(commandLine(System.getenv()).execute(arguments));
    }

    static CommandLine commandLine(Map<String, String> environment) {
        return new CommandLine(new Leasehold(environment))
                .setExecutionExceptionHandler(Leasehold::explain)
                .setUsageHelpWidth(100);
    }

    /** The variables of the process. */
    Map<String, String> environment() {
        return environment;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "No command was given; say demo or run, or --help.");
    }

    /** Says in a sentence what went wrong; the stack trace goes to the log, and only for a bug. */
    private static int explain(Exception failure, CommandLine command, ParseResult parsed) {
        if (failure instanceof InvalidOptionsException wrong) {
            command.getErr().println(wrong.getMessage());
            return CALLED_WRONGLY;
        }
        if (failure instanceof LeaseStoreException) {
            command.getErr().println(failure.getMessage());
            return STORE_UNREACHABLE;
        }
        if (failure instanceof RefusedException) {
            command.getErr().println(failure.getMessage());
            return FAILED;
        }
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            command.getErr().println("Interrupted.");
            return FAILED;
        }
        if (failure instanceof DemoFailedException || failure instanceof JobFailedException) {
            command.getErr().println(failure.getMessage());
            return FAILED;
        }
        command.getErr().println("leasehold failed unexpectedly: " + failure);
        LoggerFactory.getLogger(Leasehold.class).error("Unexpected failure", failure);
        return FAILED;
    }
}
