package io.leasehold.sink.kafka;

class CheckedKafkaSinkProtocol2ITCase extends CheckedKafkaSinkContract {

    CheckedKafkaSinkProtocol2ITCase() {
        super(2);
    }
}
