package io.leasehold.table;

import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.factories.DynamicTableFactory.Context;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The same table as another connector would find it, had it been declared for that one. */
final class InnerContext implements Context {

    private final Context outer;
    private final ResolvedCatalogTable table;
    private final Map<String, String> enrichment;

    InnerContext(Context outer, String connector, Predicate<String> isInner) {
        this.outer = outer;
        Map<String, String> options = only(isInner, outer.getCatalogTable().getOptions());
        options.put(FactoryUtil.CONNECTOR.key(), connector);
        this.table = outer.getCatalogTable().copy(options);
        this.enrichment = only(isInner, outer.getEnrichmentOptions());
    }

    private static Map<String, String> only(
            Predicate<String> isInner, Map<String, String> options) {
        Map<String, String> kept = new TreeMap<>(options);
        kept.keySet().removeIf(isInner.negate());
        return kept;
    }

    @Override
    public ResolvedCatalogTable getCatalogTable() {
        return table;
    }

    @Override
    public Map<String, String> getEnrichmentOptions() {
        return enrichment;
    }

    @Override
    public ObjectIdentifier getObjectIdentifier() {
        return outer.getObjectIdentifier();
    }

    @Override
    public ReadableConfig getConfiguration() {
        return outer.getConfiguration();
    }

    @Override
    public ClassLoader getClassLoader() {
        return outer.getClassLoader();
    }

    @Override
    public boolean isTemporary() {
        return outer.isTemporary();
    }

    @Override
    public DataType getPhysicalRowDataType() {
        return outer.getPhysicalRowDataType();
    }

    @Override
    public int[] getPrimaryKeyIndexes() {
        return outer.getPrimaryKeyIndexes();
    }
}
