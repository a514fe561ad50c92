package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.member.RestoredCheckpoint;
import io.leasehold.lease.model.CheckpointTrouble;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.model.StateLine;
import io.leasehold.lease.store.DecisionRequest.Decide;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.OwnershipRequest.Record;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.lease.store.SplitRequest.Locate;
import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.TaskFinished;
import io.leasehold.store.memory.MemoryLeaseTable;
import io.leasehold.testkit.ScriptedMember;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

class CheckpointDecisionsTest {

    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));
    private static final Duration TICK = TERMS.renewInterval();
    private static final StateLine LINE = new StateLine("line-1");
    private static final Map<String, byte[]> OUTPUT = Map.of("kafka", new byte[] {1});

    private final MemoryLeaseTable table = new MemoryLeaseTable();
    private final ScriptedMember green =
            new ScriptedMember(table.open(), "orders", new Incarnation("green", "green-1"));
    private long now;

    /** A split is its id and its position, such as "a@7". */
    private static final class Codec implements SplitCodec<String> {
        @Override
        public Optional<String> inTable(String splitId, Progress progress) {
            return Optional.of(new String(progress.bytes(), StandardCharsets.UTF_8));
        }

        @Override
        public PositionedSplit<String> ofReader(Position at) {
            return new PositionedSplit<>(
                    at.splitId(),
                    new String(at.bytes(), StandardCharsets.UTF_8),
                    at.epoch(),
                    at.tenure(),
                    at.finished());
        }

        @Override
        public NewSplit lease(String split) {
            return new NewSplit(
                    split.substring(0, split.indexOf('@')),
                    Set.of(),
                    new Progress(split.getBytes(StandardCharsets.UTF_8), 1, split, 0));
        }
    }

    /** One life of blue. */
    private final class Life {

        final Incarnation me;
        final EnumeratorBook<String> book;
        final int readers;
        final List<Command<String>> commands = new ArrayList<>();
        final List<LeaseRequest<?>> sent = new ArrayList<>();
        boolean silent;
        private final Set<Integer> registered;

        Life(
                String incarnation,
                int readers,
                Optional<RestoredCheckpoint> from,
                List<PositionedSplit<String>> withheld) {
            this.me = new Incarnation("blue", incarnation);
            this.readers = readers;
            this.registered =
                    IntStream.range(0, readers)
                            .boxed()
                            .collect(java.util.stream.Collectors.toSet());
            LeaseKeeper keeper = new LeaseKeeper("orders", me, Share.of(1), "a test", TERMS, now);
            keeper.output().decides(LINE, from);
            book =
                    new EnumeratorBook<>(
                            keeper,
                            new BookSettings(
                                    TERMS,
                                    Duration.ofMinutes(1),
                                    true,
                                    false,
                                    RestoreRule.AUTO,
                                    false),
                            new Codec(),
                            new CheckpointTrouble(),
                            withheld,
                            Optional.of(Set.of()));
            commands.addAll(book.start());
        }

        JobView job() {
            return new JobView(now, registered, readers, true);
        }

        void starts(int subtask) {
            commands.addAll(book.registered(subtask, List.of(), job()));
            commands.addAll(
                    book.heard(subtask, new ReaderStarted("r" + subtask, List.of()), job()));
        }

        void finds(String... splits) {
            commands.addAll(book.discovered(Stream.of(splits).map(new Codec()::lease).toList()));
        }

        void run(Duration time) {
            long end = now + time.toNanos();
            while (now < end) {
                turn();
                now += 50_000_000;
                commands.addAll(book.looked(job()));
            }
            turn();
        }

        void turn() {
            while (true) {
                Optional<LeaseStep<?>> step = silent ? Optional.empty() : book.next(now);
                if (step.isEmpty()) {
                    return;
                }
                sent.add(step.get().request());
                commands.addAll(
                        book.answered(step.get().sendTo(table.open()), now, job()).commands());
            }
        }

        Map<String, PositionedSplit<String>> assigned() {
            Map<String, PositionedSplit<String>> last = new TreeMap<>();
            for (Command<String> command : commands) {
                if (command instanceof Command.Assign<String> assign) {
                    assign.splits().forEach(split -> last.put(split.splitId(), split));
                }
            }
            return last;
        }

        Position at(String splitId, int position, boolean finished) {
            PositionedSplit<String> split = assigned().get(splitId);
            String text = splitId + "@" + position;
            return new Position(
                    splitId,
                    split.epoch(),
                    split.tenure(),
                    finished,
                    text.getBytes(StandardCharsets.UTF_8),
                    1,
                    text);
        }

        void reports(int subtask, long checkpointId, Map<String, Long> frozen, Position... all) {
            commands.addAll(
                    book.heard(
                            subtask,
                            new Positions(
                                    "r" + subtask, checkpointId, List.of(all), frozen, Map.of()),
                            job()));
        }

        void completes(long checkpointId) {
            commands.addAll(book.completed(checkpointId, job()));
        }

        void prepared(long checkpointId) {
            book.decisions().prepared(checkpointId, OUTPUT);
            commands.addAll(book.looked(job()));
            turn();
        }

        <W extends SinkWord> List<W> told(Class<W> type) {
            return commands.stream()
                    .filter(Command.ToSinks.class::isInstance)
                    .map(command -> ((Command.ToSinks<String>) command).word())
                    .filter(type::isInstance)
                    .map(type::cast)
                    .toList();
        }

        <E> List<E> events(Class<E> type) {
            return commands.stream()
                    .filter(Command.Send.class::isInstance)
                    .map(command -> ((Command.Send<String>) command).event())
                    .filter(type::isInstance)
                    .map(type::cast)
                    .toList();
        }

        List<String> failures() {
            return commands.stream()
                    .filter(Command.Fail.class::isInstance)
                    .map(command -> ((Command.Fail<String>) command).why())
                    .toList();
        }

        DecidedCheckpoint checkpoint(long id) {
            return new DecidedCheckpoint(me, LINE, id);
        }
    }

    private Life reading(int readers, String... splits) {
        Life life = new Life("blue-1", readers, Optional.empty(), List.of());
        for (int subtask = 0; subtask < readers; subtask++) {
            life.starts(subtask);
        }
        life.finds(splits);
        life.run(TICK.multipliedBy(3));
        assertThat(life.assigned()).hasSize(splits.length);
        return life;
    }

    private Lease lease(String splitId) {
        return green.lease(splitId);
    }

    private String recorded(String splitId) {
        return ScriptedMember.applied(green.send(new Locate("orders", splitId)))
                .orElseThrow()
                .text();
    }

    // ------------------------------------------------------------------------------------------

    @Test
    void aCompletedCheckpointIsDecidedWhenItsOutputIsKnown() {
        Life life = reading(1, "a@0", "b@0");
        assertThat(life.told(SinkWord.Stands.class)).hasSize(1);

        life.reports(0, 1, Map.of(), life.at("a", 5, false), life.at("b", 6, false));
        life.completes(1);
        life.turn();
        assertThat(life.told(SinkWord.AskOutput.class)).containsExactly(new SinkWord.AskOutput(1));
        assertThat(life.book.decisions().mayBegin(now)).isFalse();
        assertThat(recorded("a")).isEqualTo("a@0");

        life.prepared(1);

        assertThat(life.told(SinkWord.IsDecided.class))
                .containsExactly(new SinkWord.IsDecided(life.checkpoint(1)));
        assertThat(List.of(recorded("a"), recorded("b"))).containsExactly("a@5", "b@6");
        assertThat(life.book.decisions().mayBegin(now)).isTrue();
        assertThat(life.sent).noneMatch(Record.class::isInstance);
    }

    /** Its attempt may fail between the completion and the news of it. */
    @Test
    void whatAnAttemptReportedForACompletedCheckpointCountsThoughItHasFailedSince() {
        Life life = reading(2, "a@0", "b@0");
        for (int subtask = 0; subtask < 2; subtask++) {
            life.reports(subtask, 1, Map.of(), life.at(splitOf(life, subtask), 5, false));
        }
        String gone = splitOf(life, 1);

        life.book.cameBack(1, List.of(), life.job());
        life.completes(1);
        life.prepared(1);

        assertThat(recorded(gone)).isEqualTo(gone + "@5");
        assertThat(life.failures()).isEmpty();
    }

    private static String splitOf(Life life, int subtask) {
        return life.commands.stream()
                .filter(Command.Assign.class::isInstance)
                .map(command -> (Command.Assign<String>) command)
                .filter(assign -> assign.subtask() == subtask)
                .map(assign -> assign.splits().get(0).splitId())
                .findFirst()
                .orElseThrow();
    }

    /** Its records are in the output, and where they end is not known. */
    @Test
    void aCheckpointThatAReaderHasNotReportedForIsNotDecidedAndTheJobRestartsFromIt() {
        Life life = reading(1, "a@0");

        life.completes(1);

        assertThat(life.failures()).singleElement().asString().contains("subtask 0");
        assertThat(life.told(SinkWord.AskOutput.class)).isEmpty();
        assertThat(life.told(SinkWord.IsVoid.class)).isEmpty();
        assertThat(life.book.close(now)).noneMatch(Decide.class::isInstance);
    }

    @Test
    void aClaimedSplitIsReleasedByTheDecisionOfTheCheckpointThatItStandsStillIn() {
        Life life = reading(1, "a@0");
        green.joined();
        claim("a", Claim.Kind.ASK);
        life.run(TICK);
        Map<String, Long> asked = life.events(FreezeRequested.class).get(0).requests();

        life.reports(0, 1, asked, life.at("a", 5, false));
        life.completes(1);
        life.turn();
        assertThat(lease("a").ownerId()).contains("blue");

        life.prepared(1);
        life.run(TICK);

        assertThat(lease("a").ownerId()).isEmpty();
        assertThat(recorded("a")).isEqualTo("a@5");
        assertThat(life.events(DropRequested.class)).hasSize(1);
        assertThat(life.sent).noneMatch(OwnershipRequest.Release.class::isInstance);
    }

    private void claim(String splitId, Claim.Kind kind) {
        green.send(
                new OwnershipRequest.Claim(
                        "orders",
                        green.self(),
                        List.of(
                                new OwnershipRequest.Claim.Claimed(
                                        splitId, lease(splitId).version(), kind))));
    }

    @Test
    void aForcedSplitThatAReaderHasFailsTheJob() {
        Life life = reading(1, "a@0");
        green.joined();
        claim("a", Claim.Kind.FORCE);
        life.run(TICK);

        green.send(
                new OwnershipRequest.Acquire(
                        "orders",
                        green.self(),
                        List.of(
                                new OwnershipRequest.Acquire.Wanted(
                                        "a", lease("a").version(), 1, 0)),
                        0));
        life.run(TICK.multipliedBy(2));

        assertThat(life.failures()).singleElement().asString().contains("'a'");
    }

    @Test
    void nothingMayBeAcknowledgedInTheSecondHalfOfTheValidity() {
        Life life = reading(1, "a@0");
        life.silent = true;
        long renewed = now;
        assertThat(life.book.decisions().mayAcknowledge(renewed)).isTrue();

        now += TERMS.duration().dividedBy(2).plusMillis(50).toNanos();

        assertThat(life.book.decisions().mayAcknowledge(now)).isFalse();
        assertThat(life.book.decisions().mayBegin(now)).isTrue();
        now += TERMS.duration().toNanos();
        assertThat(life.book.decisions().mayBegin(now)).isFalse();
    }

    @Test
    void readersThatEndedAsOfADecidedCheckpointHaveStoppedForGood() {
        Life life = reading(1, "a@0");
        life.reports(0, 1, Map.of(), life.at("a", 5, false));
        life.completes(1);
        life.book.heard(0, new TaskFinished("r0", 1), life.job());
        assertThat(life.book.heardOut(life.job())).as("not decided yet").isFalse();

        life.prepared(1);

        assertThat(life.book.heardOut(life.job())).isTrue();
    }

    // ------------------------------------------------------------------------------------------
    // Late
    // ------------------------------------------------------------------------------------------

    @Test
    void theRestoredCheckpointIsDecidedLateWithTheRestoredPositionsBeforeAnythingIsAcquired() {
        Life life = reading(1, "a@0", "b@0");
        RestoredCheckpoint from = life.book.decisions().stateOf(1).orElseThrow();
        Position a = life.at("a", 5, false);
        Position b = life.at("b", 6, true);
        life.reports(0, 1, Map.of(), a, b);
        life.completes(1);
        life.book.close(now).forEach(last -> table.open().ask(last));
        assertThat(recorded("a")).isEqualTo("a@0");

        Life next = new Life("blue-2", 1, Optional.of(from), List.of());
        next.run(TICK.multipliedBy(3));
        assertThat(next.told(SinkWord.AskOutput.class)).as("its reader is to come").isEmpty();
        next.book.registered(0, List.of(), next.job());
        next.commands.addAll(
                next.book.heard(0, new ReaderStarted("r0", List.of(a, b)), next.job()));
        assertThat(next.told(SinkWord.AskOutput.class)).containsExactly(new SinkWord.AskOutput(1));
        assertThat(next.told(SinkWord.IsDecided.class)).isEmpty();
        next.prepared(1);
        next.run(TICK.multipliedBy(3));

        assertThat(next.told(SinkWord.IsDecided.class))
                .containsExactly(new SinkWord.IsDecided(life.checkpoint(1)));
        assertThat(recorded("a")).isEqualTo("a@5");
        assertThat(lease("b").finished()).isTrue();
        assertThat(next.assigned()).containsOnlyKeys("a");
        assertThat(next.assigned().get("a").split()).isEqualTo("a@5");
    }

    @Test
    void aVoidCheckpointsSplitsResumeFromTheTableWithOneWarning() {
        Life life = reading(1, "a@0");
        RestoredCheckpoint from = life.book.decisions().stateOf(1).orElseThrow();
        Position a = life.at("a", 5, false);
        life.reports(0, 1, Map.of(), a);
        life.completes(1);
        life.book.close(now).forEach(last -> table.open().ask(last));

        Life next = new Life("blue-2", 1, Optional.of(from), List.of());
        next.book.registered(0, List.of(), next.job());
        next.commands.addAll(next.book.heard(0, new ReaderStarted("r0", List.of(a)), next.job()));
        next.run(TICK);
        next.book.decisions().lost(1, "A transaction is gone.");
        next.run(TICK.multipliedBy(3));

        assertThat(next.told(SinkWord.IsVoid.class))
                .containsExactly(new SinkWord.IsVoid(1, "A transaction is gone."));
        assertThat(next.assigned().get("a").split()).isEqualTo("a@0");
        assertThat(next.failures()).isEmpty();
        assertThat(
                        next.commands.stream()
                                .filter(Command.Say.class::isInstance)
                                .map(command -> (Command.Say<String>) command)
                                .filter(Command.Say::warning))
                .singleElement()
                .satisfies(say -> assertThat(say.text()).contains("checkpoint 1 of blue"));
    }

    @Test
    void aSplitWithoutARestoredPositionMakesTheRestoredCheckpointVoid() {
        Life life = reading(1, "a@0");
        RestoredCheckpoint from = life.book.decisions().stateOf(1).orElseThrow();
        life.book.close(now).forEach(last -> table.open().ask(last));

        Life next = new Life("blue-2", 1, Optional.of(from), List.of());
        next.starts(0);
        next.run(TICK.multipliedBy(2));
        next.prepared(1);
        next.run(TICK.multipliedBy(2));

        assertThat(next.told(SinkWord.IsVoid.class))
                .singleElement()
                .satisfies(never -> assertThat(never.why()).contains("'a'"));
    }
}
