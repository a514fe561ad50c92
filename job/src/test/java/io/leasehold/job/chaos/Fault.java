package io.leasehold.job.chaos;

import io.leasehold.job.chaos.kit.FlinkCluster;
import io.leasehold.job.chaos.kit.FlinkCluster.Deaf;
import io.leasehold.job.chaos.kit.Pause;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Something that goes wrong. It strikes, lasts a while, and is over; what it does after that (a
 * frozen process wakes, a killed one is started again) is part of it.
 */
sealed interface Fault {

    /** What makes an end of it. */
    @FunctionalInterface
    interface Cure {
        Cure NONE = () -> {};

        void end();
    }

    /** What it is, in a few words for the report. */
    String text();

    /** From strike to cure. */
    Duration lasts();

    /** Waits for the moment to strike, where not every moment will do. */
    default void await(Stage stage) {}

    /** Strikes at once. */
    Cure strike(Stage stage);

    /**
     * SIGKILL to one TaskManager that runs a part of the job; another one is started afterwards.
     */
    record KillTaskManager(String member, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "kill -9 a TaskManager of " + member;
        }

        @Override
        public Cure strike(Stage stage) {
            FlinkCluster cluster = stage.member(member).cluster();
            int victim = stage.member(member).victim();
            cluster.killTaskManager(victim);
            return () -> cluster.startTaskManager(victim);
        }
    }

    /** One TaskManager is stopped and wakes up later, not knowing that time has passed. */
    record FreezeTaskManager(String member, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "freeze a TaskManager of %s for %d s".formatted(member, lasts.toSeconds());
        }

        @Override
        public Cure strike(Stage stage) {
            FlinkCluster cluster = stage.member(member).cluster();
            int victim = stage.member(member).victim();
            cluster.freezeTaskManager(victim);
            return () -> cluster.thawTaskManager(victim);
        }
    }

    /**
     * The JobManager's connections with one TaskManager are reset; the TaskManager hears nothing.
     */
    record ResetJobManagersEnd(String member, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "reset the JobManager's connections with a TaskManager of " + member;
        }

        @Override
        public Cure strike(Stage stage) {
            FlinkCluster cluster = stage.member(member).cluster();
            int victim = stage.member(member).victim();
            cluster.resetJobManagersEnd(victim);
            return () -> cluster.mend(victim);
        }
    }

    /**
     * What JobManager and one TaskManager say to each other gets lost, in one direction or both.
     */
    record Partition(String member, Deaf deaf, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "partition within %s, deaf: %s"
                    .formatted(member, deaf.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }

        @Override
        public Cure strike(Stage stage) {
            FlinkCluster cluster = stage.member(member).cluster();
            int victim = stage.member(member).victim();
            cluster.partition(victim, deaf);
            return () -> cluster.mend(victim);
        }
    }

    /**
     * The JobManager is stopped and wakes up later, not knowing that time has passed. No checkpoint
     * is under way: it would fail the tasks of any source.
     */
    record FreezeJobManager(String member, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "freeze the JobManager of %s for %d s".formatted(member, lasts.toSeconds());
        }

        @Override
        public void await(Stage stage) {
            stage.member(member).waitForCheckpoint();
        }

        @Override
        public Cure strike(Stage stage) {
            FlinkCluster cluster = stage.member(member).cluster();
            cluster.freezeJobManager();
            return cluster::thawJobManager;
        }
    }

    /** SIGKILL to the JobManager, for good; its TaskManagers live. */
    record KillJobManager(String member, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "kill -9 the JobManager of " + member;
        }

        @Override
        public Cure strike(Stage stage) {
            stage.member(member).cluster().killJobManager();
            return Cure.NONE;
        }
    }

    /** SIGKILL to the JobManager; another one is started, and finds what it has to do. */
    record RestartJobManager(String member, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "kill -9 the JobManager of %s, start another".formatted(member);
        }

        @Override
        public Cure strike(Stage stage) {
            FlinkCluster cluster = stage.member(member).cluster();
            cluster.killJobManager();
            return cluster::startJobManager;
        }
    }

    /** SIGKILL to everything of a job, for good. */
    record KillJob(String member, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "kill -9 all of " + member;
        }

        @Override
        public Cure strike(Stage stage) {
            stage.member(member).cluster().killAll();
            return Cure.NONE;
        }
    }

    /** PostgreSQL is shut down immediately, and started again later. */
    record StopStore(Duration lasts) implements Fault {
        @Override
        public String text() {
            return "stop PostgreSQL for %d s".formatted(lasts.toSeconds());
        }

        @Override
        public Cure strike(Stage stage) {
            stage.database().stop();
            return stage.database()::start;
        }
    }

    /** Answers of the lease table come so late that nobody waits for them. */
    record SlowStore(Duration delay, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "PostgreSQL answers everybody %.1f s late".formatted(delay.toMillis() / 1e3);
        }

        @Override
        public Cure strike(Stage stage) {
            stage.members().forEach(it -> it.store().delay(delay));
            return () -> stage.members().forEach(it -> it.store().mend());
        }
    }

    /** One job cannot reach the lease table, the others can. */
    record CutStore(String member, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "cut %s off from PostgreSQL for %d s".formatted(member, lasts.toSeconds());
        }

        @Override
        public Cure strike(Stage stage) {
            stage.member(member).store().cut();
            return stage.member(member).store()::mend;
        }
    }

    /** SIGKILL to the broker, which is started again with what it has stored. */
    record RestartBroker(Duration lasts) implements Fault {
        @Override
        public String text() {
            return "kill -9 the broker for %d s".formatted(lasts.toSeconds());
        }

        @Override
        public Cure strike(Stage stage) {
            stage.broker().kill();
            return stage.broker()::start;
        }
    }

    /** A job is stopped with a savepoint and goes on from it with another parallelism. */
    record Upgrade(String member, int parallelism, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "stop %s with a savepoint, go on with parallelism %d"
                    .formatted(member, parallelism);
        }

        @Override
        public Cure strike(Stage stage) {
            stage.member(member).upgrade(parallelism);
            return Cure.NONE;
        }
    }

    /** The replica of the lease table gets nothing any more; the primary goes on without it. */
    record LoseReplication(Duration lasts) implements Fault {
        @Override
        public String text() {
            return "the replica of PostgreSQL gets nothing any more";
        }

        @Override
        public Cure strike(Stage stage) {
            stage.database().loseReplication();
            return Cure.NONE;
        }
    }

    /** One job cannot reach the lease table until a replica of it is promoted. */
    record CutStoreUntilFailover(String member, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "cut %s off from PostgreSQL until its failover".formatted(member);
        }

        @Override
        public Cure strike(Stage stage) {
            stage.member(member).store().cut();
            return Cure.NONE;
        }
    }

    /**
     * SIGKILL to the primary, and the replica is promoted as it is.
     *
     * @param unanswered members that get no answers from the primary for a while before: the
     *     outcome of what they ask for is not known to them. They reach the replica when this fault
     *     is over, the others at once
     * @param silence for how long they get none from the primary
     */
    record Failover(List<String> unanswered, Duration silence, Duration lasts) implements Fault {
        @Override
        public String text() {
            return "kill -9 the primary of PostgreSQL, promote the replica"
                    + (unanswered.isEmpty()
                            ? ""
                            : ", with requests of %s unanswered"
                                    .formatted(String.join(", ", unanswered)));
        }

        @Override
        public Cure strike(Stage stage) {
            if (!unanswered.isEmpty()) {
                unanswered.forEach(it -> stage.member(it).store().loseAnswersOfFirst());
                Pause.of(silence);
                unanswered.forEach(it -> stage.member(it).store().cut());
            }
            stage.database().failOver();
            stage.members().stream()
                    .filter(it -> !unanswered.contains(it.id()))
                    .forEach(it -> it.store().mend());
            return () -> unanswered.forEach(it -> stage.member(it).store().mend());
        }
    }
}
