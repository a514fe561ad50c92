package io.leasehold.source.event;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class GrantMailboxTest {

    private final GrantMailbox mailbox = new GrantMailbox();
    private final List<Object> heard = new ArrayList<>();

    private void open() {
        mailbox.open("r1", heard::add, () -> heard.add("closed"));
    }

    @Test
    void aRequestIsHeardOnceAndAnsweredWhenItIsAskedForAgain() {
        open();

        assertThat(mailbox.ask("r1", -7)).isEqualTo(GrantMailbox.PENDING);
        assertThat(mailbox.ask("r1", -7)).isEqualTo(GrantMailbox.PENDING);
        assertThat(heard).containsExactly(-7L);
        mailbox.answer("r1", -7, 3_000);

        assertThat(mailbox.ask("r1", -7)).isEqualTo(3_000);
    }

    /** The reader would date it from then. */
    @Test
    void theAnswerToAnEarlierRequestIsNotGivenToALaterOne() {
        open();
        mailbox.ask("r1", 1);
        mailbox.ask("r1", 2);

        mailbox.answer("r1", 1, 3_000);

        assertThat(mailbox.ask("r1", 2)).isEqualTo(GrantMailbox.PENDING);
        assertThat(heard).containsExactly(1L, 2L);
    }

    @Test
    void aReaderThatNoEnumeratorKnowsIsToldSo() {
        assertThat(mailbox.ask("r1", 1)).isEqualTo(GrantMailbox.UNKNOWN);
        assertThat(mailbox.closing("r1")).isEqualTo(GrantMailbox.UNKNOWN);
        open();
        mailbox.close("r1");

        assertThat(mailbox.ask("r1", 1)).isEqualTo(GrantMailbox.UNKNOWN);
        assertThat(heard).isEmpty();
    }

    /** Its task must not finish before: an event that comes behind that fails the job. */
    @Test
    void aReaderThatClosesWaitsUntilItsEnumeratorHasHeardThat() {
        open();

        assertThat(mailbox.closing("r1")).isEqualTo(GrantMailbox.PENDING);
        assertThat(mailbox.closing("r1")).isEqualTo(GrantMailbox.PENDING);
        assertThat(heard).containsExactly("closed");
        mailbox.close("r1");

        assertThat(mailbox.closing("r1")).isEqualTo(GrantMailbox.UNKNOWN);
    }

    @Test
    void aCallIsReadAsItWasWritten() {
        GrantCall call = new GrantCall();

        assertThat(call.add(GrantCall.ask("nobody", Long.MIN_VALUE), 5L))
                .isEqualTo(GrantMailbox.UNKNOWN);
        assertThat(call.add(GrantCall.closing("nobody"), 5L)).isEqualTo(GrantMailbox.UNKNOWN);
    }
}
