package io.leasehold.exploration;

import io.leasehold.exploration.Choice.Kind;
import io.leasehold.exploration.Life.Mode;
import io.leasehold.exploration.Reading.State;
import io.leasehold.exploration.Violation.Promise;
import io.leasehold.lease.model.Claim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How a state goes on when nothing goes wrong any more: L1 and L2. No checkpoint completes from
 * then on, so that a claim that stands must end by force.
 */
final class Calm {

    private static final Duration LONG = Duration.ofMinutes(1);

    /** More than anybody sends in that time, unless somebody sends without end. */
    private static final int MANY = 400;

    private final Fingerprint fingerprints;
    private final Numbers comeToRest = new Numbers();

    Calm(Fingerprint fingerprints) {
        this.fingerprints = fingerprints;
    }

    /**
     * @throws Violation if a claim stands, or a split has no reader, after long enough; or if
     *     another promise is broken on the way there
     */
    void judge(World world) {
        World from = pardoned(world);
        List<Choice> choices = new ArrayList<>();
        try {
            goOn(from, choices);
        } catch (Violation broken) {
            throw broken.after("From here on nothing goes wrong.\n" + from.story(choices));
        }
    }

    private void goOn(World from, List<Choice> choices) {
        List<Long> onTheWay = new ArrayList<>();
        World at = from;
        while (!isAtRest(at)) {
            long fingerprint = at.fingerprint(fingerprints);
            if (comeToRest.has(fingerprint)) {
                break;
            }
            onTheWay.add(fingerprint);
            if (at.now() - from.now() > LONG.toNanos() || choices.size() > MANY) {
                throw new Violation(
                        Promise.L1_L2_COMES_TO_REST,
                        "it does not come to rest; the leases are " + at.table().rows().values());
            }
            choices.add(next(at));
            at = at.after(next(at));
        }
        onTheWay.forEach(comeToRest::add);
    }

    /** Everybody reaches everybody; what was under way is lost. If all are gone, one starts. */
    private static World pardoned(World world) {
        World at =
                new World(
                        world.setting(),
                        Allowance.NOTHING,
                        world.now(),
                        world.table(),
                        world.seats(),
                        world.former(),
                        Optional.empty(),
                        world.frozen());
        for (int seat = 0; seat < at.seats().size(); seat++) {
            Optional<Life> life = at.seats().get(seat);
            if (life.filter(it -> it.is(Mode.CUT_OFF)).isPresent()) {
                at = at.after(Choice.of(Kind.WAY_IS_UP, seat));
            } else if (life.filter(it -> it.is(Mode.PAUSED)).isPresent()) {
                at = at.after(Choice.of(Kind.GOES_ON, seat));
            }
        }
        return at.living().findAny().isPresent() ? at : at.after(Choice.of(Kind.STARTS, 0));
    }

    private static Choice next(World world) {
        if (world.living().findAny().isEmpty()) {
            return Choice.of(Kind.STARTS, 0);
        }
        return IntStream.range(0, world.seats().size())
                .filter(
                        seat ->
                                world.seats()
                                        .get(seat)
                                        .filter(life -> life.isDue(world.now()))
                                        .isPresent())
                .mapToObj(seat -> Choice.of(Kind.STEP, seat))
                .findFirst()
                .orElse(Choice.TIME);
    }

    private static boolean isAtRest(World world) {
        return world.table().rows().size() == world.setting().splits()
                && world.table().rows().values().stream()
                        .allMatch(
                                row ->
                                        row.lease()
                                                        .claim()
                                                        .filter(claim -> stands(world, claim))
                                                        .isEmpty()
                                                && world.living()
                                                        .filter(
                                                                life ->
                                                                        row.lease()
                                                                                .ownedBy(life.me))
                                                        .anyMatch(life -> reads(world, life, row)));
    }

    /** What one has claimed that is gone stays in the row, and is nobody's. */
    private static boolean stands(World world, Claim claim) {
        return world.living().anyMatch(life -> life.me.memberId().equals(claim.claimant()));
    }

    private static boolean reads(World world, Life life, Table.Row row) {
        Reading reading = life.readings().get(row.lease().splitId());
        return reading != null
                && reading.epoch() == row.lease().epoch()
                && reading.state() == State.READS
                && reading.mayEmit(world.now());
    }
}
