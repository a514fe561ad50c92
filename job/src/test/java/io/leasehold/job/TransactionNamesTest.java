package io.leasehold.job;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TransactionNamesTest {

    @Test
    void sameMemberHasTheSameAfterARestart() {
        assertThat(TransactionNames.prefix("shop", "blue"))
                .isEqualTo(TransactionNames.prefix("shop", "blue"));
    }

    @Test
    void noMembersNamesBeginWithAnothers() {
        assertThat(TransactionNames.prefix("shop", "blue-1"))
                .doesNotStartWith(TransactionNames.prefix("shop", "blue"));
        assertThat(TransactionNames.prefix("a/b", "c"))
                .isNotEqualTo(TransactionNames.prefix("a", "b/c"));
    }
}
