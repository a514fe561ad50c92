package io.leasehold.sink.kafka;

class LeasedWriterProtocol2ITCase extends LeasedWriterContract {

    LeasedWriterProtocol2ITCase() {
        super(2);
    }
}
