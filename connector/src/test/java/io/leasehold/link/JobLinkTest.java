package io.leasehold.link;

import io.leasehold.lease.model.DecidedCheckpoint;
import io.leasehold.lease.model.DecidedOutput;
import io.leasehold.lease.model.Incarnation;
import io.leasehold.lease.model.StateLine;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JobLinkTest {

    private static final Incarnation ME = new Incarnation("blue", "1");
    private static final StateLine LINE = new StateLine("line");

    private final JobLink link = JobLink.of(UUID.randomUUID().toString());
    private final Source source = new Source();
    private final Sink orders = new Sink("orders");
    private final Sink audit = new Sink("audit");

    @Test
    void theEndsOfAJobFindEachOtherById() {
        String id = UUID.randomUUID().toString();

        JobLink.of(id).attach(source);

        assertThat(JobLink.of(id).source()).contains(source);
        assertThat(JobLink.of(UUID.randomUUID().toString()).source()).isEmpty();
    }

    @Test
    void aSinkIsToldOfItsOwnRows() {
        link.attach(source);
        link.attach(orders);
        link.attach(audit);

        link.stands(source, standing(row("orders", 4), row("audit", 4)));

        assertThat(orders.told).containsExactly("stands " + row("orders", 4));
        assertThat(audit.told).containsExactly("stands " + row("audit", 4));
    }

    @Test
    void aSinkThatComesLateIsToldTheStandingToo() {
        link.attach(source);
        link.stands(source, standing(row("orders", 4)));

        link.attach(orders);

        assertThat(orders.told).containsExactly("stands " + row("orders", 4));
    }

    @Test
    void theStandingOfAnEnumeratorThatIsReplacedIsToldToNobody() {
        link.attach(source);
        link.stands(source, standing(row("orders", 4)));
        link.attach(new Source());

        link.attach(orders);
        link.stands(source, standing(row("orders", 5)));
        link.decided(source, new DecidedCheckpoint(ME, LINE, 5));

        assertThat(orders.told).isEmpty();
    }

    @Test
    void anEnumeratorThatEndsLateDoesNotDetachItsSuccessor() {
        Source successor = new Source();
        link.attach(source);
        link.attach(successor);

        link.detach(source);

        assertThat(link.source()).contains(successor);
    }

    @Test
    void outputIsCompleteWhenEverySinkHasReported() {
        link.attach(source);
        link.attach(orders);
        link.attach(audit);

        CompletableFuture<Map<String, byte[]>> all = link.preparedUpTo(source, 7);
        orders.prepared.complete(Optional.of(new byte[] {7}));
        assertThat(all).isNotDone();
        audit.prepared.complete(Optional.empty());

        assertThat(all.join()).containsOnlyKeys("orders");
        assertThat(all.join().get("orders")).containsExactly(7);
    }

    @Test
    void lostOutputOfOneSinkFailsTheWhole() {
        link.attach(source);
        link.attach(orders);
        link.attach(audit);

        CompletableFuture<Map<String, byte[]>> all = link.preparedUpTo(source, 7);
        orders.prepared.complete(Optional.of(new byte[] {7}));
        audit.prepared.completeExceptionally(new IllegalStateException("timed out"));

        assertThat(all).isCompletedExceptionally();
    }

    @Test
    void rowsOfSinksThatTheJobDoesNotHaveAreGivenBack() {
        link.attach(source);
        link.attach(orders);

        List<DecidedOutput> left =
                link.adopt(source, List.of(row("orders", 4), row("invoices", 4)));

        assertThat(orders.told).containsExactly("adopt " + row("orders", 4));
        assertThat(left).containsExactly(row("invoices", 4));
    }

    @Test
    void twoSinksOfAJobWithOneIdAreRefused() {
        link.attach(orders);

        assertThatThrownBy(() -> link.attach(new Sink("orders")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'orders'");
    }

    @Test
    void aCoordinatorMayAttachAgain() {
        link.attach(source);
        link.attach(orders);
        link.stands(source, standing(row("orders", 4)));

        link.attach(orders);

        assertThat(orders.told).hasSize(2);
    }

    /** A coordinator that has asked for its link may attach itself when all others are gone. */
    @Test
    void whoKnowsALinkMeetsAllThatComeLater() {
        String id = UUID.randomUUID().toString();
        JobLink known = JobLink.of(id);
        JobLink.of(id).attach(source);
        JobLink.of(id).detach(source);

        known.attach(orders);
        JobLink.of(id).attach(source);
        JobLink.of(id).stands(source, standing(row("orders", 4)));

        assertThat(orders.told).hasSize(1);
    }

    /** A session cluster runs many jobs, and each has a link of its own. */
    @Test
    void aLinkThatNobodyKnowsIsForgotten() {
        String id = UUID.randomUUID().toString();
        WeakReference<JobLink> unknown = new WeakReference<>(JobLink.of(id));

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            System.gc();
                            return unknown.get() == null;
                        });
    }

    private static OutputStanding standing(DecidedOutput... rows) {
        return new OutputStanding("g", ME, LINE, OptionalLong.of(4), false, List.of(rows));
    }

    private static DecidedOutput row(String sinkId, long checkpointId) {
        return new DecidedOutput(
                new DecidedOutput.Key(new DecidedCheckpoint(ME, LINE, checkpointId), sinkId),
                new byte[] {1});
    }

    private static final class Source implements SourceEnd {

        @Override
        public CompletableFuture<Void> mayBegin(long checkpointId) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Optional<String>> mayAcknowledge(long checkpointId) {
            return CompletableFuture.completedFuture(Optional.empty());
        }

        @Override
        public void committed(DecidedOutput.Key output) {}

        @Override
        public CompletableFuture<Boolean> isSealed(Incarnation closed) {
            return CompletableFuture.completedFuture(false);
        }
    }

    private static final class Sink implements SinkEnd {

        private final String id;
        private final List<String> told = new ArrayList<>();
        private final CompletableFuture<Optional<byte[]>> prepared = new CompletableFuture<>();

        Sink(String id) {
            this.id = id;
        }

        @Override
        public String sinkId() {
            return id;
        }

        @Override
        public CompletableFuture<Optional<byte[]>> preparedUpTo(long checkpointId) {
            return prepared;
        }

        @Override
        public void stands(OutputStanding standing) {
            standing.rows().forEach(row -> told.add("stands " + row));
        }

        @Override
        public void decided(DecidedCheckpoint checkpoint) {
            told.add("decided " + checkpoint);
        }

        @Override
        public void isVoid(long checkpointId, String why) {
            told.add("void " + checkpointId);
        }

        @Override
        public void adopt(List<DecidedOutput> rows) {
            rows.forEach(row -> told.add("adopt " + row));
        }

        @Override
        public void sealed(Incarnation closed) {
            told.add("sealed " + closed);
        }
    }
}
