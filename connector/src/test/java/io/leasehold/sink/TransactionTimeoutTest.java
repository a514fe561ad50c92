package io.leasehold.sink;

import io.leasehold.lease.model.LeaseTerms;

import org.junit.jupiter.api.Test;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

class TransactionTimeoutTest {

    /** Dead after 12 s: 10 s and one tick, which is more than 5 %. */
    private static final LeaseTerms TERMS = LeaseTerms.of(Duration.ofSeconds(10));

    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration REQUIRED = Duration.ofSeconds(5 + 12 + 2 * 2 + 60);

    @Test
    void allThatMayPassBeforeAnotherJobCommitsCounts() {
        assertThat(TransactionTimeout.required(TERMS, INTERVAL)).isEqualTo(REQUIRED);
    }

    @Test
    void exactlyThatIsTooShort() {
        assertThat(objection(REQUIRED)).isNotEmpty();
        assertThat(objection(REQUIRED.plusMillis(1))).isEmpty();
        assertThat(objection(Duration.ofMinutes(15))).isEmpty();
    }

    @Test
    void theObjectionNamesTheOptionTheValueAndWhatWouldBeRight() {
        assertThat(objection(Duration.ofSeconds(60)))
                .isEqualTo(
                        "transaction.timeout.ms is 60000 ms, but must be more than 81000 ms: the checkpoint interval (5000 ms), the time until the job counts as dead, which follows from lease.duration (12000 ms), two of its ticks (2000 ms each), and a margin of 60000 ms. Otherwise the output of a job that dies may be aborted before another job has committed it.");
    }

    private static String objection(Duration keptFor) {
        return TransactionTimeout.objection("transaction.timeout.ms", keptFor, TERMS, INTERVAL)
                .orElse("");
    }
}
