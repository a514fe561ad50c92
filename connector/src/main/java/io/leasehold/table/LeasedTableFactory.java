package io.leasehold.table;

import io.leasehold.option.KnownOptions;
import io.leasehold.option.LeaseOptions;
import io.leasehold.option.LeaseSettings;
import io.leasehold.option.Option;
import io.leasehold.option.OptionReader;
import io.leasehold.option.OptionType;

import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the table source of another connector a leased one:
 *
 * <pre>{@code
 * CREATE TABLE orders (...) WITH (
 *   'connector' = 'leased',
 *   'lease.connector' = 'kafka',
 *   'lease.group' = 'orders',
 *   'lease.member.id' = 'blue',
 *   'lease.url' = 'jdbc:postgresql://db/leases',
 *   'topic' = 'orders',
 *   'format' = 'json', ...)
 * }</pre>
 *
 * <p>Options that begin with {@code lease.} are {@link LeaseOptions}; all others are the other
 * connector's, which refuses those it does not have.
 */
public final class LeasedTableFactory implements DynamicTableSourceFactory {

    /** What {@code connector} says. */
    public static final String IDENTIFIER = "leased";

    /** The connector whose table source is leased. */
    public static final Option<String> CONNECTOR =
            Option.required(
                    "lease.connector",
                    OptionType.TEXT,
                    "The connector that reads the table: 'kafka', for example. Options that do not "
                            + "begin with lease. are its own.");

    private static final String PREFIX = "lease.";

    private static final KnownOptions KNOWN =
            new KnownOptions(
                    Stream.concat(Stream.of(CONNECTOR), LeaseOptions.ALL.stream()).toList(),
                    List.of(LeaseOptions.JDBC));

    @Override
    public String factoryIdentifier() {
        return IDENTIFIER;
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return options(Option.Need.REQUIRED);
    }

    /** Of its own: which ones the other connector has is known when there is a table. */
    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return options(Option.Need.OPTIONAL);
    }

    /** With whom a table is shared may change after its plan was compiled. */
    @Override
    public Set<ConfigOption<?>> forwardOptions() {
        return Stream.of(Option.Need.values())
                .flatMap(need -> options(need).stream())
                .filter(option -> !option.key().equals(CONNECTOR.key()))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        String name = context.getObjectIdentifier().asSummaryString();
        LeasedTable table = table(name, context);
        if (context.getConfiguration().get(ExecutionOptions.RUNTIME_MODE)
                == RuntimeExecutionMode.BATCH) {
            throw table.refused(
                    "%s is batch, and a job in batch mode takes no checkpoints, which leases need; set it to streaming",
                    ExecutionOptions.RUNTIME_MODE.key());
        }
        table.lease()
                .unalignedCheckpoints()
                .objectionTo(context.getConfiguration())
                .ifPresent(
                        objection -> {
                            throw table.refused("%s", objection);
                        });
        DynamicTableSource inner =
                FactoryUtil.discoverFactory(
                                context.getClassLoader(),
                                DynamicTableSourceFactory.class,
                                table.connector())
                        .createDynamicTableSource(
                                new InnerContext(context, table.connector(), key -> !isOurs(key)));
        if (inner instanceof ScanTableSource scan) {
            return LeasedTableSource.around(scan, table);
        }
        throw table.refused("it can be looked up, but not scanned, and a lookup is not leased");
    }

    private static LeasedTable table(String name, Context context) {
        Map<String, String> ours = new TreeMap<>();
        ours.putAll(context.getEnrichmentOptions());
        // Which connector it is stands in the plan.
        ours.remove(CONNECTOR.key());
        context.getCatalogTable().getOptions().forEach(ours::putIfAbsent);
        ours.keySet().removeIf(key -> !isOurs(key));
        OptionReader reader = new OptionReader(KNOWN, ours, List.of());
        LeaseSettings.check(reader);
        reader.find(CONNECTOR)
                .filter(IDENTIFIER::equals)
                .ifPresent(
                        itself ->
                                reader.check(
                                        () -> {
                                            throw new IllegalArgumentException(
                                                    "%s is '%s', but it takes the name of another connector, such as kafka."
                                                            .formatted(CONNECTOR.key(), itself));
                                        }));
        try {
            reader.throwProblems();
        } catch (IllegalArgumentException e) {
            throw new ValidationException("Table %s: %s".formatted(name, e.getMessage()), e);
        }
        return new LeasedTable(name, reader.get(CONNECTOR), LeaseSettings.of(reader));
    }

    private static boolean isOurs(String key) {
        return key.startsWith(PREFIX);
    }

    /** As Flink lists options; what they take is said by their types here, in errors. */
    private static Set<ConfigOption<?>> options(Option.Need need) {
        return KNOWN.options().stream()
                .filter(option -> option.need() == need)
                .map(LeasedTableFactory::asFlinkHasIt)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static ConfigOption<String> asFlinkHasIt(Option<?> option) {
        ConfigOptions.TypedConfigOptionBuilder<String> text =
                ConfigOptions.key(option.key()).stringType();
        return option.fallback()
                .map(text::defaultValue)
                .orElseGet(text::noDefaultValue)
                .withDescription(option.meaning());
    }
}
