package io.leasehold.sink.kafka;

import io.leasehold.sink.book.Fate;
import io.leasehold.sink.kafka.TransactionBroker.Prepared;
import io.leasehold.sink.output.AbortedOutput;
import io.leasehold.sink.output.OpenOutput;
import io.leasehold.sink.output.OutputSession;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is aborted of closed members, and what never is: on a broker of either protocol. */
abstract class OpenTransactionsContract extends OfEitherProtocol {

    private OutputSession<KafkaCommittable> session;
    private String group = "";
    private int groups;

    OpenTransactionsContract(int protocol) {
        super(protocol);
    }

    @BeforeEach
    void open() {
        group = "o~g%s~".formatted(groups++);
        session = broker.session(TransactionNamingStrategy.POOLING);
    }

    @AfterEach
    void close() throws Exception {
        abort(new OpenOutput<>(Set.of(group), Set.of(), List.of()), () -> true);
        session.close();
    }

    @Test
    void whatAClosedMemberLeftIsAbortedAndReadersNeedNotWait() throws Exception {
        Prepared left = broker.prepared(group + "blue~1~out~-0-5");
        Prepared alsoLeft = broker.prepared(group + "blue~2~out~-1-3");
        Prepared behind = broker.prepared(group + "green~1~out~-0-9");
        assertThat(broker.commit(behind).fate()).isEqualTo(Fate.COMMITTED);
        assertThat(broker.visible(behind)).isZero();

        AbortedOutput aborted = abort(of("blue"), () -> true);

        assertThat(aborted.aborted()).containsExactlyInAnyOrder(name(left), name(alsoLeft));
        assertThat(aborted.changed()).isEmpty();
        assertThat(aborted.calledOff()).isFalse();
        broker.settled(name(left));
        broker.settled(name(alsoLeft));
        assertThat(broker.visible(behind)).isOne();
        assertThat(broker.visible(left)).isZero();
        assertThat(broker.visible(alsoLeft)).isZero();
    }

    @Test
    void aMemberWhoseNameBeginsAlikeIsLeftAlone() throws Exception {
        Prepared live = broker.prepared(group + "blue-2~1~out~-0-5");
        AtomicInteger asked = new AtomicInteger();
        AbortedOutput aborted = abort(of("blue"), () -> asked.incrementAndGet() > 0);
        assertThat(aborted).isEqualTo(new AbortedOutput(List.of(), List.of(), List.of(), false));
        assertThat(asked).hasValue(0);
        live.writer().commitTransaction();
        assertThat(broker.visible(live)).isOne();
    }

    @Test
    void anEarlierLineOfThisMemberIsAbortedAndThisLineIsNot() throws Exception {
        Prepared earlier = broker.prepared(group + "blue~1~out~-0-5");
        Prepared live = broker.prepared(group + "blue~2~out~-0-1");
        AbortedOutput aborted =
                abort(
                        new OpenOutput<>(
                                Set.of(group + "blue~"), Set.of(group + "blue~2~"), List.of()),
                        () -> true);
        assertThat(aborted.aborted()).containsExactly(name(earlier));
        live.writer().commitTransaction();
        broker.settled(name(earlier));
        assertThat(broker.visible(live)).isOne();
    }

    @Test
    void nothingIsAbortedIfTheMemberIsBack() throws Exception {
        Prepared prepared = broker.prepared(group + "blue~1~out~-0-5");
        AbortedOutput aborted = abort(of("blue"), () -> false);
        assertThat(aborted.calledOff()).isTrue();
        assertThat(aborted.aborted()).isEmpty();
        assertThat(broker.fate(prepared).fate()).isEqualTo(Fate.OPEN);
        assertThat(broker.commit(prepared).fate()).isEqualTo(Fate.COMMITTED);
        assertThat(broker.visible(prepared)).isOne();
    }

