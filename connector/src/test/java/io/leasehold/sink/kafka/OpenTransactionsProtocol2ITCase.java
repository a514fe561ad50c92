package io.leasehold.sink.kafka;

class OpenTransactionsProtocol2ITCase extends OpenTransactionsContract {

    OpenTransactionsProtocol2ITCase() {
        super(2);
    }
}
