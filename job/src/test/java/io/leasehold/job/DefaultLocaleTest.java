package io.leasehold.job;

import io.leasehold.testkit.DefaultLocaleUses;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

class DefaultLocaleTest {

    @Test
    void nothingIsWrittenInTheDefaultLocaleOrTimeZone() {
        assertThat(DefaultLocaleUses.in(Path.of("src/main/java"))).isEmpty();
    }
}
