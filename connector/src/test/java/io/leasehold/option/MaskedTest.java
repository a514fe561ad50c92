package io.leasehold.option;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class MaskedTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lease.password",
                "kafka.properties.ssl.keystore.password",
                "kafka.properties.sasl.jaas.config",
                "sink.properties.ssl.keystore.key",
                "kafka.properties.basic.auth.user.info",
                "lease.jdbc.hikari.password",
                "kafka.properties.sasl.oauthbearer.client.credentials.client.secret",
                "lease.jdbc.sslPassword"
            })
    void secretsAreNotShown(String key) {
        assertThat(Masked.value(key, "hush")).isEqualTo(Masked.MASK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lease.password.file", "lease.user", "kafka.topics", "dedup.id"})
    void othersAre(String key) {
        assertThat(Masked.value(key, "orders")).isEqualTo("orders");
    }

    @Test
    void passwordsWithinUrlsAreNotShown() {
        assertThat(
                        Masked.values(
                                Map.of(
                                        "lease.url",
                                        "jdbc:postgresql://me:hush@host/db?user=me&password=hush&ssl=true")))
                .containsEntry(
                        "lease.url",
                        "jdbc:postgresql://me:***@host/db?user=me&password=***&ssl=true");
    }
}
