package io.leasehold.simulation;

import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.MembershipRequest.Beat;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;
import io.leasehold.source.book.BookSettings;
import io.leasehold.source.book.Command;
import io.leasehold.source.book.EnumeratorBook;
import io.leasehold.source.book.JobView;
import io.leasehold.source.book.Lesson;
import io.leasehold.source.book.PositionedSplit;
import io.leasehold.source.event.LeaseSourceEvent;
import io.leasehold.source.event.LeaseSourceEvent.FromReader;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * One life of a job's enumerator: drives the book that the connector's enumerator drives, on
 * virtual time, over a network that delays and loses.
 */
final class Enumerator implements Command.Hand<SimulatedSplit> {

    /** Flink's own list of what was assigned after which checkpoint. */
    private record Logged(
            int subtask, PositionedSplit<SimulatedSplit> split, long afterCheckpoint) {}

    final Incarnation me;
    final Machine machine;
    final StoreWay way;
    final Checkpoints checkpoints;
    private final World world;
    private final SimulatedJob job;
    private final LeaseKeeper keeper;
    private final EnumeratorBook<SimulatedSplit> book;
    private final SplittableRandom dice;

    /** Attempts that run or are about to, by subtask. */
    private final TreeMap<Integer, Reader> attempts = new TreeMap<>();

    private final List<Reader> allAttempts = new ArrayList<>();
    private final List<Logged> assigned = new ArrayList<>();
    private final Set<Reader> started = new HashSet<>();
    private boolean everJoined;
    private boolean over;
    private boolean underWay;
    private List<LeaseRequest<?>> lastWords = List.of();
    private long turns;
    private long lastRenewal;
    private OptionalLong nextLook = OptionalLong.empty();

    Enumerator(World world, SimulatedJob job, Incarnation me, Snapshot restored) {
        this.world = world;
        this.job = job;
        this.me = me;
        this.machine = world.machine(me.toString());
        this.dice = world.dice("enumerator " + me);
        this.way = new StoreWay(world, machine, me, job.terms());
        this.lastRenewal = machine.clock() - job.terms().duration().toNanos();
        this.checkpoints = new Checkpoints(world, job, this, me.toString());
        this.keeper = world.rules.keeper(me, job.share(), job.terms(), machine.clock());
        job.remembered(machine.clock()).ifPresent(keeper::startsAfter);
        this.book =
                world.rules
                        .book()
                        .book(
                                keeper,
                                new BookSettings(
                                        job.terms(),
                                        job.terms().readersTimeout(),
                                        job.oneBehind(),
                                        false,
                                        RestoreRule.AUTO,
                                        false),
                                new SimulatedSplit.Codec(job::canRead),
                                restored.withheld(),
                                world.rules.found(restored.found(), world.scenario));
    }

    void start() {
        discovers();
        for (int subtask = 0; subtask < job.parallelism(); subtask++) {
            startReader(subtask, dice.nextLong(2 * Scenario.SECOND));
        }
        checkpoints.begin();
        tell((it, view) -> it.start());
    }

    private void startReader(int subtask, long after) {
        machine.after(
                after,
                () -> {
                    if (!over && !job.readersGone()) {
                        Reader reader =
                                new Reader(
                                        world,
                                        job,
                                        this,
                                        subtask,
                                        me.id() + "." + subtask + "." + allAttempts.size());
                        allAttempts.add(reader);
                        attempts.put(subtask, reader);
                        reader.start(job.completed().readers().get(subtask));
                    }
                });
    }

    private void discovers() {
        if (over) {
            return;
        }
        List<NewSplit> found = new ArrayList<>();
        for (Scenario.Split split : job.splitsSoFar()) {
            // Where a new split starts is not the same for everybody who finds it.
            found.add(
                    new NewSplit(split.id(), split.parents(), Positions.as(dice.nextLong(20), 0)));
        }
        tell((it, view) -> it.discovered(found));
        machine.after(7 * Scenario.SECOND, this::discovers);
    }

