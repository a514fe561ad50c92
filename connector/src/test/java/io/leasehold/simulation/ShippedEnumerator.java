package io.leasehold.simulation;

import io.leasehold.lease.Incarnation;
import io.leasehold.lease.LeaseKeeper;
import io.leasehold.lease.LeaseStore;
import io.leasehold.lease.LeaseStoreFactory;
import io.leasehold.lease.RestoreRule;
import io.leasehold.source.enumerator.LeasedEnumeratorState;
import io.leasehold.source.enumerator.LeasedSplitEnumerator;
import io.leasehold.source.enumerator.LostHistories;
import io.leasehold.source.event.GrantMailbox;
import io.leasehold.source.event.LeaseSourceEvent;
import io.leasehold.source.event.LeaseSourceEvent.BarrierAhead;
import io.leasehold.source.event.LeaseSourceEvent.FinishRecorded;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.event.LeaseSourceEvent.SplitsLetGo;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;
import io.leasehold.source.event.LeaseSourceEvent.Stopped;
import io.leasehold.source.metrics.LeaseCounts;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.function.ThrowingRunnable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A life of the enumerator that ships, and of Flink's coordinator around it: what {@link
 * Enumerator} does once more for the simulation, so that rules can be broken, is here done by the
 * product itself.
 */
final class ShippedEnumerator implements JobMaster {

    /** What Flink remembers of splits that it has sent to a reader. */
    private record Sent(int subtask, LeasedSplit<NumberedSplit> split, long afterCheckpoint) {}

    /** A store of its own for each: what a process remembers of a store is no other run's. */
    private record Stores(long number, VirtualIo io) implements LeaseStoreFactory {
        private static final AtomicLong NUMBERS = new AtomicLong();

        static Stores of(VirtualIo io) {
            return new Stores(NUMBERS.incrementAndGet(), io);
        }

        @Override
        public LeaseStore open(Duration timeout) {
            return io.store();
        }

        @Override
        public String toString() {
            return "simulated store " + number;
        }
    }

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final World world;
    private final SimulatedJob job;
    private final Incarnation me;
    private final Machine machine;
    private final StoreWay way;
    private final Checkpoints checkpoints;
    private final SplittableRandom dice;
    private final NumberedSplit.Serializer serializer;
    private final VirtualIo io;
    private final Stores stores;
    private final LeaseKeeper keeper;
    private final LeasedSplitEnumerator<NumberedSplit, String> enumerator;

    /** Whether Flink gives restored splits to the enumerator, and not to readers. */
    private final boolean reassigns;

    private final Map<Integer, ReaderInfo> registered = new TreeMap<>();
    private final List<Sent> sent = new ArrayList<>();

    /** Attempts that run or are about to, by subtask. */
    private final TreeMap<Integer, Reader> attempts = new TreeMap<>();

    private final List<Reader> allAttempts = new ArrayList<>();

    /** What the states of attempts hold that Flink gives to the enumerator. */
    private final Map<Reader, Map<String, Held>> restored = new HashMap<>();

    private Optional<FoundSplits> source = Optional.empty();
    private boolean everJoined;
    private boolean over;

