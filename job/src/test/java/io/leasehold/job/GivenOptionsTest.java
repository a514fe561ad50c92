package io.leasehold.job;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class GivenOptionsTest {

    @TempDir private Path folder;

    @Test
    void nestedAndDottedKeysMeanTheSame() throws IOException {
        GivenOptions given =
                read(
                        """
                        lease:
                          group: shop
                          member.id: blue
                        kafka.topics: [orders, returns]
                        kafka.properties:
                          security.protocol: SSL
                        """);

        assertThat(given.problems()).isEmpty();
        assertThat(given.values())
                .isEqualTo(
                        Map.of(
                                "lease.group", "shop",
                                "lease.member.id", "blue",
                                "kafka.topics", "orders,returns",
                                "kafka.properties.security.protocol", "SSL"));
    }

    @Test
    void valuesStayAsTheyAreWritten() throws IOException {
        assertThat(read("lease.password: 0123\nlease.user: yes\nlease.group: 1e3\n").values())
                .isEqualTo(
                        Map.of(
                                "lease.password",
                                "0123",
                                "lease.user",
                                "yes",
                                "lease.group",
                                "1e3"));
    }

    @Test
    void commandLineWinsOverTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("job.yaml"), "lease.group: shop\n");
        GivenOptions given =
                GivenOptions.fromArguments(
                        List.of("--lease.group", "other", "--config", file.toString()));

        assertThat(given.values()).isEqualTo(Map.of("lease.group", "other"));
    }

    @Test
    void keyGivenTwiceIsRefused() throws IOException {
        assertThat(read("lease.group: a\nlease:\n  group: b\n").problems())
                .singleElement()
                .asString()
                .contains("lease.group", "twice");
        assertThat(GivenOptions.fromArguments(List.of("--a=1", "--a", "2")).problems())
                .singleElement()
                .asString()
                .contains("--a", "twice");
    }

    @Test
    void brokenFileIsOneSentenceWithItsLine() throws IOException {
        assertThat(read("lease.group: shop\nkafka.topics: [orders\n").problems())
                .singleElement()
                .asString()
                .contains("job.yaml", "line");
        assertThat(read("just a text\n").problems()).hasSize(1);
    }

    @Test
    void missingFileIsNamed() {
        assertThat(GivenOptions.fromArguments(List.of("--config", "no-such.yaml")).problems())
                .singleElement()
                .asString()
                .contains("no-such.yaml", "--config");
    }

    private GivenOptions read(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("job.yaml"), yaml);
        return GivenOptions.fromArguments(List.of("--config=" + file));
    }
}
