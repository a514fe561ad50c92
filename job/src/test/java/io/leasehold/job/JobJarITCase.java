package io.leasehold.job;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;

import static org.assertj.core.api.Assertions.assertThat;

/** What is in the jar that {@code flink run} takes. Runs after it has been packaged. */
@Timeout(60)
class JobJarITCase {

    private static final Path JAR = Path.of("target", "leasehold-job.jar");

    @Test
    void whatAClusterBringsIsNotInside() throws IOException {
        assertThat(entries())
                .noneMatch(
                        name ->
                                name.startsWith("org/apache/flink/runtime/")
                                        || name.startsWith("org/apache/flink/api/common/")
                                        || name.startsWith("org/apache/flink/state/rocksdb/")
                                        || name.startsWith("kafka/server/")
                                        || name.startsWith("scala/")
                                        || name.startsWith("org/slf4j/")
                                        || name.startsWith("org/apache/logging/")
                                        || name.startsWith("org/junit/")
                                        || name.startsWith("io/leasehold/testkit/")
                                        || name.endsWith(".SF")
                                        || name.endsWith("log4j2-test.properties"));
    }

    @Test
    void whatAClusterLacksIsInside() throws IOException {
        assertThat(entries())
                .contains(
                        "io/leasehold/job/LeasedQueueJob.class",
                        "io/leasehold/source/LeasedSource.class",
                        "io/leasehold/store/jdbc/lease-schema-postgresql.sql",
                        "org/apache/flink/connector/kafka/source/KafkaSource.class",
                        "org/apache/flink/connector/base/DeliveryGuarantee.class",
                        "org/apache/kafka/clients/producer/KafkaProducer.class",
                        "com/zaxxer/hikari/HikariDataSource.class",
                        "org/snakeyaml/engine/v2/api/Load.class");
    }

    @Test
    void servicesOfAllPartsAreListedTogether() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(text(jar, "META-INF/services/java.sql.Driver"))
                    .contains("org.h2.Driver", "org.postgresql.Driver");
            assertThat(
                            text(
                                            jar,
                                            "META-INF/services/io.leasehold.lease.store.LeaseStoreProvider")
                                    .lines())
                    .hasSizeGreaterThanOrEqualTo(2);
            // Flink SQL finds leased tables in it, and Kafka's to be leased.
            assertThat(
                            text(jar, "META-INF/services/org.apache.flink.table.factories.Factory")
                                    .lines())
                    .contains(
                            "io.leasehold.table.LeasedTableFactory",
                            "org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicTableFactory");
            assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isEqualTo(LeasedQueueJob.class.getName());
        }
    }

    private static List<String> entries() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            return jar.stream().map(entry -> entry.getName()).toList();
        }
    }

    private static String text(JarFile jar, String name) throws IOException {
        try (var in = jar.getInputStream(jar.getEntry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
