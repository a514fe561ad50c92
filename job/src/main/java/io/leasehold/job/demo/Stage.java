package io.leasehold.job.demo;

import io.leasehold.job.JobOptions;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Orders;
import io.leasehold.option.Option;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What a scenario is played on: it starts and ends members, gives them orders as an operator would,
 * lets time pass, and looks who holds what. For one thread.
 */
final class Stage {

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration REACHED_WITHIN = Duration.ofSeconds(120);
    private static final Duration DELIVERED_WITHIN =
            DemoSettings.TRANSACTION_TIMEOUT_OF_THE_KILLED.plusSeconds(75);

    /** How members are started, but for who they are. */
    interface Start {
        MemberProcess start(String memberId, String folder, Map<Option<?>, String> options)
                throws IOException;
    }

    private final DemoSettings settings;
    private final Screen screen;
    private final LeaseTableView table;
    private final Members members;
    private final NumberedRecords records;
    private final EmittedPerSplit committed;
    private final LiveMap map;
    private final CheckpointWatch checkpoints;
    private final Start starter;
    private final Map<String, Integer> lives = new HashMap<>();

    /** Who was there before a member was started again. */
    private final Map<String, Incarnation> replaced = new HashMap<>();

    private final Map<String, Orders> orders = new HashMap<>();
    private Optional<Long> startedAtMillis = Optional.empty();
    private int produced;

    /** Never counted down: to wait on it is to let time pass, and an interrupt ends it. */
    private final CountDownLatch never = new CountDownLatch(1);

    Stage(
            DemoSettings settings,
            Screen screen,
            LeaseTableView table,
            Members members,
            NumberedRecords records,
            EmittedPerSplit committed,
            LiveMap map,
            CheckpointWatch checkpoints,
            Start starter) {
        this.settings = settings;
        this.screen = screen;
        this.table = table;
        this.members = members;
        this.records = records;
        this.committed = committed;
        this.map = map;
        this.checkpoints = checkpoints;
        this.starter = starter;
    }

    DemoSettings settings() {
        return settings;
    }

    void say(String line) {
        screen.say(line);
    }

    /** Who holds what, as of the last look. */
    Ownership ownership() {
        return map.ownership();
    }

    // ------------------------------------------------------------------------------- members

    /** Starts a member, in a JVM of its own; it may have been there before. */
    void start(String memberId, Map<Option<?>, String> options) {
        row(memberId).ifPresent(before -> replaced.put(memberId, before.incarnation()));
        int life = lives.merge(memberId, 1, Integer::sum);
        Map<Option<?>, String> all = new HashMap<>(options);
        members.lastCheckpoint(memberId)
                .ifPresent(path -> all.put(JobOptions.RESTORE_FROM, path.toUri().toString()));
        try {
            members.started(
                    starter.start(memberId, life == 1 ? memberId : memberId + "-" + life, all));
        } catch (IOException e) {
            throw new UncheckedIOException("The job %s did not start".formatted(memberId), e);
        }
    }

    /** Ends a member with SIGKILL. */
    void kill(String memberId) {
        checkpoints.look();
        members.get(memberId).kill();
        members.ended(memberId, "killed");
    }

    /** Cancels a member's job in order, and waits until it has ended. */
    void stop(String memberId) {
        checkpoints.look();
        members.get(memberId).close();
        members.ended(memberId, "stopped");
    }

    void weight(String memberId, int weight) {
        order(memberId, new Orders(ordersOf(memberId).drain(), OptionalInt.of(weight)));
    }

    /** Orders a member to give all away, and waits until it may be stopped by any means. */
    void drain(String memberId) throws InterruptedException {
        order(memberId, new Orders(true, ordersOf(memberId).weight()));
        require(
                "draining " + memberId,
                () ->
                        ownership().heldBy(memberId).isEmpty()
                                && row(memberId)
                                        .filter(it -> it.state() == MemberState.DRAINED)
                                        .isPresent());
    }

