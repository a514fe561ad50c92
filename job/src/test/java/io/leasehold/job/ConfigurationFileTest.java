package io.leasehold.job;

import io.leasehold.option.Option;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** conf/job.yaml says the same as the declaration. */
class ConfigurationFileTest {

    private static final Path FILE = Path.of("..", "conf", "job.yaml");
    private static final Pattern SETTING = Pattern.compile("(# )?([a-z]+(?:[.][a-z-]+)+): (.*)");

    /** A key with what stands above and behind it. */
    private record Entry(String key, boolean active, String value, String comment) {}

    @Test
    void itListsEveryOptionInOrderWithItsDefaultUnitAndMeaning() throws IOException {
        List<Entry> entries =
                entries().stream()
                        .filter(
                                entry ->
                                        JobOptions.PASSED_THROUGH.stream()
                                                .noneMatch(entry.key()::startsWith))
                        .toList();

        assertThat(entries)
                .extracting(Entry::key)
                .containsExactlyElementsOf(JobOptions.ALL.stream().map(Option::key).toList());
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            Option<?> option = JobOptions.ALL.get(i);
            assertThat(entry.comment())
                    .as(option.key())
                    .contains(option.meaning(), "Takes: " + option.type().unit() + ".");
            option.fallback()
                    .ifPresent(
                            fallback -> {
                                assertThat(entry.active()).as(option.key()).isTrue();
                                assertThat(entry.value()).as(option.key()).isEqualTo(fallback);
                                assertThat(entry.comment()).contains("Default: " + fallback + ".");
                            });
        }
    }

    @Test
    void itNamesEveryPrefixThatIsPassedThrough() throws IOException {
        assertThat(JobOptions.PASSED_THROUGH)
                .allSatisfy(
                        prefix ->
                                assertThat(entries())
                                        .anyMatch(entry -> entry.key().startsWith(prefix)));
    }

    @Test
    void itIsACompleteConfiguration() {
        JobSettings settings =
                JobSettings.of(GivenOptions.fromArguments(List.of("--config", FILE.toString())));

        assertThat(settings.lease().memberId()).isPresent();
    }

    private static List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        StringBuilder comment = new StringBuilder();
        for (String line : Files.readAllLines(FILE)) {
            Matcher setting = SETTING.matcher(line);
            if (setting.matches()) {
                entries.add(
                        new Entry(
                                setting.group(2),
                                setting.group(1) == null,
                                setting.group(3),
                                comment.toString()));
                comment.setLength(0);
            } else if (line.startsWith("# ")) {
                comment.append(line.substring(2)).append(' ');
            } else {
                comment.setLength(0);
            }
        }
        return entries;
    }
}
