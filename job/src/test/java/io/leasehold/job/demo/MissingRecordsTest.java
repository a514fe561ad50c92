package io.leasehold.job.demo;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class MissingRecordsTest {

    @Test
    void nothingIsSaidWhereNothingIsMissing() {
        List<Delivered> all = List.of(emitted(0, "blue", 1_000), emitted(1, "green", 1_000));

        assertThat(MissingRecords.of(new Output(2, all, all, List.of())).whereabouts()).isEmpty();
    }

    @Test
    void whatWasWrittenAndNotCommittedIsToldFromWhatWasNeverWritten() {
        List<Delivered> committed = List.of(emitted(0, "blue", 1_000));
        List<Delivered> everything =
                List.of(
                        emitted(0, "blue", 1_000),
                        emitted(1, "green", 3_000),
                        emitted(2, "green", 2_000));

        assertThat(MissingRecords.of(new Output(7, committed, everything, List.of())).whereabouts())
                .satisfiesExactly(
                        written ->
                                assertThat(written)
                                        .contains(
                                                "green has written 2",
                                                "not committed",
                                                "from 1970-01-01T00:00:02Z to 1970-01-01T00:00:03Z"),
                        never -> assertThat(never).contains("4 were never written"));
    }

    /** Its first transaction was aborted, and another job has written it again. */
    @Test
    void whatArrivedAtLastIsNotMissing() {
        List<Delivered> committed = List.of(emitted(0, "green", 2_000));
        List<Delivered> everything = List.of(emitted(0, "blue", 1_000), emitted(0, "green", 2_000));

        assertThat(MissingRecords.of(new Output(1, committed, everything, List.of())).whereabouts())
                .isEmpty();
    }

    private static Delivered emitted(long id, String member, long atMillis) {
        return new Delivered(id, member, "queue-0", id, atMillis);
    }
}
