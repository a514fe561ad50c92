package io.leasehold.job.demo;

import io.leasehold.job.demo.OutputTopic.Visible;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.LeaseStores;
import io.leasehold.option.Option;
import io.leasehold.testkit.EmbeddedKafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * The demo from start to audit. Runs on the caller's thread; everything it starts ends with it, or
 * with the JVM.
 */
public final class Demo {

    private static final Duration AUDITED_WITHIN = Duration.ofSeconds(60);
    private static final Duration STORE_TIMEOUT = Duration.ofSeconds(2);

    private final DemoSettings settings;
    private final Screen screen;
    private final String mainClass;
    private final Resources resources;

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
        } catch (IOException | UncheckedIOException | SQLException | LeaseStoreException e) {
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
        Members members = new Members();
        CheckpointWatch checkpoints = resources.add(new CheckpointWatch(members::webUis));
        NumberedRecords records =
                resources.add(new NumberedRecords(kafka.bootstrapServers(), settings.rate()));
        EmittedPerSplit emitted = new EmittedPerSplit();
        EmittedPerSplit committed = new EmittedPerSplit();
        resources.add(
                OutputTopic.follow(kafka.bootstrapServers(), Visible.EVERYTHING, emitted::add));
        resources.add(
                OutputTopic.follow(kafka.bootstrapServers(), Visible.COMMITTED, committed::add));
        Stage stage =
                new Stage(
                        settings,
                        screen,
                        table,
                        members,
                        records,
                        committed,
                        new LiveMap(screen, settings, table, members, records, emitted, committed),
                        checkpoints,
                        (memberId, name, options) ->
                                started(memberId, folder.create(name), kafka, database, options));

        screen.say("Starting the jobs, each in a JVM of its own ...");
        Scenario.Play play = settings.scenario().play(stage);
        screen.say("Stopping the members ...");
        members.all().forEach(MemberProcess::stop);
        members.all().forEach(MemberProcess::close);
        Output output =
                new Output(
                        stage.produced(),
                        OutputTopic.read(
                                kafka.bootstrapServers(), Visible.COMMITTED, AUDITED_WITHIN),
                        OutputTopic.read(
                                kafka.bootstrapServers(), Visible.EVERYTHING, AUDITED_WITHIN),
                        checkpoints.completed());
        Finding finding = play.judge(output);
        if (settings.report().isPresent()) {
            Path report = settings.report().get();
            new DemoReport(settings, stage.startedAtMillis(), finding, table.history())
                    .write(report);
        }
        screen.say(finding.line());
        finding.faults().forEach(screen::say);
        MissingRecords.of(output).whereabouts().forEach(screen::say);
        return finding.passed();
    }

    private MemberProcess started(
            String memberId,
            Path own,
            EmbeddedKafka kafka,
            LeaseDatabase database,
            Map<Option<?>, String> options)
            throws IOException {
        Path configuration =
                MemberConfiguration.write(
                        memberId, kafka.bootstrapServers(), database, own, options);
        return resources.add(MemberProcess.start(memberId, mainClass, own, configuration));
    }
}
