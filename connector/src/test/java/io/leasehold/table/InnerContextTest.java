package io.leasehold.table;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.factories.DynamicTableFactory.Context;
import org.apache.flink.table.factories.FactoryUtil;

import org.junit.jupiter.api.Test;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class InnerContextTest {

    @Test
    void allButTheLeaseIsAsInTheOuterOne() throws Exception {
        ResolvedSchema schema =
                new ResolvedSchema(
                        List.of(
                                Column.physical("value", DataTypes.STRING()),
                                Column.physical("key", DataTypes.BIGINT().notNull())),
                        List.of(),
                        UniqueConstraint.primaryKey("key", List.of("key")),
                        List.of());
        CatalogTable table =
                CatalogTable.newBuilder()
                        .schema(Schema.newBuilder().fromResolvedSchema(schema).build())
                        .comment("of words")
                        .options(
                                Map.of(
                                        "connector", "leased",
                                        "lease.connector", "words",
                                        "lease.password", "hush",
                                        "topic", "words"))
                        .build();
        try (URLClassLoader loader = new URLClassLoader(new URL[0])) {
            Context outer =
                    new FactoryUtil.DefaultDynamicTableContext(
                            ObjectIdentifier.of("catalog", "database", "words"),
                            new ResolvedCatalogTable(table, schema),
                            Map.of("lease.password", "hush", "topic", "more words"),
                            new Configuration(),
                            loader,
                            true);
            Context inner = new InnerContext(outer, "words", key -> !key.startsWith("lease."));

            assertThat(inner.getCatalogTable().getOptions())
                    .containsOnly(Map.entry("connector", "words"), Map.entry("topic", "words"));
            assertThat(inner.getCatalogTable().getComment()).isEqualTo("of words");
            assertThat(inner.getEnrichmentOptions()).containsOnly(Map.entry("topic", "more words"));
            assertThat(inner.getObjectIdentifier()).isEqualTo(outer.getObjectIdentifier());
            assertThat(inner.getConfiguration()).isSameAs(outer.getConfiguration());
            assertThat(inner.getClassLoader()).isSameAs(loader);
            assertThat(inner.isTemporary()).isTrue();
            assertThat(inner.getPhysicalRowDataType()).isEqualTo(outer.getPhysicalRowDataType());
            assertThat(inner.getPrimaryKeyIndexes()).containsExactly(1);
        }
    }
}
