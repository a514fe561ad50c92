package io.leasehold.simulation;

import io.leasehold.lease.model.Incarnation;
import io.leasehold.store.memory.MemoryLeaseTable;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Takes the table back, and sees who has not had an answer of it since. */
final class AfterTheTableWentBack {

    /** Longer than any lease is valid by the clock of its member, and any grant by its reader's. */
    private static final long LONGEST_VALIDITY = 13 * Scenario.SECOND;

    private static final long LONGEST_GRANT = 13 * Scenario.SECOND / 2;

    private final World world;
    private final Set<Incarnation> unaware = new HashSet<>();
    private Optional<MemoryLeaseTable.Copy> copy = Optional.empty();
    private long wentBackAt = Long.MAX_VALUE;
    private boolean noticed;

    AfterTheTableWentBack(World world) {
        this.world = world;
    }

    void keep(MemoryLeaseTable table) {
        copy = Optional.of(table.copy());
        world.write(new Fact.Copied(world.agenda.now()));
    }

    void goBack(MemoryLeaseTable table, Collection<SimulatedJob> jobs) {
        table.goBackTo(copy.orElseThrow());
        wentBackAt = world.agenda.now();
        world.write(new Fact.WentBack(wentBackAt));
        jobs.forEach(job -> job.incarnation().ifPresent(unaware::add));
        world.agenda.at(
                wentBackAt + LONGEST_VALIDITY,
                () -> {
                    unaware.clear();
                    look();
                });
        look();
    }

    /** An incarnation got an answer to what was carried out then. */
    void heard(Incarnation incarnation, long carriedOutAt) {
        if (carriedOutAt >= wentBackAt) {
            isOver(incarnation);
        }
    }

    void isOver(Incarnation incarnation) {
        if (unaware.remove(incarnation)) {
            look();
        }
    }

    private void look() {
        if (unaware.isEmpty() && !noticed) {
            noticed = true;
            world.agenda.at(
                    world.agenda.now() + LONGEST_GRANT,
                    () -> world.write(new Fact.Noticed(world.agenda.now())));
        }
    }
}
