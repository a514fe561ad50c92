package io.leasehold.source;

import io.leasehold.testkit.CommittedOutput;

import org.awaitility.Awaitility;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds what the jobs of a queue have committed against what was written to it. */
final class CommittedRecords {

    private static final Duration SOON = Duration.ofSeconds(60);

    private CommittedRecords() {}

    static void await(String queue, int atLeast) {
        Awaitility.await().atMost(SOON).until(() -> CommittedOutput.of(queue).size() >= atLeast);
    }

    /** As fast as it goes, from the middle to the end: each record is committed, and once. */
    static void assertAllInTheEndAndOnce(String queue, Collection<String> written) {
        assertThat(CommittedOutput.of(queue)).hasSizeLessThan(written.size());
        SlowedRecords.letGo(queue);
        await(queue, written.size());
        assertAllOnce(queue, written);
    }

    static void assertAllOnce(String queue, Collection<String> written) {
        List<String> committed = CommittedOutput.of(queue);
        Set<String> once = new HashSet<>(committed);
        Set<String> expected = new HashSet<>(written);
        assertThat(twice(committed)).as("twice").isEmpty();
        assertThat(expected.stream().filter(record -> !once.contains(record)))
                .as("missing")
                .isEmpty();
        assertThat(once.stream().filter(record -> !expected.contains(record)))
                .as("never written")
                .isEmpty();
    }

    static Set<String> twice(String queue) {
        return twice(CommittedOutput.of(queue));
    }

    private static Set<String> twice(List<String> committed) {
        Set<String> once = new HashSet<>();
        Set<String> repeated = new HashSet<>();
        for (String record : committed) {
            if (!once.add(record)) {
                repeated.add(record);
            }
        }
        return repeated;
    }
}
