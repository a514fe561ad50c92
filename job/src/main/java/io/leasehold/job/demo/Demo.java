package io.leasehold.job.demo;

import io.leasehold.job.demo.Audit.Kill;
import io.leasehold.job.demo.OutputTopic.Visible;
import io.leasehold.lease.LeaseStoreException;
import io.leasehold.lease.LeaseStores;
import io.leasehold.testkit.EmbeddedKafka;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The demo from start to audit. Runs on the caller's thread; everything it starts ends with it, or
 * with the JVM.
 */
public final class Demo {

    private static final Duration LOOK_EVERY = Duration.ofMillis(250);
    private static final Duration SHARED_WITHIN = Duration.ofSeconds(120);
    private static final Duration DELIVERED_WITHIN =
            DemoSettings.TRANSACTION_TIMEOUT.plusSeconds(75);
    private static final Duration AUDITED_WITHIN = Duration.ofSeconds(60);
    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(2);

    private final DemoSettings settings;
    private final Screen screen;
    private final String mainClass;
    private final Resources resources;

    /** Never counted down: to wait on it is to let time pass, and an interrupt ends it. */
    private final CountDownLatch never = new CountDownLatch(1);

    private Demo(DemoSettings settings, Screen screen, String mainClass, Resources resources) {
        this.settings = settings;
        this.screen = screen;
        this.mainClass = mainClass;
        this.resources = resources;
    }

    /**
     * Runs the demo.
     *
     * @param mainClass whose main method understands {@code run}, for the members' JVMs
     * @return whether the audit passed
     * @throws DemoFailedException if it did not come to an audit
     */
    public static boolean run(DemoSettings settings, Screen screen, String mainClass)
            throws InterruptedException {
        try (Resources resources = new Resources()) {
            return new Demo(settings, screen, mainClass, resources).run();
        } catch (IOException | SQLException | LeaseStoreException e) {
            throw new DemoFailedException("The demo failed: " + e.getMessage(), e);
        }
    }

    private boolean run()
            throws IOException, SQLException, LeaseStoreException, InterruptedException {
        DemoFolder folder = resources.add(DemoFolder.create(settings.keep()));
        if (settings.keep()) {
            screen.say("Configurations, logs and checkpoints are in " + folder.path());
        }
        screen.say("Starting Kafka and the lease table ...");
        // Timed-out transactions are looked for more often than every 10 s, so that the wait for
        // the killed job's is not longer than its time-out.
        EmbeddedKafka kafka =
                resources.add(
                        EmbeddedKafka.start(
                                Map.of(
                                        "transaction.abort.timed.out.transaction.cleanup.interval.ms",
                                        "1000")));
        kafka.createTopic(DemoSettings.QUEUE, DemoSettings.SPLITS);
        kafka.createTopic(DemoSettings.OUTPUT, DemoSettings.SPLITS);
        LeaseDatabase database = resources.add(LeaseDatabase.start());
        LeaseTableView table =
                resources.add(
                        new LeaseTableView(
                                LeaseStores.forUrl(database.url(), database.properties())
                                        .open(STORE_TIMEOUT),
                                System::currentTimeMillis));

        screen.say("Starting %s, each a JVM of its own ...".formatted(names()));
        List<MemberProcess> members = startMembers(folder, kafka, database);
        NumberedRecords records =
                resources.add(new NumberedRecords(kafka.bootstrapServers(), settings.rate()));
        EmittedPerSplit emitted = new EmittedPerSplit();
        EmittedPerSplit committed = new EmittedPerSplit();
        resources.add(
                OutputTopic.follow(kafka.bootstrapServers(), Visible.EVERYTHING, emitted::add));
        resources.add(
                OutputTopic.follow(kafka.bootstrapServers(), Visible.COMMITTED, committed::add));
        LiveMap map = new LiveMap(screen, settings, table, members, records, emitted, committed);

        require(
                waitUntil(SHARED_WITHIN, map, "sharing the splits", map::everyMemberHasSplits),
                "The members did not share the splits within " + SHARED_WITHIN.toSeconds() + " s.",
                members);
        long startedAtMillis = System.currentTimeMillis();
        records.start();
        Duration half = settings.length().dividedBy(2);
        waitUntil(half, map, "reading", () -> false);

        MemberProcess victim = members.get(0);
        Kill kill =
                new Kill(
                        victim.memberId(),
                        System.currentTimeMillis(),
                        map.ownership().heldBy(victim.memberId()));
        victim.kill();
        map.killed(victim.memberId());
        screen.say(
                "%s was killed (SIGKILL) while it held %d splits."
                        .formatted(victim.memberId(), kill.splits().size()));
        waitUntil(settings.length().minus(half), map, "without " + victim.memberId(), () -> false);

        int produced = Math.toIntExact(records.stop());
        boolean drained =
                waitUntil(
                        DELIVERED_WITHIN,
                        map,
                        "generator stopped, waiting for the rest",
                        () -> committed.distinct() >= produced);
        screen.keepPicture();
        if (!drained) {
            screen.say(
                    "Not everything arrived within %d s; auditing what did."
                            .formatted(DELIVERED_WITHIN.toSeconds()));
        }
        screen.say("Stopping the members ...");
        members.forEach(MemberProcess::stop);
        for (MemberProcess member : members) {
            member.close();
        }
        Audit audit =
                Audit.of(
                        produced,
                        OutputTopic.committed(kafka.bootstrapServers(), AUDITED_WITHIN),
                        kill);
        if (settings.report().isPresent()) {
            Path report = settings.report().get();
            new DemoReport(settings, startedAtMillis, audit, kill, table.history()).write(report);
        }
        screen.say(audit.line());
        explain(audit);
        return audit.passed();
    }

    private List<MemberProcess> startMembers(
            DemoFolder folder, EmbeddedKafka kafka, LeaseDatabase database) throws IOException {
        List<MemberProcess> members = new ArrayList<>();
        for (String memberId : settings.memberIds()) {
            Path own = folder.create(memberId);
            Path configuration =
                    MemberConfiguration.write(
                            memberId, settings, kafka.bootstrapServers(), database, own);
            members.add(
                    resources.add(MemberProcess.start(memberId, mainClass, own, configuration)));
        }
        return members;
    }

    /**
     * Shows the map until a condition holds or the time is over.
     *
     * @return whether the condition holds
     * @throws DemoFailedException if a member ends by itself
     */
    private boolean waitUntil(Duration within, LiveMap map, String doing, BooleanSupplier condition)
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

    private static void require(boolean condition, String failure, List<MemberProcess> members) {
        if (!condition) {
            throw new DemoFailedException(
                    failure + " The end of the first one's log:\n" + members.get(0).lastLines());
        }
    }

    private void explain(Audit audit) {
        if (audit.missing() > 0) {
            screen.say("Missing, the first of them: " + audit.firstMissing());
        }
        if (audit.unexpected() > 0) {
            screen.say(audit.unexpected() + " records arrived that were never generated.");
        }
        if (audit.takeoverMillis().isEmpty()) {
            screen.say("Not every split of the killed member was taken over.");
        }
    }

    private String names() {
        return String.join(", ", settings.memberIds());
    }
}