    // ------------------------------------------------------------------------------- the book

    private JobView at(long now) {
        return new JobView(now, attempts.keySet(), job.parallelism(), false);
    }

    private void tell(
            BiFunction<EnumeratorBook<SimulatedSplit>, JobView, List<Command<SimulatedSplit>>>
                    event) {
        if (!over) {
            event.apply(book, at(machine.clock())).forEach(this::carryOut);
            turn();
        }
    }

    private void carryOut(Command<SimulatedSplit> command) {
        if (!over) {
            command.carryOut(this);
        }
    }

    @Override
    public void assign(Command.Assign<SimulatedSplit> assignment) {
        int subtask = assignment.subtask();
        assignment
                .splits()
                .forEach(split -> assigned.add(new Logged(subtask, split, checkpoints.lastId())));
        Reader reader = attempts.get(subtask);
        assignment.splits().forEach(split -> reader.toReader.send(() -> reader.assigned(split)));
    }

    /** An event that gets lost fails the reader it was for, but not before others may arrive. */
    @Override
    public void send(Command.Send<SimulatedSplit> send) {
        Reader reader = attempts.get(send.subtask());
        boolean lost =
                send.event() instanceof StopRequested && !world.calm() && !dice.nextBoolean();
        if (send.event() instanceof GrantExtended granted) {
            long clock = machine.clock();
            reader.toReader.send(() -> reader.extended(granted, clock));
            return;
        } else if (!lost) {
            reader.toReader.send(() -> send.event().reach(reader));
            return;
        }
        machine.after(
                dice.nextLong(40 * Scenario.SECOND),
                () -> {
                    if (!over && attempts.get(reader.subtask) == reader) {
                        readerFails(reader, Scenario.SECOND);
                    }
                });
    }

    @Override
    public void tellNoMore(Command.TellNoMore<SimulatedSplit> reader) {
        throw new IllegalStateException("A queue without an end is at its end.");
    }

    @Override
    public void callAt(Command.CallAt<SimulatedSplit> time) {
        if (nextLook.isEmpty() || nextLook.getAsLong() != time.at()) {
            nextLook = OptionalLong.of(time.at());
            machine.after(
                    Math.max(0, time.at() - machine.clock()), () -> tell(EnumeratorBook::looked));
        }
    }

    @Override
    public void say(Command.Say<SimulatedSplit> text) {
        // Nobody listens.
    }

    @Override
    public void toSinks(Command.ToSinks<SimulatedSplit> word) {
        throw new IllegalStateException("No simulated job decides its output: " + word);
    }

    @Override
    public void fail(Command.Fail<SimulatedSplit> failure) {
        job.failed(this, failure.why());
    }

    private void turn() {
        if (over || underWay) {
            return;
        }
        if (!world.rules.drainedIsCommitted()) {
            keeper.committed(Long.MAX_VALUE);
        }
        long now = world.rules.due(job.terms(), lastRenewal, machine.clock());
        Optional<LeaseStep<?>> step = book.next(now);
        long mine = ++turns;
        if (step.isPresent()) {
            underWay = true;
            if (step.get().request() instanceof Beat) {
                lastRenewal = now;
            }
            send(step.get(), machine.clock());
        } else {
            machine.after(
                    Math.max(1, book.wakeAt(now) - now),
                    () -> {
                        if (turns == mine) {
                            turn();
                        }
                    });
        }
    }

    private <A> void send(LeaseStep<A> step, long sentAt) {
        way.send(
                step,
                answer -> {
                    underWay = false;
                    if (over) {
                        lastWords.forEach(way::say);
                        return;
                    }
                    long now = machine.clock();
                    tell(
                            (it, view) -> {
                                Lesson<SimulatedSplit> lesson =
                                        it.answered(
                                                answer,
                                                world.rules.dated(sentAt, now),
                                                at(world.rules.seen(sentAt, now)));
                                lesson.learnt().forEach(this::note);
                                return lesson.commands();
                            });
                });
    }

