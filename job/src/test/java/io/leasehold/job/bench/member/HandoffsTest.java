package io.leasehold.job.bench.member;

import io.leasehold.job.bench.member.Handoffs.Handoff;
import io.leasehold.job.bench.member.Mark.Gap;
import io.leasehold.job.bench.member.Stretch.Reader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import static org.assertj.core.api.Assertions.assertThat;

class HandoffsTest {

    private static final long MILLI = 1_000_000;
    private static final Reader BLUE = new Reader("blue", 0, "a");
    private static final Reader GREEN = new Reader("green", 0, "b");

    /** Records of split 3, one each millisecond. */
    private static Stretch stretch(Reader reader, long offset, long records, long atMilli) {
        return stretch(reader, offset, records, atMilli, List.of());
    }

    private static Stretch stretch(
            Reader reader, long offset, long records, long atMilli, List<Gap> gaps) {
        return new Stretch(
                reader,
                3,
                offset,
                atMilli * MILLI,
                offset + records - 1,
                (atMilli + records - 1) * MILLI,
                1,
                gaps);
    }

    private static Gap gap(long from, long until) {
        return new Gap(3, from * MILLI, until * MILLI);
    }

    @Test
    void everyRecordOnceIsNothingReplayedAndNothingMissing() {
        Handoffs handoffs =
                new Handoffs(List.of(stretch(GREEN, 5, 5, 100), stretch(BLUE, 0, 5, 0)));
        assertThat(handoffs.replayed()).isZero();
        assertThat(handoffs.missing(Map.of(3, 10L))).isZero();
        assertThat(handoffs.missing(Map.of(3, 12L, 4, 1L))).isEqualTo(3);
    }

    @Test
    void whatWasEmittedAgainOrLeftOutIsCounted() {
        assertThat(
                        new Handoffs(List.of(stretch(BLUE, 0, 5, 0), stretch(GREEN, 3, 5, 100)))
                                .replayed())
                .isEqualTo(2);
        assertThat(
                        new Handoffs(List.of(stretch(BLUE, 0, 9, 0), stretch(GREEN, 3, 2, 100)))
                                .replayed())
                .isEqualTo(2);
        assertThat(
                        new Handoffs(List.of(stretch(BLUE, 1, 5, 0), stretch(GREEN, 8, 2, 100)))
                                .missing(Map.of(3, 10L)))
                .isEqualTo(3);
    }

    @Test
    void aPauseIsFromTheLastRecordOfTheOneToTheFirstOfTheOther() {
        List<Handoff> handoffs =
                new Handoffs(List.of(stretch(BLUE, 0, 5, 0), stretch(GREEN, 5, 5, 100))).all();
        assertThat(handoffs).hasSize(1);
        assertThat(handoffs.get(0).pause()).isEqualTo(96 * MILLI);
        assertThat(handoffs.get(0).acrossJobs()).isTrue();
    }

    @Test
    void aLongerPauseRightBehindTheFirstRecordCounts() {
        assertThat(pauseWith(gap(102, 302))).isEqualTo(200 * MILLI);
        assertThat(pauseWith(gap(500, 900))).isEqualTo(96 * MILLI);
    }

    private static long pauseWith(Gap gap) {
        return new Handoffs(
                        List.of(
                                stretch(BLUE, 0, 5, 0),
                                stretch(GREEN, 5, 1_000, 100, List.of(gap))))
                .all()
                .get(0)
                .pause();
    }

    @Test
    void aReaderThatOnlyStoodStillHasHandedNothingOver() {
        Handoffs handoffs =
                new Handoffs(
                        List.of(
                                stretch(BLUE, 0, 5, 0, List.of(gap(4, 900))),
                                stretch(BLUE, 5, 5, 900)));
        assertThat(handoffs.all()).isEmpty();
        assertThat(handoffs.stall(BLUE, 7, 5 * MILLI, 10 * MILLI))
                .isEqualTo(OptionalLong.of(896 * MILLI));
    }

    @Test
    void aStallIsThatOfTheOthersInTheSameReader() {
        Handoffs handoffs =
                new Handoffs(
                        List.of(stretch(BLUE, 0, 1_000, 0, List.of(gap(400, 450), gap(600, 680)))));
        assertThat(handoffs.stall(BLUE, 7, 420 * MILLI, 430 * MILLI))
                .isEqualTo(OptionalLong.of(50 * MILLI));
        assertThat(handoffs.stall(BLUE, 7, 460 * MILLI, 590 * MILLI))
                .isEqualTo(OptionalLong.of(10 * MILLI));
        assertThat(handoffs.stall(BLUE, 3, 420 * MILLI, 430 * MILLI)).isEmpty();
        assertThat(handoffs.stall(GREEN, 7, 420 * MILLI, 430 * MILLI)).isEmpty();
        assertThat(handoffs.stall(BLUE, 7, 420 * MILLI, 1_430 * MILLI)).isEmpty();
    }

    @Test
    void stretchesAreReadFromMarks(@TempDir Path folder) throws IOException {
        Marks marks = new Marks(folder);
        try (MarkFile blue = new MarkFile(folder.resolve("blue.0.a"));
                MarkFile checkpoints = new MarkFile(folder.resolve("blue.job.only"))) {
            blue.write(List.of(new Mark.Began(3, 5, 50)));
            assertThat(marks.look().newest().get(3).lastOffset()).isEqualTo(5);
            blue.write(List.of(new Mark.Gap(3, 60, 90), new Mark.Reached(2, 3, 9, 95)));
            blue.write(List.of(new Mark.Began(3, 20, 200)));
            checkpoints.write(List.of(new Mark.Completed(2, 17)));
            assertThat(marks.look().stretches())
                    .containsExactly(
                            new Stretch(BLUE, 3, 5, 50, 9, 95, 2, List.of(new Gap(3, 60, 90))),
                            new Stretch(BLUE, 3, 20, 200, 20, 200, 0, List.of()));
            assertThat(marks.newest().get(3).firstOffset()).isEqualTo(20);
            assertThat(marks.checkpoints("blue")).isEqualTo(Map.of(2L, 17L));
        }
    }

    /** A reader does not know whether its split was elsewhere meanwhile; the marks together do. */
    @Test
    void aLongPauseBetweenTwoBarriersLosesNothing(@TempDir Path folder) throws IOException {
        try (MarkFile blue = new MarkFile(folder.resolve("blue.0.a"))) {
            blue.write(List.of(new Mark.Began(3, 0, 50), new Mark.Reached(1, 3, 4, 95)));
            blue.write(List.of(new Mark.Gap(3, 99, 700), new Mark.Began(3, 8, 700)));
            blue.write(List.of(new Mark.Reached(2, 3, 9, 800)));
        }
        List<Stretch> stretches = new Marks(folder).look().stretches();
        assertThat(stretches)
                .containsExactly(
                        new Stretch(BLUE, 3, 0, 50, 7, 99, 1, List.of(new Gap(3, 99, 700))),
                        new Stretch(BLUE, 3, 8, 700, 9, 800, 2, List.of()));
        Handoffs handoffs = new Handoffs(stretches);
        assertThat(handoffs.missing(Map.of(3, 10L))).isZero();
        assertThat(handoffs.all()).isEmpty();
    }
}
