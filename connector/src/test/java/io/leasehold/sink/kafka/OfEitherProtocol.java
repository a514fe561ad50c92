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

    @BeforeAll
    void start() {
        broker = TransactionBroker.withProtocol(protocol);
    }

    @AfterAll
    void stop() {
        broker.close();
    }
}
