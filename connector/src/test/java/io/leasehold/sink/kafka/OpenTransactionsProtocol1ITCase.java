package io.leasehold.sink.kafka;

class OpenTransactionsProtocol1ITCase extends OpenTransactionsContract {

    OpenTransactionsProtocol1ITCase() {
        super(1);
    }
}