    void undrain(String memberId) {
        order(memberId, new Orders(false, ordersOf(memberId).weight()));
    }

    private Orders ordersOf(String memberId) {
        return orders.getOrDefault(memberId, Orders.NONE);
    }

    private void order(String memberId, Orders ordered) {
        orders.put(memberId, ordered);
        table.order(memberId, ordered);
    }

    private Optional<Member> row(String memberId) {
        return Optional.ofNullable(ownership().members().get(memberId));
    }

    /** Waits until what was started last of a member takes part in the group. */
    void requireThere(String memberId) throws InterruptedException {
        require(
                "starting " + memberId,
                () ->
                        row(memberId)
                                .filter(it -> it.state() != MemberState.CLOSED)
                                .filter(it -> !it.incarnation().equals(replaced.get(memberId)))
                                .isPresent());
    }

    /** Waits until each of these has its part of all splits. */
    void requireShared(List<String> memberIds) throws InterruptedException {
        int least = DemoSettings.SPLITS / memberIds.size();
        require(
                "sharing the splits",
                () -> memberIds.stream().allMatch(it -> ownership().heldBy(it).size() >= least));
    }

    /** Waits until each of these members holds so many splits. */
    void requireHeld(String doing, Map<String, Integer> splits) throws InterruptedException {
        require(
                doing,
                () ->
                        splits.entrySet().stream()
                                .allMatch(
                                        it ->
                                                ownership().heldBy(it.getKey()).size()
                                                        == it.getValue()));
    }

    // ------------------------------------------------------------------------------- records

    /** Begins to generate records. */
    void generate() {
        startedAtMillis = Optional.of(System.currentTimeMillis());
        records.start();
    }

    /** When that was, in milliseconds since 1970. */
    long startedAtMillis() {
        return startedAtMillis.orElseThrow();
    }

    /** Ends that, and waits, for a while, until all have arrived. */
    void deliver() throws InterruptedException {
        produced = Math.toIntExact(records.stop());
        boolean delivered =
                waitUntil(
                        DELIVERED_WITHIN,
                        "generator stopped, waiting for the rest",
                        () -> committed.distinct() >= produced);
        screen.keepPicture();
        if (!delivered) {
            say(
                    "Not everything arrived within %s s; auditing what did."
                            .formatted(DELIVERED_WITHIN.toSeconds()));
        }
    }

    /** How many were generated. */
    int produced() {
        return produced;
    }

    // ------------------------------------------------------------------------------- time

    void letPass(Duration time, String doing) throws InterruptedException {
        waitUntil(time, doing, () -> false);
    }

    /** Lets records be generated until that has lasted for as long as it should. */
    void letPassTheRest(String doing) throws InterruptedException {
        long lasted = System.currentTimeMillis() - startedAtMillis();
        letPass(
                settings.length().minusMillis(Math.min(lasted, settings.length().toMillis())),
                doing);
    }

    private void require(String doing, BooleanSupplier condition) throws InterruptedException {
        if (!waitUntil(REACHED_WITHIN, doing, condition)) {
            throw new DemoFailedException(
                    "%s: that did not come about within %s s. The ends of the logs:%n%s"
                            .formatted(doing, REACHED_WITHIN.toSeconds(), members.lastLines()));
        }
    }

    /**
     * Shows the map until a condition holds or the time is over.
     *
     * @return whether the condition holds
     * @throws DemoFailedException if a member ends by itself
     */
    private boolean waitUntil(Duration within, String doing, BooleanSupplier condition)
            throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            map.refresh(doing);
            if (condition.getAsBoolean()) {
                return true;
            }
            long left = within.toNanos() - (System.nanoTime() - start);
            if (left <= 0) {
                return false;
            }
            never.await(Math.min(left, LOOK_EVERY.toNanos()), TimeUnit.NANOSECONDS);
        }
    }
}
