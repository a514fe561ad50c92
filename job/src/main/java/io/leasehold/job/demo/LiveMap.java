package io.leasehold.job.demo;

import io.leasehold.job.demo.OwnershipMap.Split;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the ownership map up to date: drawn in place on a terminal; elsewhere a line whenever a
 * split changed hands, and every few seconds.
 *
 * <p>Lag is what was generated for a split and not emitted by a member yet. "Committed" is what a
 * careful reader of the output has: after a kill it stands still until Kafka gives up the killed
 * job's open transaction.
 */
final class LiveMap {

    private static final Duration LINE_EVERY = Duration.ofSeconds(5);
    private static final Duration RATE_OVER = Duration.ofSeconds(1);

    private final Screen screen;
    private final DemoSettings settings;
    private final LeaseTableView table;
    private final Members members;
    private final NumberedRecords records;
    private final EmittedPerSplit emitted;
    private final EmittedPerSplit committed;
    private final long startNanos = System.nanoTime();

    private Ownership ownership = Ownership.unknown();
    private int changesShown;
    private long lineShownNanos = startNanos - LINE_EVERY.toNanos();
    private long ratedNanos = startNanos;
    private final long[] countThen = new long[DemoSettings.SPLITS];
    private final double[] perSecond = new double[DemoSettings.SPLITS];

    LiveMap(
            Screen screen,
            DemoSettings settings,
            LeaseTableView table,
            Members members,
            NumberedRecords records,
            EmittedPerSplit emitted,
            EmittedPerSplit committed) {
        this.screen = screen;
        this.settings = settings;
        this.table = table;
        this.members = members;
        this.records = records;
        this.emitted = emitted;
        this.committed = committed;
    }

    /** As of the last refresh. */
    Ownership ownership() {
        return ownership;
    }

    /**
     * Looks at everything again and shows it.
     *
     * @param doing what the demo is doing, for people
     * @throws DemoFailedException if a member ended by itself
     */
    void refresh(String doing) {
        members.requireAlive();
        ownership = table.look();
        long now = System.nanoTime();
        rate(now);
        OwnershipMap map =
                new OwnershipMap(
                        ownership,
                        splits(),
                        settings.memberIds(),
                        members.ended(),
                        members.webUis(),
                        records.sent(),
                        committed.distinct());
        String headline = "%4s s  %s".formatted((now - startNanos) / 1_000_000_000, doing);
        if (screen.isTerminal()) {
            screen.draw(map.picture(headline));
            return;
        }
        int changes = table.history().size();
        if (changes != changesShown || now - lineShownNanos >= LINE_EVERY.toNanos()) {
            changesShown = changes;
            lineShownNanos = now;
            screen.say(headline + ": " + map.line());
        }
    }

    private void rate(long now) {
        if (now - ratedNanos < RATE_OVER.toNanos()) {
            return;
        }
        for (int split = 0; split < DemoSettings.SPLITS; split++) {
            long count = emitted.count(split);
            perSecond[split] = (count - countThen[split]) * 1e9 / (now - ratedNanos);
            countThen[split] = count;
        }
        ratedNanos = now;
    }

    private List<Split> splits() {
        long sent = records.sent();
        List<Split> splits = new ArrayList<>();
        for (int split = 0; split < DemoSettings.SPLITS; split++) {
            long lag = NumberedRecords.inSplit(sent, split) - emitted.next(split);
            splits.add(
                    new Split(
                            DemoSettings.QUEUE + "-" + split, Math.max(0, lag), perSecond[split]));
        }
        return splits;
    }
}
