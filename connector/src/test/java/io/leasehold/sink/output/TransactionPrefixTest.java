package io.leasehold.sink.output;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TransactionPrefixTest {

    @Test
    void eachPartCanBeReadFromIt() {
        TransactionPrefix prefix = prefix("blue", "1f3a");
        assertThat(prefix.text()).isEqualTo("shop~orders~blue~out~1f3a~");
        assertThat(prefix.ofMember("blue")).isEqualTo("shop~orders~blue~out~");
        assertThat(prefix.ofMember("green")).isEqualTo("shop~orders~green~out~");
    }

    @Test
    void noMembersNamesBeginLikeAnothers() {
        String blue = prefix("blue", "1").ofMember("blue");
        assertThat(prefix("blue-2", "1").text()).doesNotStartWith(blue);
        assertThat(prefix("blue~1", "1").text()).doesNotStartWith(blue);
        assertThat(prefix("blue~1", "2").text())
                .isNotEqualTo(new TransactionPrefix("shop", "orders", "blue", "out", "1~2").text());
    }

    @Test
    void noLinesNamesBeginLikeAnothers() {
        assertThat(prefix("blue", "12").text()).doesNotStartWith(prefix("blue", "1").text());
    }

    /**
     * What is open of the one may be decided, and what is decided of it is not known to the other.
     */
    @Test
    void noSinksNamesBeginLikeThoseOfAnotherWithTheSameBase() {
        TransactionPrefix other = new TransactionPrefix("shop", "orders", "blue", "out-2", "1");
        assertThat(other.text()).doesNotStartWith(prefix("blue", "1").ofMember("blue"));
    }

    @Test
    void whatIsEscapedIsNotTheSameAsWhatLooksEscaped() {
        assertThat(prefix("a~b", "1").text()).isNotEqualTo(prefix("a%7Eb", "1").text());
    }

    @Test
    void aBaseWithTheSeparatorIsRefused() {
        assertThatThrownBy(() -> new TransactionPrefix("a~b", "g", "m", "s", "l"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The transactional id prefix 'a~b' contains '~', which separates the parts of a leased sink's transactional ids; leave it out.");
        assertThatThrownBy(() -> TransactionPrefix.ofMember("a~b", "g", "m", "s"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEmptyPartIsRefused() {
        assertThatThrownBy(() -> new TransactionPrefix("a", "g", "", "s", "l"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("member id is empty");
    }

    private static TransactionPrefix prefix(String member, String line) {
        return new TransactionPrefix("shop", "orders", member, "out", line);
    }
}
