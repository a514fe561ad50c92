package io.leasehold.sink.kafka;

import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class LingeringTransactionsTest {

    private static final List<String> OPEN =
            List.of("o~g~blue~1~s~-0-5", "o~g~blue~2~s~-0-1", "o~g~green~1~s~-0-5", "elsewhere");

    @Test
    void onlyWhatClosedMembersLeft() {
        assertThat(LingeringTransactions.among(OPEN, Set.of("o~g~blue~"), Set.of(), Set.of()))
                .isEqualTo(
                        new LingeringTransactions(
                                List.of("o~g~blue~1~s~-0-5", "o~g~blue~2~s~-0-1"), List.of()));
    }

    @Test
    void nothingWhereNobodyIsClosed() {
        assertThat(LingeringTransactions.among(OPEN, Set.of(), Set.of(), Set.of()))
                .isEqualTo(new LingeringTransactions(List.of(), List.of()));
    }

    @Test
    void nothingOfTheLineThatThisMemberWritesIn() {
        assertThat(
                        LingeringTransactions.among(
                                        OPEN, Set.of("o~g~blue~"), Set.of("o~g~blue~2~"), Set.of())
                                .toDescribe())
                .containsExactly("o~g~blue~1~s~-0-5");
    }

    @Test
    void nothingThatHasTheNameOfDecidedOutput() {
        LingeringTransactions lingering =
                LingeringTransactions.among(
                        OPEN, Set.of("o~g~blue~"), Set.of(), Set.of("o~g~blue~1~s~-0-5"));
        assertThat(lingering.toDescribe()).containsExactly("o~g~blue~2~s~-0-1");
        assertThat(lingering.kept()).containsExactly("o~g~blue~1~s~-0-5");
    }

    @Test
    void exactlyWhatIsStillOpen() {
        KafkaTransaction open = new KafkaTransaction("a", 1, 2);
        assertThat(
                        LingeringTransactions.stillOpen(
                                List.of(
                                        new SeenTransaction(open, TransactionState.ONGOING),
                                        new SeenTransaction(
                                                new KafkaTransaction("b", 1, 2),
                                                TransactionState.PREPARE_COMMIT),
                                        new SeenTransaction(
                                                new KafkaTransaction("c", 1, 2),
                                                TransactionState.EMPTY))))
                .containsExactly(open);
    }
}
