package io.leasehold.sink.kafka;

class CheckedKafkaSinkProtocol1ITCase extends CheckedKafkaSinkContract {

    CheckedKafkaSinkProtocol1ITCase() {
        super(1);
    }
}
