package io.leasehold.source.enumerator;

import org.apache.flink.api.connector.source.SourceEvent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** What the wrapped enumerator hears of what Flink says. */
@Timeout(30)
class WrappedEnumeratorTest extends EnumeratorRig {

    private final Life life = new Life(2, Optional.empty(), "a");

    @Test
    void itIsStartedAndClosed() {
        life.enumerator.start();
        assertThat(heard).containsExactly("start");

        life.close();
        assertThat(heard).containsExactly("start", "close");
    }

    @Test
    void itHearsOfReadersAndWhatTheyAskForAndSay() {
        SourceEvent event = new SourceEvent() {};
        life.enumerator.start();
        heard.clear();

        life.register(1);
        life.enumerator.handleSplitRequest(1, "there");
        life.enumerator.handleSourceEvent(1, event);

        assertThat(heard)
                .containsExactly("addReader 1", "handleSplitRequest 1 there", "event 1 " + event);
    }

    /** Its splits are taken back to where others may get them, and never to it. */
    @Test
    void itHearsOfNoSplitThatComesBack() {
        life.enumerator.start();
        life.settle();
        life.reader(0, "r0");
        life.reader(1, "r1");
        life.pass(TERMS.renewInterval());
        heard.clear();

        life.context.assigned.forEach(
                (subtask, splits) -> life.enumerator.addSplitsBack(splits, subtask));
        assertThat(heard).isEmpty();
    }

    @Test
    void itHearsOfCheckpointsThatCompleteAndOfThoseThatDoNot() throws Exception {
        life.enumerator.start();
        heard.clear();

        assertThat(life.enumerator.snapshotState(7).inner()).isEqualTo("state 7");
        life.enumerator.notifyCheckpointAborted(7);
        life.enumerator.notifyCheckpointComplete(8);

        assertThat(heard).containsExactly("snapshotState 7", "aborted 7", "complete 8");
    }
}
