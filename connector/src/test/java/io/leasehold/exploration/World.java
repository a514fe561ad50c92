package io.leasehold.exploration;

import io.leasehold.exploration.Choice.Kind;
import io.leasehold.exploration.Life.Mode;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.MembershipRequest;
import io.leasehold.lease.store.SplitRequest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One state: all members, the table, and what is under way between them. It is never changed; what
 * is the same in the next one is shared with that.
 *
 * @param left what may still go wrong
 * @param seats the last incarnation of each member, once it has started
 * @param former earlier incarnations, whose readers may still emit
 * @param stray a request that arrives when nobody waits for it any more
 * @param frozen which epoch of a split came to its end in a completed checkpoint
 */
record World(
        Setting setting,
        Allowance left,
        long now,
        Table table,
        List<Optional<Life>> seats,
        List<Life> former,
        Optional<LeaseRequest<?>> stray,
        Map<String, Long> frozen) {

    /** Longer than anything that is waited for. No longer than that: what is in it counts. */
    static final long HORIZON = Duration.ofMillis(270).toNanos();

    private static final int LONGEST_STORY = 20_000;
    private static final long BEGINNING = Duration.ofMinutes(1).toNanos();

    /** The table is empty, and nobody has started. */
    private static World empty(Setting setting) {
        return new World(
                setting,
                Allowance.NOTHING,
                BEGINNING,
                new Table(),
                Stream.generate(Optional::<Life>empty).limit(setting.members()).toList(),
                List.of(),
                Optional.empty(),
                Map.of());
    }

    /** The first member has everything, for long. */
    static World settled(Setting setting) {
        World world = empty(setting).after(Choice.of(Kind.STARTS, 0));
        while (world.now() - BEGINNING < 2 * HORIZON || world.anyoneIsDue()) {
            world = world.after(world.anyoneIsDue() ? Choice.of(Kind.STEP, 0) : Choice.TIME);
        }
        return world.with(setting.allowance());
    }

    /** The same, in which other things may still go wrong. */
    private World with(Allowance other) {
        return new World(setting, other, now, table, seats, former, stray, frozen);
    }

    Stream<Life> living() {
        return seats.stream().flatMap(Optional::stream).filter(life -> !life.is(Mode.GONE));
    }

    Stream<Life> all() {
        return Stream.concat(seats.stream().flatMap(Optional::stream), former.stream());
    }

    boolean anyoneIsDue() {
        return living().anyMatch(life -> life.isDue(now));
    }

    World after(Choice choice) {
        return new Next(this).world(choice);
    }

    /** The same for states with the same future. */
    long identity(Fingerprint fingerprint) {
        return Series.mixed(fingerprint(fingerprint) + left.number());
    }

    /** The same for states that differ by how long ago, and how often, something happened. */
    long fingerprint(Fingerprint fingerprint) {
        List<Dump> parts = new ArrayList<>();
        Dump own = new Dump().add(seats.size());
        parts.add(table.dump());
        for (Optional<Life> seat : seats) {
            own.add(seat.isPresent());
            seat.ifPresent(life -> life.addTo(own, parts));
        }
        own.add(former.size());
        former.forEach(life -> life.addTo(own, parts));
        parts.add(own.add(stray).addEpochs(frozen));
        return fingerprint.of(now, parts);
    }

    // ---------------------------------------------------------------------- what may happen next

    List<Choice> choices() {
        List<Choice> choices = new ArrayList<>();
        for (int seat = 0; seat < seats.size(); seat++) {
            Optional<Life> life = seats.get(seat);
            if (life.isEmpty() || (life.get().is(Mode.GONE) && left.restarts() > 0)) {
                choices.add(Choice.of(Kind.STARTS, seat));
            } else if (!life.get().is(Mode.GONE)) {
                of(life.get(), seat, choices);
            }
        }
        if (stray.isPresent()) {
            choices.add(Choice.of(Kind.STRAY, -1));
        }
        if (!anyoneIsDue() && living().findAny().isPresent()) {
            choices.add(Choice.TIME);
        }
        return choices;
    }

    private void of(Life life, int seat, List<Choice> choices) {
        if (life.is(Mode.PAUSED)) {
            choices.add(Choice.of(Kind.GOES_ON, seat));
        }
        if (life.is(Mode.CUT_OFF)) {
            choices.add(Choice.of(Kind.WAY_IS_UP, seat));
        }
        if (life.isDue(now)) {
            steps(life, seat, choices);
        }
        for (String splitId : life.readings().keySet()) {
            if (life.mayFreeze(splitId)) {
                choices.add(new Choice(Kind.FREEZES, seat, splitId));
            }
        }
        if (left.orders() > 0) {
            choices.add(Choice.of(Kind.IS_ORDERED, seat));
        }
    }

    /**
     * Who is not due does nothing but give grants until it is. If it ends then and not before, it
     * has given more of them, and the others see the same.
     */
    private void steps(Life life, int seat, List<Choice> choices) {
        if (life.is(Mode.CUT_OFF)) {
            choices.add(Choice.of(Kind.STILL_LOST, seat));
        } else {
            choices.add(Choice.of(Kind.STEP, seat));
            if (left.mayFail()) {
                LeaseRequest<?> request = life.wants();
                if (!isRead(request)) {
                    choices.add(Choice.of(Kind.ANSWER_LOST, seat));
                    if (left.delays() > 0 && stray.isEmpty()) {
                        choices.add(Choice.of(Kind.DELAYED, seat));
                    }
                }
                choices.add(Choice.of(Kind.REQUEST_LOST, seat));
                choices.add(Choice.of(Kind.PAUSES, seat));
            }
        }
        if (left.mayFail()) {
            choices.add(Choice.of(Kind.CRASHES, seat));
        }
        if (left.closes() > 0) {
            choices.add(Choice.of(Kind.CLOSES, seat));
        }
    }

    /** Whether it is the same if it does not arrive, and if its answer does not. */
    static boolean isRead(LeaseRequest<?> request) {
        return request instanceof SplitRequest.Read || request instanceof MembershipRequest.Open;
    }

    /** What happens in these choices, for people; the last may break a promise. */
    String story(List<Choice> choices) {
        StringBuilder story = new StringBuilder();
        World world = this;
        for (Choice choice : choices) {
            story.append(world.told(choice)).append('\n');
            if (story.length() > LONGEST_STORY) {
                return story.append("and so on\n").toString();
            }
            try {
                world = world.after(choice);
            } catch (Violation broken) {
                break;
            }
        }
        return story.toString();
    }

    private String told(Choice choice) {
        Optional<LeaseRequest<?>> request =
                choice.kind() == Kind.STRAY ? stray : life(choice.seat()).map(Life::wants);
        return "%6.2f s  %s %s%s"
                .formatted(
                        (now - BEGINNING) / 1e9,
                        choice.seat() < 0 ? "-" : Setting.memberId(choice.seat()),
                        choice.kind().text.formatted(request.map(World::told).orElse("")),
                        choice.splitId().isEmpty() ? "" : " in " + choice.splitId());
    }

    private Optional<Life> life(int seat) {
        return seat < 0 ? Optional.empty() : seats.get(seat).filter(life -> life.isDue(now));
    }

    private static String told(LeaseRequest<?> request) {
        return request.toString().replace("group=" + Table.GROUP + ", ", "");
    }
}
