package io.leasehold.table;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;

import java.util.Set;

/** A connector of the tests: {@link WordsTableSource}. */
public final class WordsTableFactory implements DynamicTableSourceFactory {

    private static final ConfigOption<String> TOPIC =
            ConfigOptions.key("topic").stringType().defaultValue("words");
    private static final ConfigOption<String> SERVERS =
            ConfigOptions.key("servers").stringType().defaultValue("localhost:1");
    private static final ConfigOption<WordsTableSource.Kind> KIND =
            ConfigOptions.key("kind")
                    .enumType(WordsTableSource.Kind.class)
                    .defaultValue(WordsTableSource.Kind.SOURCE);

    @Override
    public String factoryIdentifier() {
        return "words";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(TOPIC, SERVERS, KIND);
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        helper.validate();
        return WordsTableSource.of(
                helper.getOptions().get(KIND),
                helper.getOptions().get(SERVERS),
                helper.getOptions().get(TOPIC),
                context.getCatalogTable().getResolvedSchema().getColumnCount());
    }
}