    @Test
    void whatTheCheckThrowsAbortsNothing() throws Exception {
        Prepared prepared = broker.prepared(group + "blue~1~out~-0-5");
        assertThatThrownBy(
                        () ->
                                abort(
                                        of("blue"),
                                        () -> {
                                            throw new IllegalStateException("table away");
                                        }))
                .hasMessage("table away");
        assertThat(broker.fate(prepared).fate()).isEqualTo(Fate.OPEN);
    }

    @Test
    void whatEndsBetweenLookingAndAbortingStaysAsItEnded() throws Exception {
        Prepared prepared = broker.prepared(group + "blue~1~out~-0-5");
        AbortedOutput aborted =
                abort(
                        of("blue"),
                        () -> {
                            prepared.writer().commitTransaction();
                            return true;
                        });
        assertThat(aborted.changed()).containsExactly(name(prepared));
        assertThat(aborted.aborted()).isEmpty();
        broker.settled(name(prepared));
        assertThat(broker.visible(prepared)).isOne();
    }

    @Test
    void whatAMemberThatIsBackWritesUnderTheSameNameIsNotAborted() throws Exception {
        Prepared left = broker.prepared(group + "blue~1~out~-0-5");
        Prepared[] back = new Prepared[1];
        AbortedOutput aborted =
                abort(
                        of("blue"),
                        () -> {
                            back[0] = broker.prepared(name(left));
                            return true;
                        });
        assertThat(aborted.changed()).containsExactly(name(left));
        back[0].writer().commitTransaction();
        broker.settled(name(left));
        assertThat(broker.visible(back[0])).isOne();
        assertThat(broker.visible(left)).isZero();
    }

    @Test
    void whatIsDecidedIsNeverAborted() throws Exception {
        Prepared decided = broker.prepared(group + "blue~1~out~-0-5");
        Prepared undecided = broker.prepared(group + "blue~1~out~-0-6");
        AbortedOutput aborted =
                abort(
                        new OpenOutput<>(
                                Set.of(group + "blue~"), Set.of(), List.of(decided.committable())),
                        () -> true);
        assertThat(aborted.aborted()).containsExactly(name(undecided));
        assertThat(aborted.kept()).containsExactly(name(decided));
        assertThat(broker.commit(decided).fate()).isEqualTo(Fate.COMMITTED);
        broker.settled(name(undecided));
        assertThat(broker.visible(decided)).isOne();
    }

    /** Else its abort would look as if the decided one had timed out. */
    @Test
    void aLaterUseOfADecidedNameIsLeftUntilItsRowIsGone() throws Exception {
        Prepared decided = broker.prepared(group + "blue~1~out~-0-0");
        decided.writer().commitTransaction();
        Prepared later = broker.prepared(name(decided));
        OpenOutput<KafkaCommittable> withRow =
                new OpenOutput<>(Set.of(group + "blue~"), Set.of(), List.of(decided.committable()));
        assertThat(abort(withRow, () -> true).kept()).containsExactly(name(decided));
        assertThat(session.commit(List.of(decided.committable())).get(0).fate())
                .isEqualTo(Fate.SUPERSEDED);
        assertThat(abort(of("blue"), () -> true).aborted()).containsExactly(name(later));
        broker.settled(name(later));
        assertThat(broker.visible(decided)).isOne();
        assertThat(broker.visible(later)).isZero();
    }

    @Test
    void abortingIsRepeatable() throws Exception {
        Prepared left = broker.prepared(group + "blue~1~out~-0-5");
        assertThat(abort(of("blue"), () -> true).aborted()).containsExactly(name(left));
        broker.settled(name(left));
        assertThat(abort(of("blue"), () -> true))
                .isEqualTo(new AbortedOutput(List.of(), List.of(), List.of(), false));
    }

    private AbortedOutput abort(OpenOutput<KafkaCommittable> open, BooleanSupplier stillClosed)
            throws Exception {
        return session.abort(open, stillClosed);
    }

    private OpenOutput<KafkaCommittable> of(String member) {
        return new OpenOutput<>(Set.of(group + member + "~"), Set.of(), List.of());
    }

    private static String name(Prepared prepared) {
        return prepared.transaction().name();
    }
}
