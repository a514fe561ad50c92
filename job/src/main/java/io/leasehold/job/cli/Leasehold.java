package io.leasehold.job.cli;

import io.leasehold.job.InvalidOptionsException;
import io.leasehold.job.demo.DemoFailedException;

import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The one command, {@code leasehold}. Exit codes: 0 done, 1 it failed, 2 it was called wrongly. */
@Command(
        name = "leasehold",
        description = "Several Flink jobs share one queue under leases.",
        mixinStandardHelpOptions = true,
        version = "leasehold 0.1.0-SNAPSHOT",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {DemoCommand.class, RunCommand.class},
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:it failed", "2:it was called wrongly"})
public final class Leasehold implements Runnable {

    static final int FAILED = 1;
    static final int CALLED_WRONGLY = 2;

    @Spec private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Leasehold())
                .setExecutionExceptionHandler(Leasehold::explain)
                .setUsageHelpWidth(100);
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
        if (failure instanceof DemoFailedException || failure instanceof JobFailedException) {
            command.getErr().println(failure.getMessage());
            return FAILED;
        }
        command.getErr().println("leasehold failed unexpectedly: " + failure);
        LoggerFactory.getLogger(Leasehold.class).error("Unexpected failure", failure);
        return FAILED;
    }
}
