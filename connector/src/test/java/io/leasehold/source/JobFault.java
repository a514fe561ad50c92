package io.leasehold.source;

import org.awaitility.Awaitility;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** What happens to a job as a whole or in part, after which it goes on from what it has stored. */
enum JobFault {
    A_TASK_FAILS {
        @Override
        Recovery strike(RestartableJob job) {
            int before = job.watched().readersClosed();
            job.watched().failReader(job.watched().concerned());
            await(() -> job.watched().readersClosed() > before);
            return () -> {};
        }
    },
    ITS_COORDINATOR_FAILS {
        @Override
        Recovery strike(RestartableJob job) {
            int before = job.watched().enumeratorsClosed();
            job.watched().failEnumerator();
            await(() -> job.watched().enumeratorsClosed() > before);
            return () -> {};
        }
    },
    ITS_TASK_MANAGER_IS_KILLED {
        @Override
        Recovery strike(RestartableJob job) {
            int before = job.watched().readersClosed();
            CompletableFuture<Void> killed = job.cluster().killTaskManager();
            await(() -> job.watched().readersClosed() > before);
            return () -> {
                killed.get();
                job.cluster().startTaskManager();
            };
        }
    },
    STOPPED_WITH_A_SAVEPOINT_AND_SCALED_UP {
        @Override
        Recovery strike(RestartableJob job) {
            return stopWithSavepoint(job, 3);
        }

        @Override
        boolean stopsWithSavepoint() {
            return true;
        }
    },
    STOPPED_WITH_A_SAVEPOINT_AND_SCALED_DOWN {
        @Override
        Recovery strike(RestartableJob job) {
            return stopWithSavepoint(job, 1);
        }

        @Override
        boolean stopsWithSavepoint() {
            return true;
        }
    },
    CANCELLED_AND_RESTARTED {
        @Override
        Recovery strike(RestartableJob job) throws Exception {
            int before = job.watched().enumeratorsClosed();
            job.cancel();
            await(() -> job.watched().enumeratorsClosed() > before);
            return () -> {
                await(() -> job.status().isGloballyTerminalState());
                job.start(2, job.lastCheckpoint());
            };
        }
    };

    private static final Duration SOON = Duration.ofSeconds(30);

    /** What somebody has to do for the job to go on. */
    interface Recovery {
        void complete() throws Exception;
    }

    /** Returns when it shows. */
    abstract Recovery strike(RestartableJob job) throws Exception;

    /** Whether a checkpoint belongs to it. */
    boolean stopsWithSavepoint() {
        return false;
    }

    private static Recovery stopWithSavepoint(RestartableJob job, int nextParallelism) {
        int before = job.watched().enumeratorsClosed();
        CompletableFuture<String> savepoint = job.stopWithSavepoint();
        await(() -> savepoint.isDone() || job.watched().enumeratorsClosed() > before);
        return () -> job.start(nextParallelism, Optional.of(savepoint.get()));
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(condition);
    }
}
