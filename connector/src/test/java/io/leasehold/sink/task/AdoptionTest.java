package io.leasehold.sink.task;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.book.FateAnswer;
import io.leasehold.sink.book.Piece;
import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.book.StoredPiece;
import io.leasehold.sink.event.SinkEvent;
import io.leasehold.sink.event.SinkRequest;
import io.leasehold.sink.output.AbortedOutput;
import io.leasehold.sink.output.OpenOutput;
import io.leasehold.sink.output.OutputSession;
import io.leasehold.sink.output.OutputSystemException;
import io.leasehold.sink.output.TransactionPrefix;
import io.leasehold.sink.task.ScriptedLine.Text;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class AdoptionTest {

    private static final SinkRequest WORK = new SinkRequest.AskAdoption("b1", 0);
    private static final SinkRequest SEALED = new SinkRequest.AskSealed("b1", "g1");
    private static final PieceBytes<String> BYTES = new PieceBytes<>(new Text());
    private static final TransactionPrefix OWN =
            new TransactionPrefix("shop", "orders", "blue", "out", "line");

    private final ScriptedLine line = new ScriptedLine();
    private final Session session = new Session();
    private final Adoption<String> adoption =
            new Adoption<>(0, "b1", OWN, Duration.ofMinutes(15), BYTES, line, session, () -> now());
    private long now;

    @Test
    void whatIsCommittedIsToldAndNotCommittedAgain() throws Exception {
        StoredPiece piece = piece(-1, "a");
        line.answers(WORK, new SinkAnswer.Adoption(List.of(piece), List.of()));
        line.answers(WORK, new SinkAnswer.Adoption(List.of(piece), List.of()));

        adoption.step();
        adoption.step();

        assertThat(session.done).containsExactly("commit [a]");
        assertThat(line.told).containsExactly(new SinkEvent.Committed("b1", List.of(piece.id())));
    }

    @Test
    void whatIsNotCertainIsTriedAgainLater() throws Exception {
        session.fate = Fate.UNKNOWN;
        line.answers(WORK, new SinkAnswer.Adoption(List.of(piece(-1, "a")), List.of()));
        adoption.step();
        assertThat(line.told).isEmpty();

        session.fate = Fate.COMMITTED;
        now = Duration.ofSeconds(2).toNanos();
        line.answers(WORK, new SinkAnswer.Adoption(List.of(piece(-1, "a")), List.of()));
        adoption.step();

        assertThat(session.done).containsExactly("commit [a]", "commit [a]");
        assertThat(line.told).hasSize(1);
    }

    /** A person has to look at it. */
    @Test
    void theRowOfLostOutputStays() throws Exception {
        session.fate = Fate.LOST;
        line.answers(WORK, new SinkAnswer.Adoption(List.of(piece(-1, "a")), List.of()));
        line.answers(WORK, new SinkAnswer.Adoption(List.of(piece(-1, "a")), List.of()));
        adoption.step();
        adoption.step();
        assertThat(session.done).containsExactly("commit [a]");
        assertThat(line.told).isEmpty();
    }

    @Test
    void bytesThatCannotBeReadAreLeftAndTheRestIsCommitted() throws Exception {
        StoredPiece unreadable = new StoredPiece(new Piece.Id(9, 0, -1), new byte[] {1});
        line.answers(WORK, new SinkAnswer.Adoption(List.of(unreadable, piece(-2, "a")), List.of()));
        adoption.step();
        assertThat(session.done).containsExactly("commit [a]");
    }

    @Test
    void aSealedMembersOpenOutputIsAbortedButNotItsDecidedOutputNorWhatThisMemberWrites()
            throws Exception {
        line.answers(WORK, new SinkAnswer.Adoption(List.of(), List.of(green(piece(-1, "kept")))));
        line.answers(SEALED, new SinkAnswer.IsSealed(true));

        adoption.step();

        assertThat(session.open)
                .isEqualTo(
                        new OpenOutput<>(
                                Set.of("shop~orders~green~out~"),
                                Set.of("shop~orders~blue~out~line~"),
                                Set.of("kept")));
        assertThat(session.done).containsExactly("abort");
        assertThat(line.told).containsExactly(new SinkEvent.Aborted("b1", "g1"));
    }

    @Test
    void whatHasTheNameOfDecidedOutputIsLookedAtAgain() throws Exception {
        session.kept = List.of("name");
        line.answers(WORK, new SinkAnswer.Adoption(List.of(), List.of(green())));
        line.answers(SEALED, new SinkAnswer.IsSealed(true));
        adoption.step();
        assertThat(line.told).isEmpty();
    }

    @Test
    void aMemberThatHasComeBackIsLeftAlone() throws Exception {
        line.answers(WORK, new SinkAnswer.Adoption(List.of(), List.of(green())));
        line.answers(SEALED, new SinkAnswer.IsSealed(false));
        adoption.step();
        assertThat(session.done).isEmpty();
        assertThat(line.told).containsExactly(new SinkEvent.Aborted("b1", "g1"));
    }

    @Test
    void nothingIsAbortedIfTheCoordinatorDoesNotKnow() throws Exception {
        line.answers(WORK, new SinkAnswer.Adoption(List.of(), List.of(green())));
        line.answers(SEALED, new SinkAnswer.NotYet());
        adoption.step();
        assertThat(session.done).isEmpty();
        assertThat(line.told).isEmpty();
    }

    @Test
    void aSystemThatIsAwayIsAskedAgain() throws Exception {
        session.away = true;
        line.answers(WORK, new SinkAnswer.Adoption(List.of(), List.of(green())));
        adoption.step();
        assertThat(line.told).isEmpty();
    }

    private long now() {
        return now;
    }

    private static SinkAnswer.SealedMember green(StoredPiece... decided) {
        return new SinkAnswer.SealedMember("green", "g1", List.of(decided));
    }

    private static StoredPiece piece(int number, String text) throws IOException {
        return BYTES.write(List.of(new Piece<>(new Piece.Id(9, 0, number), text))).get(0);
    }

    private static final class Session implements OutputSession<String> {

        private final List<String> done = new ArrayList<>();
        private Fate fate = Fate.COMMITTED;
        private List<String> kept = List.of();
        private boolean away;
        private OpenOutput<String> open;

        @Override
        public List<FateAnswer> commit(List<String> decided) {
            done.add("commit " + decided);
            return decided.stream().map(one -> new FateAnswer(fate, "seen")).toList();
        }

        @Override
        public List<FateAnswer> fates(List<String> prepared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public AbortedOutput abort(OpenOutput<String> which, BooleanSupplier stillClosed)
                throws OutputSystemException {
            open = which;
            if (away) {
                throw new OutputSystemException("away", new IOException());
            }
            boolean may = stillClosed.getAsBoolean();
            if (may) {
                done.add("abort");
            }
            return new AbortedOutput(List.of(), List.of(), kept, !may);
        }

        @Override
        public void close() {}
    }
}
