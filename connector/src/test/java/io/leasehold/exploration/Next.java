package io.leasehold.exploration;

import io.leasehold.exploration.Life.Mode;
import io.leasehold.lease.member.LeaseEvent;
import io.leasehold.lease.member.LeaseStep;
import io.leasehold.lease.model.Orders;
import io.leasehold.lease.store.LeaseOutcome;
import io.leasehold.lease.store.LeaseRequest;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.OperatorRequest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** The state that a choice leads to, while it is being made. */
final class Next {

    private static final LeaseStoreException NO_ANSWER =
            new LeaseStoreException("No answer.", LeaseStoreException.Kind.UNREACHABLE, null);
    private static final Orders STAND_BY = new Orders(false, OptionalInt.of(0));
    private static final long TICK = Conduct.TERMS.renewInterval().toNanos();

    private final World before;
    private final Conduct conduct;
    private final List<Optional<Life>> seats;
    private final List<Life> former;
    private Allowance left;
    private long now;
    private Table table;
    private Optional<LeaseRequest<?>> stray;
    private Map<String, Long> frozen;

    Next(World before) {
        this.before = before;
        this.conduct = before.setting().conduct();
        this.seats = new ArrayList<>(before.seats());
        this.former = new ArrayList<>(before.former());
        this.left = before.left();
        this.now = before.now();
        this.table = before.table();
        this.stray = before.stray();
        this.frozen = before.frozen();
    }

    /**
     * @throws Violation if that breaks a promise
     */
    World world(Choice choice) {
        int seat = choice.seat();
        switch (choice.kind()) {
            case STARTS -> starts(seat);
            case STEP -> steps(twin(seat));
            case ANSWER_LOST -> answerLost(twin(seat));
            case REQUEST_LOST -> {
                left = left.fault();
                Life life = twin(seat);
                life.turns(Mode.CUT_OFF);
                unanswered(life, life.asked(now));
            }
            case STILL_LOST -> {
                Life life = twin(seat);
                unanswered(life, life.asked(now));
            }
            case DELAYED -> delayed(twin(seat));
            case WAY_IS_UP, GOES_ON -> twin(seat).turns(Mode.RUNS);
            case PAUSES -> {
                left = left.fault();
                twin(seat).turns(Mode.PAUSED);
            }
            case CRASHES -> {
                left = left.fault();
                twin(seat).isOver();
            }
            case CLOSES -> closes(twin(seat));
            case FREEZES -> freezes(twin(seat), choice.splitId());
            case STRAY -> {
                LeaseRequest<?> request = stray.orElseThrow();
                stray = Optional.empty();
                carryOut(request);
            }
            case IS_ORDERED -> {
                left = left.order();
                carryOut(new OperatorRequest.Order(Table.GROUP, Setting.memberId(seat), STAND_BY));
            }
            case TIME -> timePasses();
        }
        if (seat >= 0 && choice.kind() != Choice.Kind.IS_ORDERED) {
            rest(seat);
        }
        grants();
        former.removeIf(life -> life.readings().isEmpty());
        World after =
                new World(
                        before.setting(),
                        left,
                        now,
                        table,
                        List.copyOf(seats),
                        List.copyOf(former),
                        stray,
                        frozen);
        Promises.judge(after);
        return after;
    }

    private Life twin(int seat) {
        Life twin = seats.get(seat).orElseThrow().twin();
        seats.set(seat, Optional.of(twin));
        return twin;
    }

    private void rest(int seat) {
        seats.set(seat, seats.get(seat).map(life -> life.rested(now)));
    }

    private void starts(int seat) {
        Optional<Life> last = seats.get(seat);
        last.ifPresent(
                life -> {
                    left = left.restart();
                    former.add(life);
                });
        Life life = new Life(conduct, seat, last.map(it -> it.number + 1).orElse(1), now);
        life.keeper.splits().discovered(before.setting().newSplits());
        life.keeper.stateIsKnown();
        seats.set(seat, Optional.of(life));
    }

    // ---------------------------------------------------------------------------- what is sent

    private void steps(Life life) {
        LeaseStep<?> step = life.asked(now);
        answered(life, carryOut(step));
    }

    private void answerLost(Life life) {
        left = left.fault();
        LeaseStep<?> step = life.asked(now);
        carryOut(step);
        unanswered(life, step);
    }

    private void delayed(Life life) {
        left = left.delay();
        LeaseStep<?> step = life.asked(now);
        stray = Optional.of(step.request());
        unanswered(life, step);
    }

    private <A> void unanswered(Life life, LeaseStep<A> step) {
        answered(life, step.answeredBy(new LeaseOutcome.Unknown<>(NO_ANSWER)));
    }

    private void answered(Life life, LeaseStep.Answer<?> answer) {
        List<LeaseEvent> events = life.keeper.answered(answer, now, now);
        Promises.judge(events, table.rows());
        life.learns(events);
        if (conduct.goesOnWhenTheClaimIsOver()) {
            table.rows()
                    .forEach(
                            (splitId, row) -> {
                                if (row.lease().claim().isEmpty() && row.lease().ownedBy(life.me)) {
                                    life.goesOn(splitId);
                                }
                            });
        }
    }

    private <A> LeaseStep.Answer<A> carryOut(LeaseStep<A> step) {
        return step.answeredBy(carryOut(step.request()));
    }

    private <A> LeaseOutcome<A> carryOut(LeaseRequest<A> request) {
        if (World.isRead(request)) {
            return conduct.table(table.memory.open()).ask(request);
        }
        Map<String, Table.Row> rows = table.rows();
        table = table.twin();
        LeaseOutcome<A> outcome = conduct.table(table.memory.open()).ask(request);
        Promises.judge(request, rows, table.rows(), frozen);
        return outcome;
    }

    // ------------------------------------------------------------------------- what else happens

    private void closes(Life life) {
        left = left.close();
        life.keeper.close(life.granted(now), now).forEach(this::carryOut);
        life.isOver();
    }

    private void freezes(Life life, String splitId) {
        Map<String, Long> more = new TreeMap<>(frozen);
        more.put(splitId, life.readings().get(splitId).epoch());
        frozen = more;
        life.freezes(splitId);
    }

    /** Until somebody is due; if nobody acts, a tick. */
    private void timePasses() {
        now =
                before.living()
                        .filter(Life::acts)
                        .mapToLong(Life::wakeAt)
                        .reduce((a, b) -> a - b < 0 ? a : b)
                        .orElse(now + TICK);
        for (int seat = 0; seat < seats.size(); seat++) {
            if (seats.get(seat).filter(life -> life.isDue(now)).isPresent()) {
                rest(seat);
            }
        }
    }

    private void grants() {
        seats.replaceAll(seat -> seat.map(life -> life.granting(now)));
        former.replaceAll(life -> life.granting(now));
    }
}
