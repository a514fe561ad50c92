package io.leasehold.source.enumerator;

import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.RestoreRule;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.OwnershipRequest;
import io.leasehold.lease.store.SplitRequest;
import io.leasehold.source.book.BookSettings;
import io.leasehold.source.event.LeaseSourceEvent;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantRequested;
import io.leasehold.source.event.LeaseSourceEvent.Position;
import io.leasehold.source.event.LeaseSourceEvent.Positions;
import io.leasehold.source.event.LeaseSourceEvent.ReaderStarted;
import io.leasehold.source.metrics.LeaseCounts;
import io.leasehold.source.split.LeasedSplit;
import io.leasehold.store.memory.MemoryLeaseTable;
import io.leasehold.testkit.ForwardingStore;
import io.leasehold.testkit.ReportedMetrics;
import io.leasehold.testkit.ScriptedMember;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.connector.testutils.source.reader.TestingSplitEnumeratorContext;
import org.apache.flink.core.testutils.ManuallyTriggeredScheduledExecutorService;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.apache.flink.runtime.metrics.groups.InternalSplitEnumeratorMetricGroup;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/** Enumerators on one thread, with a clock that moves only when told, over one lease table. */
abstract class EnumeratorRig {

    static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));
    static final Duration DENIED_TIMEOUT = Duration.ofMinutes(10);
    static final MemoryQueueSplit.Serializer SERIALIZER = new MemoryQueueSplit.Serializer();

    final MemoryLeaseTable table = new MemoryLeaseTable();
    long now = Long.MAX_VALUE - 5_000_000_000L;

    /** For how long the machine was suspended: the wall clock went on, the other stood still. */
    Duration suspended = Duration.ZERO;

    /** Another member, that does what a test says. */
    final ScriptedMember green =
            new ScriptedMember(table.open(), "orders", new Incarnation("green", "green-1"));

    /** Of the lives that begin from then on. */
    Share share = Share.of(1);

    /** Of the lives that begin from then on: a split is found when the reader it is for comes. */
    boolean bounded;

    /** Of the lives that begin from then on. */
    String memberId = "blue";

    /** Of the lives that begin from then on. */
    RestoreRule restore = RestoreRule.AUTO;

    /** Of the lives that begin from then on. */
    boolean dropsLost;

    /** Of the lives that begin from then on: the link to the leased sinks of the job. */
    Optional<String> linkId = Optional.empty();

    /** What the lives that begin from then on take for a split's bounds. */
    Function<MemoryQueueSplit, String> boundsOf = split -> "";

    /** What all lives hear instead of the table's answer; their requests do not arrive then. */
    Optional<LeaseStoreException> silence = Optional.empty();

    /** Run whenever an enumerator looks at the clock. */
    Runnable clockIsRead = () -> {};

    /** All that the wrapped enumerators were told, in that order. */
    final List<String> heard = new ArrayList<>();

    private int lives;

    static Position position(LeasedSplit<MemoryQueueSplit> split) {
        return new Position(
                split.leaseId(),
                split.epoch(),
                split.tenure(),
                split.finished(),
                SERIALIZER.serialize(split.inner()),
                SERIALIZER.getVersion(),
                "a position");
    }

    static Positions report(String readerId, long checkpointId, Position... splits) {
        return new Positions(readerId, checkpointId, List.of(splits), Map.of(), Map.of());
    }

    /** A job whose readers have these splits, and no other member is there. */
    Life reading(int readers, String... splits) {
        Life life = new Life(readers, Optional.empty(), splits);
        life.enumerator.start();
        life.settle();
        for (int subtask = 0; subtask < readers; subtask++) {
            life.reader(subtask, "r" + subtask);
        }
        life.pass(TERMS.renewInterval());
        assertThat(life.context.assigned.values().stream().mapToInt(List::size).sum())
                .isEqualTo(splits.length);
        return life;
    }

    void claim(Life life, String splitId, Claim.Kind kind) {
        if (green.open().member("green").isEmpty()) {
            green.joined();
        }
        assertThat(
                        ScriptedMember.applied(
                                green.send(
                                        new OwnershipRequest.Claim(
                                                "orders",
                                                green.self(),
                                                List.of(
                                                        new OwnershipRequest.Claim.Claimed(
                                                                splitId,
                                                                lease(splitId).version(),
                                                                kind))))))
                .containsExactly(splitId);
        life.pass(TERMS.renewInterval());
    }

    void withdraw(Life life, String splitId) {
        ScriptedMember.applied(
                green.send(
                        new OwnershipRequest.Withdraw("orders", green.self(), List.of(splitId))));
        life.pass(TERMS.renewInterval());
    }

    Lease lease(String splitId) {
        return green.lease(splitId);
    }

    Optional<String> owner(String splitId) {
        return lease(splitId).ownerId();
    }

    static String progressTakenBy(ScriptedMember member, String splitId) {
        return new String(member.progressOf(splitId).bytes(), StandardCharsets.UTF_8);
    }

    static <E extends LeaseSourceEvent> List<E> sent(Life life, Class<E> type) {
        return life.context.sent.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** As it was last assigned. */
    static LeasedSplit<MemoryQueueSplit> split(Life life, String splitId) {
        return life.context.assigned.values().stream()
                .flatMap(List::stream)
                .filter(split -> split.leaseId().equals(splitId))
                .max(Comparator.comparingLong(LeasedSplit::epoch))
                .orElseThrow();
    }

    static Position at(Life life, String splitId, int position) {
        return position(split(life, splitId).at(new MemoryQueueSplit(splitId, position, 100)));
    }

    static Positions frozen(
            String readerId, long checkpointId, Map<String, Long> requests, Position... splits) {
        return new Positions(readerId, checkpointId, List.of(splits), requests, Map.of());
    }

    /** One life of an enumerator. */
    final class Life {

        final Context context;

        /** All that was sent to the store. */
        final List<LeaseRequest<?>> requests = new ArrayList<>();

        final ManuallyTriggeredScheduledExecutorService io =
                new ManuallyTriggeredScheduledExecutorService();
        final Incarnation me = new Incarnation(memberId, memberId + "-" + lives++);
        final LeasedSplitEnumerator<MemoryQueueSplit, String> enumerator;

        Life(
                int parallelism,
                Optional<LeasedEnumeratorState<MemoryQueueSplit, String>> restored,
                String... found) {
            context = new Context(parallelism);
            LeaseKeeper keeper = new LeaseKeeper("orders", me, share, "a test", TERMS, now);
            Optional<OutputLink> output =
                    linkId.map(
                            link ->
                                    OutputLink.of(
                                            link,
                                            "orders",
                                            me,
                                            keeper,
                                            restored.flatMap(LeasedEnumeratorState::output)));
            try {
                enumerator =
                        new LeasedSplitEnumerator<>(
                                context,
                                inner ->
                                        bounded
                                                ? new BoundedFinder(inner, List.of(found), heard)
                                                : new Finder(inner, List.of(found), heard),
                                restored,
                                SERIALIZER,
                                boundsOf,
                                keeper,
                                new LeasedSplitEnumerator.Settings(
                                        new BookSettings(
                                                TERMS,
                                                Duration.ofMinutes(1),
                                                true,
                                                bounded,
                                                restore,
                                                dropsLost),
                                        timeout -> noting(table.open()),
                                        DENIED_TIMEOUT,
                                        output),
                                () -> {
                                    clockIsRead.run();
                                    return now;
                                },
                                () -> now / 1_000_000 + suspended.toMillis(),
                                new LeaseCounts(),
                                io);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private LeaseStore noting(LeaseStore store) {
            return new ForwardingStore(store) {
                @Override
                public <A> LeaseOutcome<A> ask(LeaseRequest<A> request) {
                    requests.add(request);
                    return silence.isPresent()
                            ? new LeaseOutcome.Unknown<>(silence.get())
                            : super.ask(request);
                }
            };
        }

        /** A reader attempt of which Flink says nothing was restored. */
        void register(int subtask) {
            register(subtask, List.of());
        }

        /** A reader attempt that has not started yet, and what its state holds. */
        void register(int subtask, List<LeasedSplit<MemoryQueueSplit>> restored) {
            context.registered.put(subtask, ReaderInfo.createReaderInfo(subtask, "here", restored));
            enumerator.addReader(subtask);
        }

        /** A reader attempt that Flink restored nothing for. */
        void reader(int subtask, String readerId) {
            reader(subtask, readerId, List.of());
        }

        /** A reader attempt, and what its state holds. */
        void reader(int subtask, String readerId, List<LeasedSplit<MemoryQueueSplit>> restored) {
            register(subtask, restored);
            enumerator.handleSourceEvent(subtask, new ReaderStarted(readerId, List.of()));
        }

        /**
         * A reader attempt fails that was assigned nothing since the checkpoint it goes back to.
         */
        void gone(int subtask) {
            gone(subtask, List.of());
        }

        /**
         * @param uncheckpointed what it was assigned since the checkpoint that it goes back to
         */
        void gone(int subtask, List<LeasedSplit<MemoryQueueSplit>> uncheckpointed) {
            context.registered.remove(subtask);
            enumerator.addSplitsBack(uncheckpointed, subtask);
        }

        /** Whether a reader that asks now is granted to emit. */
        boolean grants(int subtask, String readerId) {
            context.sent.clear();
            enumerator.handleSourceEvent(subtask, new GrantRequested(readerId, now));
            return context.sent.stream().anyMatch(GrantExtended.class::isInstance);
        }

        void checkpoint(long id, Positions of) throws Exception {
            enumerator.snapshotState(id);
            enumerator.handleSourceEvent(0, of);
            enumerator.notifyCheckpointComplete(id);
            settle();
        }

        /** Lets everything happen that can happen now. */
        void settle() {
            while (io.numQueuedRunnables() + context.getExecutorService().numQueuedRunnables()
                    > 0) {
                io.triggerAll();
                context.triggerAllActions();
            }
        }

        void pass(Duration time) {
            for (int i = 0; i < 100; i++) {
                now += time.toNanos() / 100;
                io.triggerNonPeriodicScheduledTasks();
                settle();
            }
        }

        /** As Flink does it: on another thread, while the coordinator's goes on. */
        void close() {
            context.goesOn = true;
            try {
                enumerator.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            io.triggerAll();
        }

        /** A metric of the enumerator as it is reported. */
        long shown(String metric) {
            return context.reported.value("enumerator.leasehold." + metric);
        }

        Member row() {
            return table.open()
                    .ask(new MembershipRequest.Open("orders"))
                    .<Optional<Member>>match(
                            membership -> membership.member("blue"), no -> none(), e -> none())
                    .orElseThrow();
        }

        boolean finished(String splitId) {
            return table.open()
                    .ask(new SplitRequest.Read("orders", 0))
                    .<Boolean>match(
                            changes ->
                                    changes.leases().stream()
                                            .anyMatch(
                                                    lease ->
                                                            lease.splitId().equals(splitId)
                                                                    && lease.finished()),
                            no -> fail(no),
                            e -> fail(e));
        }

        private static Optional<Member> none() {
            return Optional.empty();
        }
    }

    /** Flink's side: notes what is sent, and can be interrupted as another thread would do. */
    static final class Context
            extends TestingSplitEnumeratorContext<LeasedSplit<MemoryQueueSplit>> {

        final Map<Integer, ReaderInfo> registered = new TreeMap<>();
        final Map<Integer, List<LeasedSplit<MemoryQueueSplit>>> assigned = new TreeMap<>();
        final List<SourceEvent> sent = new ArrayList<>();
        final Set<Integer> toldNoMore = new TreeSet<>();
        final ReportedMetrics reported = new ReportedMetrics();
        Runnable interruption = () -> {};

        /** Whether the coordinator thread does at once what it is given. */
        boolean goesOn;

        Context(int parallelism) {
            super(parallelism);
        }

        @Override
        public SplitEnumeratorMetricGroup metricGroup() {
            return new InternalSplitEnumeratorMetricGroup(reported.root());
        }

        @Override
        public Map<Integer, ReaderInfo> registeredReaders() {
            interruption.run();
            return registered;
        }

        @Override
        public void runInCoordinatorThread(Runnable action) {
            super.runInCoordinatorThread(action);
            if (goesOn) {
                triggerAllActions();
            }
        }

        @Override
        public void assignSplits(SplitsAssignment<LeasedSplit<MemoryQueueSplit>> assignment) {
            assignment
                    .assignment()
                    .forEach(
                            (subtask, splits) ->
                                    assigned.computeIfAbsent(subtask, none -> new ArrayList<>())
                                            .addAll(splits));
        }

        @Override
        public void sendEventToSourceReader(int subtask, SourceEvent event) {
            sent.add(event);
        }

        @Override
        public void signalNoMoreSplits(int subtask) {
            toldNoMore.add(subtask);
        }
    }

    /** Finds the same splits in each of its lives, at once. */
    private static class Finder implements SplitEnumerator<MemoryQueueSplit, String> {

        final SplitEnumeratorContext<MemoryQueueSplit> context;
        final List<String> splits;
        final List<String> heard;

        Finder(
                SplitEnumeratorContext<MemoryQueueSplit> context,
                List<String> splits,
                List<String> heard) {
            this.context = context;
            this.splits = splits;
            this.heard = heard;
        }

        @Override
        public void start() {
            heard.add("start");
            splits.forEach(id -> found(id, 0));
        }

        final void found(String id, int subtask) {
            context.assignSplit(new MemoryQueueSplit(id, 0, 100), subtask);
        }

        @Override
        public void handleSplitRequest(int subtask, String requesterHostname) {
            heard.add("handleSplitRequest " + subtask + " " + requesterHostname);
        }

        @Override
        public void addSplitsBack(List<MemoryQueueSplit> back, int subtask) {
            heard.add("addSplitsBack " + subtask + " " + back);
        }

        @Override
        public void addReader(int subtask) {
            heard.add("addReader " + subtask);
        }

        @Override
        public void handleSourceEvent(int subtask, SourceEvent event) {
            heard.add("event " + subtask + " " + event);
        }

        @Override
        public String snapshotState(long checkpointId) {
            heard.add("snapshotState " + checkpointId);
            return "state " + checkpointId;
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            heard.add("complete " + checkpointId);
        }

        @Override
        public void notifyCheckpointAborted(long checkpointId) {
            heard.add("aborted " + checkpointId);
        }

        @Override
        public void close() {
            heard.add("close");
        }
    }

    /** One split for each subtask, found when its reader is there, and then no more: as Kafka's. */
    private static final class BoundedFinder extends Finder {

        BoundedFinder(
                SplitEnumeratorContext<MemoryQueueSplit> context,
                List<String> splits,
                List<String> heard) {
            super(context, splits, heard);
        }

        @Override
        public void start() {}

        @Override
        public void addReader(int subtask) {
            if (subtask < splits.size()) {
                found(splits.get(subtask), subtask);
            }
            context.signalNoMoreSplits(subtask);
        }
    }
}