    ShippedEnumerator(World world, SimulatedJob job, Incarnation me, Snapshot from) {
        this.world = world;
        this.job = job;
        this.me = me;
        this.machine = world.machine(me.toString());
        this.dice = world.dice("enumerator " + me);
        this.way = new StoreWay(world, machine, me, job.terms());
        this.checkpoints = new Checkpoints(world, job, this, me.toString());
        this.serializer = new NumberedSplit.Serializer(job::canRead);
        this.io = new VirtualIo(machine, way);
        this.stores = Stores.of(io);
        this.keeper = world.rules.keeper(me, job.share(), job.terms(), machine.clock());
        job.remembered(machine.clock()).ifPresent(keeper::startsAfter);
        this.reassigns = world.dice("reassigns " + job.line()).nextBoolean();
        List<LeasedSplit<NumberedSplit>> withheld = new ArrayList<>();
        new TreeMap<>(from.withheld()).forEach((splitId, at) -> withheld.add(leased(splitId, at)));
        try {
            this.enumerator =
                    new LeasedSplitEnumerator<>(
                            new Context(),
                            context -> {
                                FoundSplits found = new FoundSplits(context, this::splitsSoFar);
                                source = Optional.of(found);
                                return found;
                            },
                            Optional.of(
                                    new LeasedEnumeratorState<>(
                                            "", withheld, List.of(), Optional.of(from.found()))),
                            serializer,
                            split -> "",
                            keeper,
                            new LeasedSplitEnumerator.Settings(
                                    job.terms(),
                                    stores,
                                    job.terms().readersTimeout(),
                                    Duration.ofDays(1),
                                    job.oneBehind(),
                                    false,
                                    RestoreRule.AUTO,
                                    false),
                            io::clock,
                            () -> io.clock() / NANOS_PER_MILLI,
                            new LeaseCounts(),
                            io);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where a new split starts is not the same for everybody who finds it. */
    private List<NumberedSplit> splitsSoFar() {
        return job.splitsSoFar().stream()
                .map(split -> new NumberedSplit(split.id(), dice.nextLong(20)))
                .toList();
    }

    private LeasedSplit<NumberedSplit> leased(String splitId, Held at) {
        return NumberedSplit.leased(splitId, at, at.position() >= job.length(splitId));
    }

    @Override
    public void start() {
        act(enumerator::start);
        discovers();
        for (int subtask = 0; subtask < job.parallelism(); subtask++) {
            startReader(subtask, dice.nextLong(2 * Scenario.SECOND));
        }
        checkpoints.begin();
    }

    private void discovers() {
        if (!over) {
            act(() -> source.ifPresent(FoundSplits::look));
            machine.after(7 * Scenario.SECOND, this::discovers);
        }
    }

    private void startReader(int subtask, long after) {
        machine.after(
                after,
                () -> {
                    if (!over && !job.readersGone()) {
                        Map<String, Held> state = job.completed().readers().get(subtask);
                        Reader reader =
                                new Reader(
                                        world,
                                        job,
                                        this,
                                        subtask,
                                        me.id() + "." + subtask + "." + allAttempts.size(),
                                        reassigns ? Map.of() : state);
                        restored.put(reader, reassigns ? state : Map.of());
                        allAttempts.add(reader);
                        attempts.put(subtask, reader);
                        reader.start();
                    }
                });
    }

    // ----------------------------------------------------------------- Flink's coordinator thread

    /** What fails a job in Flink fails it here; what must not be thrown at all goes through. */
    private void act(ThrowingRunnable<Exception> action) {
        if (over) {
            return;
        }
        try {
            action.run();
        } catch (FlinkRuntimeException e) {
            registered.clear();
            LostHistories.of(stores, World.GROUP, me.memberId())
                    .ifPresent(
                            lost ->
                                    job.remembers(
                                            lost.highestEpoch(),
                                            lost.quietUntil() - machine.clock()));
            job.failed(this, e.getMessage());
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        everJoined |= keeper.joined();
    }

    private final class Context implements SplitEnumeratorContext<LeasedSplit<NumberedSplit>> {

        @Override
        public SplitEnumeratorMetricGroup metricGroup() {
            return UnregisteredMetricsGroup.createSplitEnumeratorMetricGroup();
        }

        @Override
        public void sendEventToSourceReader(int subtask, SourceEvent event) {
            if (!registered.containsKey(subtask)) {
                throw new IllegalStateException("There is no reader for " + event);
            }
            send(attempts.get(subtask), (LeaseSourceEvent) event);
        }

        @Override
        public int currentParallelism() {
            return job.parallelism();
        }

        @Override
        public Map<Integer, ReaderInfo> registeredReaders() {
            return registered;
        }

        @Override
        public void assignSplits(SplitsAssignment<LeasedSplit<NumberedSplit>> assignment) {
            assignment
                    .assignment()
                    .forEach((subtask, splits) -> splits.forEach(split -> give(subtask, split)));
        }

        private void give(int subtask, LeasedSplit<NumberedSplit> split) {
            Reader reader = attempts.get(subtask);
            if (!split.grantedTo().equals(Optional.of(reader.name))) {
                throw new IllegalStateException(reader.name + " was given " + split);
            }
            sent.add(new Sent(subtask, split, checkpoints.lastId()));
            reader.toReader.send(() -> reader.assigned(split.leaseId(), NumberedSplit.held(split)));
        }

        @Override
        public void signalNoMoreSplits(int subtask) {
            throw new IllegalStateException("There may always be more splits.");
        }

        @Override
        public void runInCoordinatorThread(Runnable action) {
            if (over) {
                // Flink closes an enumerator on another thread, and this one goes on.
                action.run();
            } else if (!io.isLooking()) {
                machine.after(0, () -> act(action::run));
            }
        }

        @Override
        public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> void callAsync(
                Callable<T> callable,
                BiConsumer<T, Throwable> handler,
                long initialDelayMillis,
                long periodMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setIsProcessingBacklog(boolean isProcessingBacklog) {}
    }

    // ------------------------------------------------------------------------------ the readers

    private void send(Reader reader, LeaseSourceEvent event) {
        if (event instanceof GrantExtended grant) {
            Rules.Grant extended = new Rules.Grant(grant.askedAt(), grant.nanos(), machine.clock());
            reader.toReader.send(() -> reader.extended(extended));
        } else if (event instanceof FreezeRequested request) {
            new TreeMap<>(request.requests())
                    .forEach((id, number) -> reader.toReader.send(() -> reader.freeze(id, number)));
        } else if (event instanceof FreezeWithdrawn back) {
            each(back.splitIds(), id -> reader.toReader.send(() -> reader.goOn(id)));
        } else if (event instanceof StopRequested request) {
            stop(reader, request);
        } else if (event instanceof SplitsLetGo gone) {
            each(gone.splitIds(), id -> reader.toReader.send(() -> reader.letGo(id)));
        } else if (event instanceof FinishRecorded recorded) {
            each(recorded.splitIds(), id -> reader.toReader.send(() -> reader.forget(id)));
        } else if (event instanceof GrantWithdrawn) {
            reader.toReader.send(reader::withdrawn);
        } else if (!(event instanceof BarrierAhead)) {
            // BarrierAhead concerns idleness, which is not simulated.
            throw new IllegalStateException("A reader got " + event);
        }
    }

    /** In an order that is the same whenever a seed is run. */
    private static void each(Set<String> splitIds, Consumer<String> action) {
        new TreeSet<>(splitIds).forEach(action);
    }

    /** An event that gets lost fails the reader it was for, but not before others may arrive. */
    private void stop(Reader reader, StopRequested request) {
        if (world.calm() || dice.nextBoolean()) {
            new TreeMap<>(request.requests())
                    .forEach((id, number) -> reader.toReader.send(() -> reader.stop(id, number)));
        } else {
            machine.after(
                    dice.nextLong(40 * Scenario.SECOND),
                    () -> {
                        if (!over && attempts.get(reader.subtask) == reader) {
                            readerFails(reader, Scenario.SECOND);
                        }
                    });
        }
    }

    private boolean isCurrent(Reader reader) {
        return !over && attempts.get(reader.subtask) == reader;
    }

    @Override
    public void readerStarted(Reader reader, Map<String, Held> ofItsOwn) {
        if (!isCurrent(reader)) {
            return;
        }
        List<LeasedSplit<NumberedSplit>> reported = new ArrayList<>();
        new TreeMap<>(restored.get(reader))
                .forEach((splitId, at) -> reported.add(leased(splitId, at)));
        List<Position> positions = new ArrayList<>();
        ofItsOwn.forEach((splitId, at) -> positions.add(position(splitId, at)));
        registered.put(
                reader.subtask, ReaderInfo.createReaderInfo(reader.subtask, "here", reported));
        act(() -> enumerator.addReader(reader.subtask));
        tell(reader, new ReaderStarted(reader.name, positions));
        // It asks by events. What the process keeps for calls would outlive the run.
        GrantMailbox.inThisProcess().close(reader.name);
    }

    private void tell(Reader reader, LeaseSourceEvent event) {
        if (isCurrent(reader) && registered.containsKey(reader.subtask)) {
            act(() -> enumerator.handleSourceEvent(reader.subtask, event));
        }
    }

    private Position position(String splitId, Held at) {
        NumberedSplit split = new NumberedSplit(splitId, at.position());
        return new Position(
                splitId,
                at.epoch(),
                at.tenure(),
                at.position() >= job.length(splitId),
                serializer.serialize(split),
                serializer.getVersion(),
                split.toString());
    }

    @Override
    public void grantRequested(Reader reader, long askedAt) {
        tell(reader, new GrantRequested(reader.name, askedAt));
    }

    @Override
    public void stopped(Reader reader, long number) {
        tell(reader, new Stopped(reader.name, Set.of(number)));
    }

    @Override
    public void reported(Reader reader, long checkpointId, Reader.Report report) {
        List<Position> splits = new ArrayList<>();
        Map<String, Long> frozen = new TreeMap<>();
        report.current().forEach((splitId, at) -> splits.add(position(splitId, at)));
        report.finished().forEach((splitId, at) -> splits.add(position(splitId, at)));
        report.frozen()
                .forEach(
                        (splitId, at) -> {
                            splits.add(position(splitId, at.at()));
                            frozen.put(splitId, at.number());
                        });
        tell(reader, new Positions(reader.name, checkpointId, splits, frozen, Map.of()));
    }

    @Override
    public void readerFails(Reader reader, long restartsAfter) {
        reader.cutOff();
        machine.after(
                dice.nextLong(Scenario.SECOND),
                () -> {
                    if (isCurrent(reader)) {
                        int subtask = reader.subtask;
                        attempts.remove(subtask);
                        registered.remove(subtask);
                        checkpoints.abort();
                        act(() -> enumerator.addSplitsBack(notCheckpointed(subtask), subtask));
                        startReader(subtask, restartsAfter);
                    }
                });
    }

    /** What a subtask was sent since the checkpoint that it goes back to. */
    private List<LeasedSplit<NumberedSplit>> notCheckpointed(int subtask) {
        List<LeasedSplit<NumberedSplit>> splits =
                sent.stream()
                        .filter(it -> it.subtask() == subtask)
                        .filter(it -> it.afterCheckpoint() >= job.completed().id())
                        .map(Sent::split)
                        .toList();
        sent.removeIf(it -> it.subtask() == subtask);
        return splits;
    }

    // ------------------------------------------------------------------- checkpoints and the end

    @Override
    public Map<String, Held> withheld(long checkpointId) {
        Map<String, Held> withheld = new TreeMap<>();
        act(
                () ->
                        enumerator
                                .snapshotState(checkpointId)
                                .withheld()
                                .forEach(
                                        split ->
                                                withheld.put(
                                                        split.leaseId(),
                                                        NumberedSplit.held(split))));
        return withheld;
    }

    @Override
    public Set<String> found() {
        return keeper.found().orElse(Set.of());
    }

    @Override
    public void completed(long checkpointId) {
        act(() -> enumerator.notifyCheckpointComplete(checkpointId));
    }

    @Override
    public void close() {
        over = true;
        try {
            enumerator.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Incarnation me() {
        return me;
    }

    @Override
    public Machine machine() {
        return machine;
    }

    @Override
    public StoreWay way() {
        return way;
    }

    @Override
    public Checkpoints checkpoints() {
        return checkpoints;
    }

    @Override
    public boolean over() {
        return over;
    }

    @Override
    public boolean everJoined() {
        return everJoined;
    }

    @Override
    public boolean joined() {
        return keeper.joined();
    }

    @Override
    public boolean allReadersRun() {
        return registered.size() == job.parallelism();
    }

    @Override
    public Collection<Reader> readers() {
        return List.copyOf(attempts.values());
    }

    @Override
    public Collection<Reader> allAttempts() {
        return List.copyOf(allAttempts);
    }

    @Override
    public Optional<Reader> reader(int subtask) {
        return Optional.ofNullable(attempts.get(subtask));
    }
}
