package io.leasehold.job.chaos;

import io.leasehold.job.chaos.audit.Notice;
import io.leasehold.job.chaos.audit.RoundTrips;
import io.leasehold.job.chaos.audit.Run;
import io.leasehold.job.chaos.audit.WentBack;
import io.leasehold.lease.model.LeaseTerms;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Counts each second how often members speak to the lease table, and reads what they log. */
final class TableWatch implements AutoCloseable {

    /** A start of a job takes about so many; a steady member some each tick. */
    private static final long MOST_ROUND_TRIPS = 60;

    private final List<MemberJob> jobs;
    private final Map<String, List<RoundTrips>> counted = new TreeMap<>();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    work -> {
                        Thread thread = new Thread(work, "table-watch");
                        thread.setDaemon(true);
                        return thread;
                    });

    TableWatch(List<MemberJob> jobs) {
        this.jobs = List.copyOf(jobs);
        jobs.forEach(it -> counted.put(it.id(), new CopyOnWriteArrayList<>()));
        clock.scheduleAtFixedRate(this::count, 0, 1, TimeUnit.SECONDS);
    }

    private void count() {
        for (MemberJob job : jobs) {
            counted.get(job.id()).add(new RoundTrips(System.nanoTime(), job.store().roundTrips()));
        }
    }

    /**
     * What came of a table that went back.
     *
     * @param source what the names of the source's tasks begin with
     * @param subtasks how many the source has
     */
    WentBack wentBack(
            Run run, Set<String> mustNotice, LeaseTerms terms, String source, int subtasks) {
        Map<String, List<Notice>> notices = new TreeMap<>();
        for (MemberJob job : jobs) {
            List<Notice> all = Notice.in(job.cluster().jobManagerLog(), source, subtasks);
            if (!all.isEmpty()) {
                notices.put(job.id(), all);
            }
        }
        Map<String, List<RoundTrips>> roundTrips = new TreeMap<>();
        counted.forEach((member, all) -> roundTrips.put(member, new ArrayList<>(all)));
        return WentBack.of(
                run,
                new WentBack.Seen(
                        notices,
                        mustNotice,
                        roundTrips,
                        terms.deadAfter(terms.duration()),
                        terms.renewInterval(),
                        terms.readerGrant(),
                        MOST_ROUND_TRIPS));
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
