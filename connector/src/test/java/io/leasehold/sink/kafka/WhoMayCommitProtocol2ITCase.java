package io.leasehold.sink.kafka;

class WhoMayCommitProtocol2ITCase extends WhoMayCommitContract {

    WhoMayCommitProtocol2ITCase() {
        super(2);
    }
}
