package io.leasehold.sink.kafka;

class WhoMayCommitProtocol1ITCase extends WhoMayCommitContract {

    WhoMayCommitProtocol1ITCase() {
        super(1);
    }
}
