package io.leasehold.job.chaos.emitter;

import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceSplit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(10)
class GrantBookTest {

    private record Split(String splitId) implements SourceSplit {}

    @TempDir private Path folder;
    private long now = 100;
    private GrantBook book;

    @BeforeEach
    void open() throws IOException {
        book = new GrantBook("a", folder, () -> now);
    }

    @AfterEach
    void close() throws IOException {
        book.close();
    }

    private static LeasedSplit<Split> split(String id, long epoch) {
        return new LeasedSplit<>(new Split(id), epoch, 1, false, Optional.of("r"));
    }

    private void assigned(String id) {
        book.assigned(List.of(split(id, 7)));
    }

    private void granted(long askedAt, long nanos) {
        book.grantedUntil(askedAt + nanos);
    }

    /** Of the split {@code q}: times of writing, and what was written. */
    private List<String> written() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return Files.readAllLines(files.findFirst().orElseThrow()).stream()
                    .map(GrantLine::parse)
                    .filter(it -> it.split().equals("q"))
                    .map(it -> it.at() + "-" + it.until())
                    .toList();
        }
    }

    @Test
    void aGrantRunsFromWhenItIsKnownAndIsDatedFromTheQuestion() throws IOException {
        assigned("q");
        granted(90, 50);

        assertThat(written()).containsExactly("100-140");
    }

    @Test
    void whatIsAssignedWhileAGrantRunsIsGrantedToo() throws IOException {
        granted(90, 50);
        now = 120;
        assigned("q");

        assertThat(written()).containsExactly("120-140");
    }

    @Test
    void aGrantThatComesTooLateIsNone() throws IOException {
        assigned("q");
        now = 140;
        granted(90, 50);

        assertThat(written()).isEmpty();
    }

    @Test
    void whatIsRestoredIsNotGranted() throws IOException {
        granted(90, 50);
        book.assigned(List.of(LeasedSplit.fromBefore(new Split("q"))));

        assertThat(written()).isEmpty();
    }

    @Test
    void aFrozenSplitIsGrantedUpToTheBarrierAndAgainWhenItGoesOn() throws IOException {
        assigned("q");
        assigned("other");
        granted(90, 50);
        book.told(new FreezeRequested("r", Map.of("q", 1L)));
        now = 110;
        book.barrier();
        now = 120;
        granted(115, 50);
        now = 130;
        book.told(new FreezeWithdrawn("r", Set.of("q")));

        assertThat(written()).containsExactly("100-140", "110-110", "130-165");
    }

    @Test
    void whatIsStoppedOrLetGoIsNotGrantedFromThen() throws IOException {
        assigned("q");
        granted(90, 50);
        now = 110;
        book.told(new StopRequested("r", Map.of("q", 1L)));
        book.told(new DropRequested("r", Set.of("q")));
        book.told(new FreezeWithdrawn("r", Set.of("q")));
        granted(105, 50);

        assertThat(written()).containsExactly("100-140", "110-110");
    }

    @Test
    void aWithdrawnGrantIsOverForGood() throws IOException {
        assigned("q");
        granted(90, 50);
        now = 110;
        book.told(new GrantWithdrawn("r", "lost"));
        granted(105, 50);

        assertThat(written()).containsExactly("100-140", "110-110");
    }

    @Test
    void whoIsClosedIsGrantedNothing() throws IOException {
        assigned("q");
        granted(90, 50);
        now = 110;
        book.close();

        assertThat(written()).containsExactly("100-140", "110-110");
    }
}
