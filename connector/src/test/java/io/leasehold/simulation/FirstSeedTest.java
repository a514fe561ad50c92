package io.leasehold.simulation;

import org.junit.jupiter.api.Test;

import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

class FirstSeedTest {

    private static final String HASH = "0123456789abcdef0123456789abcdef01234567";
    private static final String OTHER = "f123456789abcdef0123456789abcdef01234567";

    @Test
    void eachCommitHasItsOwn() {
        FirstSeed one = FirstSeed.of(Optional.empty(), Optional.of(HASH), 7);
        FirstSeed other = FirstSeed.of(Optional.empty(), Optional.of(OTHER), 7);

        assertThat(one.seed()).isEqualTo(0x0123456789aL);
        assertThat(other.seed()).isEqualTo(0xf123456789aL);
        assertThat(one.toString()).contains(HASH, "-Dsimulation.first=" + one.seed());
    }

    @Test
    void whatIsAskedForGoesFirst() {
        assertThat(FirstSeed.of(Optional.of(-5L), Optional.of(HASH), 7).seed()).isEqualTo(-5);
    }

    @Test
    void withoutACommitItIsTheTime() {
        assertThat(FirstSeed.of(Optional.empty(), Optional.empty(), 7).seed()).isEqualTo(7);
        assertThat(FirstSeed.of(Optional.empty(), Optional.of("not a hash"), 7).seed())
                .isEqualTo(7);
    }
}
