package io.leasehold.sink.kafka;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What holds on a broker of either transaction protocol, which all of its tests share. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
abstract class OfEitherProtocol {

    final int protocol;
    TransactionBroker broker;

    OfEitherProtocol(int protocol) {
        this.protocol = protocol;
    }

    /**
     * The first commit of this process may be sent before the client knows the broker's protocol.
     * It is no test's.
     */
    @BeforeAll
    void start() throws InterruptedException {
        broker = TransactionBroker.withProtocol(protocol);
        for (int i = 0; i < 2; i++) {
            TransactionBroker.Prepared first = broker.prepared("first-%s".formatted(i));
            try (TransactionEnder another = broker.anotherProcess()) {
                another.commit(first.transaction());
            }
        }
    }

    @AfterAll
    void stop() {
        broker.close();
    }
}
