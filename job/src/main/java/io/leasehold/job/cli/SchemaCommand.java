package io.leasehold.job.cli;

import io.leasehold.store.jdbc.JdbcLeaseStore;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.Map;
import java.util.concurrent.Callable;

/** {@code leasehold schema}. */
@Command(
        name = "schema",
        description = "Prints the SQL that makes the lease tables.",
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--database",
            paramLabel = "DATABASE",
            required = true,
            description = "As in JDBC URLs: postgresql, mariadb, mysql, h2.")
    private String database;

    @Override
    public Integer call() {
        Map<String, String> schemas = JdbcLeaseStore.schemas();
        if (!schemas.containsKey(database)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--database is '%s', but leases can be kept in: %s."
                            .formatted(database, String.join(", ", schemas.keySet())));
        }
        spec.commandLine().getOut().print(schemas.get(database));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