    private void note(LeaseEvent event) {
        if (event instanceof LeaseEvent.Joined) {
            everJoined = true;
        } else if (event instanceof LeaseEvent.TableWentBack back) {
            job.remembers(back.lost().highestEpoch(), back.lost().quietUntil() - machine.clock());
        }
    }

    // ------------------------------------------------------------------------------ the readers

    /** Flink says that an attempt is there, and what it restored of its state. */
    void registered(Reader reader, List<PositionedSplit<SimulatedSplit>> restored) {
        if (isCurrent(reader)) {
            tell((it, view) -> it.registered(reader.subtask, restored, view));
        }
    }

    void heard(Reader reader, FromReader event) {
        if (isCurrent(reader) && event instanceof GrantRequested request) {
            // As in the connector, where this is a call: the keeper is not asked what to send.
            book.heard(reader.subtask, request, at(machine.clock())).forEach(this::carryOut);
        } else if (isCurrent(reader)) {
            if (event instanceof ReaderStarted) {
                started.add(reader);
            }
            tell((it, view) -> it.heard(reader.subtask, event, view));
            if (event instanceof LeaseSourceEvent.Positions report
                    && !world.rules.awaitsTheCheckpoint()) {
                tell((it, view) -> it.completed(report.checkpointId(), view));
            }
        }
    }

    private boolean isCurrent(Reader reader) {
        return !over && attempts.get(reader.subtask) == reader;
    }

    /** No reader runs any more, and none is started. */
    void readersGo() {
        readers().forEach(reader -> readerFails(reader, 0));
    }

    /** A reader is cut off; the JobManager takes it for failed soon, and starts another. */
    void readerFails(Reader reader, long restartsAfter) {
        reader.cutOff();
        machine.after(
                dice.nextLong(Scenario.SECOND),
                () -> {
                    if (!isCurrent(reader)) {
                        return;
                    }
                    int subtask = reader.subtask;
                    attempts.remove(subtask);
                    checkpoints.abort();
                    List<PositionedSplit<SimulatedSplit>> since = assignedSince(subtask);
                    tell((it, view) -> it.cameBack(subtask, since, view));
                    startReader(subtask, restartsAfter);
                });
    }

    /** What a subtask was assigned since the last completed checkpoint; forgotten then. */
    private List<PositionedSplit<SimulatedSplit>> assignedSince(int subtask) {
        List<PositionedSplit<SimulatedSplit>> since =
                assigned.stream()
                        .filter(logged -> logged.subtask() == subtask)
                        .filter(logged -> logged.afterCheckpoint() >= job.completed().id())
                        .map(Logged::split)
                        .toList();
        assigned.removeIf(logged -> logged.subtask() == subtask);
        return since;
    }

    // -------------------------------------------------------------------------- checkpoints

    /** A checkpoint begins: what it holds of this enumerator. */
    List<PositionedSplit<SimulatedSplit>> begun(long checkpointId) {
        tell((it, view) -> it.begun(checkpointId, view));
        return book.withheld();
    }

    void completed(long checkpointId) {
        tell((it, view) -> it.completed(checkpointId, view));
    }

    // ---------------------------------------------------------------------------------- the end

    /** Says goodbye, when what is under way is over. */
    void close() {
        over = true;
        lastWords = book.close(machine.clock());
        if (!underWay) {
            lastWords.forEach(way::say);
        }
    }

    boolean over() {
        return over;
    }

    boolean everJoined() {
        return everJoined;
    }

    boolean joined() {
        return book.joined();
    }

    boolean allReadersRun() {
        return attempts.size() == job.parallelism() && started.containsAll(attempts.values());
    }

    Set<String> found() {
        return book.found().orElse(Set.of());
    }

    Collection<Reader> readers() {
        return List.copyOf(attempts.values());
    }

    Collection<Reader> allAttempts() {
        return List.copyOf(allAttempts);
    }

    Optional<Reader> reader(int subtask) {
        return Optional.ofNullable(attempts.get(subtask));
    }
}
