package io.leasehold.job.bench.tick;

import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.member.LeaseKeeper;
import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.Progress;
import io.leasehold.lease.model.Share;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.OwnershipRequest.Recorded;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The only member of a group, one life after the other: its real keeper, driven on one thread as an
 * enumerator would. Where the keeper would wait, its clock skips what it waits for; so what is
 * timed is work, and no waiting.
 */
final class LeasedMember {

    private static final String GROUP = "orders";

    private final LeaseTerms terms;
    private final List<String> splits;

    /** Epochs of the splits that it holds. */
    private final Map<String, Long> held = new HashMap<>();

    private LeaseKeeper keeper;
    private long skipped;
    private long checkpoint;
    private int requests;
    private int unanswered;

    LeasedMember(LeaseTerms terms, int splits) {
        this.terms = terms;
        this.splits = IntStream.range(0, splits).mapToObj(LeasedMember::name).toList();
    }

    /** As a partition of a topic is named. */
    static String name(int split) {
        return "orders-%06d".formatted(split);
    }

    /** As the position of such a partition is written: in some 60 bytes. */
    static Progress position(String split, long offset, long checkpoint) {
        String text = "{topic=orders, partition=%s, offset=%d}".formatted(split, offset);
        return new Progress(text.getBytes(StandardCharsets.UTF_8), 1, text, checkpoint);
    }

    /** How many requests got no answer in time, over all its lives. */
    int unanswered() {
        return unanswered;
    }

    /** The first life: makes the rows. It ends at once. */
    void discover(LeaseStore store) {
        join(store);
        keeper.splits()
                .discovered(
                        splits.stream()
                                .map(split -> new NewSplit(split, Set.of(), position(split, 0, 0)))
                                .toList());
        work(store);
        end(store);
    }

    /** The next life, up to where it is in the table. */
    void join(LeaseStore store) {
        begin();
        while (!keeper.joined()) {
            workWhenDue(store);
        }
    }

    /** Reads the rows, plans, and acquires all. */
    void acquireAll(LeaseStore store) {
        keeper.stateIsKnown();
        work(store);
        while (held.size() < splits.size() || !keeper.settled()) {
            workWhenDue(store);
        }
    }

    /** Does what is due at the next renewal; returns how many requests that took. */
    int tick(LeaseStore store) {
        int before = requests;
        workWhenDue(store);
        return requests - before;
    }

    /** Positions of another checkpoint: each split further than before. */
    List<Recorded> checkpoint() {
        checkpoint++;
        List<Recorded> all = new ArrayList<>(splits.size());
        for (String split : splits) {
            all.add(
                    new Recorded(
                            split,
                            held.get(split),
                            position(split, checkpoint * 1_000, checkpoint)));
        }
        return all;
    }

    /** That checkpoint is complete. */
    void completed(List<Recorded> checkpoint, LeaseStore store) {
        keeper.splits().progressed(checkpoint);
        work(store);
    }

    void end(LeaseStore store) {
        keeper.close(Duration.ZERO, now()).forEach(last -> store.ask(last));
        held.clear();
    }

    private void begin() {
        keeper =
                new LeaseKeeper(
                        GROUP,
                        new Incarnation("blue", UUID.randomUUID().toString()),
                        Share.of(1),
                        "a benchmark",
                        terms,
                        now());
    }

    private long now() {
        return System.nanoTime() + skipped;
    }

    private void workWhenDue(LeaseStore store) {
        long now = now();
        skipped += Math.max(0, keeper.wakeAt(now) - now);
        work(store);
    }

    private void work(LeaseStore store) {
        Optional<LeaseStep<?>> step = keeper.next(now());
        while (step.isPresent()) {
            long sentAt = now();
            LeaseStep.Answer<?> answer = step.get().sendTo(store);
            requests++;
            unanswered += answer.outcome() instanceof LeaseOutcome.Unknown ? 1 : 0;
            keeper.answered(answer, sentAt, now()).forEach(this::learn);
            step = keeper.next(now());
        }
    }

    private void learn(LeaseEvent event) {
        if (event instanceof LeaseEvent.Acquired acquired) {
            held.put(acquired.lease().splitId(), acquired.lease().epoch());
        } else if (event instanceof LeaseEvent.Lost || event instanceof LeaseEvent.ClosedByOthers) {
            throw new AssertionError("The only member of its group lost something: " + event);
        }
    }
}
