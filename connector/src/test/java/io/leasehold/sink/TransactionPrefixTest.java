package io.leasehold.sink;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TransactionPrefixTest {

    @Test
    void eachPartCanBeReadFromIt() {
        TransactionPrefix prefix = prefix("blue", "1f3a");
        assertThat(prefix.text()).isEqualTo("shop~orders~blue~1f3a~out~");
        assertThat(prefix.ofLine()).isEqualTo("shop~orders~blue~1f3a~");
        assertThat(prefix.ofMember()).isEqualTo("shop~orders~blue~");
        assertThat(TransactionPrefix.ofMember("shop", "orders", "blue"))
                .isEqualTo(prefix.ofMember());
    }

    @Test
    void noMembersNamesBeginLikeAnothers() {
        String blue = prefix("blue", "1").ofMember();
        assertThat(prefix("blue-2", "1").text()).doesNotStartWith(blue);
        assertThat(prefix("blue~1", "1").text()).doesNotStartWith(blue);
        assertThat(prefix("blue~1", "2").text())
                .isNotEqualTo(new TransactionPrefix("shop", "orders", "blue", "1~2", "out").text());
    }

    @Test
    void noLinesNamesBeginLikeAnothers() {
        assertThat(prefix("blue", "12").text()).doesNotStartWith(prefix("blue", "1").ofLine());
    }

    @Test
    void whatIsEscapedIsNotTheSameAsWhatLooksEscaped() {
        assertThat(prefix("a~b", "1").text()).isNotEqualTo(prefix("a%7Eb", "1").text());
    }

    @Test
    void aBaseWithTheSeparatorIsRefused() {
        assertThatThrownBy(() -> new TransactionPrefix("a~b", "g", "m", "l", "s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The transactional id prefix 'a~b' contains '~', which separates the parts of a leased sink's transactional ids; leave it out.");
        assertThatThrownBy(() -> TransactionPrefix.ofMember("a~b", "g", "m"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEmptyPartIsRefused() {
        assertThatThrownBy(() -> new TransactionPrefix("a", "g", "", "l", "s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("member id is empty");
    }

    private static TransactionPrefix prefix(String member, String line) {
        return new TransactionPrefix("shop", "orders", member, line, "out");
    }
}
