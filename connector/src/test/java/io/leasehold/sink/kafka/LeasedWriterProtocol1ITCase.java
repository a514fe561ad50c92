package io.leasehold.sink.kafka;

class LeasedWriterProtocol1ITCase extends LeasedWriterContract {

    LeasedWriterProtocol1ITCase() {
        super(1);
    }
}
