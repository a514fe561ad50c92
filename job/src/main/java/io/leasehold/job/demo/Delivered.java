package io.leasehold.job.demo;

import io.leasehold.job.OutputHeaders;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * One record of the output topic.
 *
 * @param id its number, as generated
 * @param member who emitted it
 * @param split where it came from
 * @param offset its position there
 * @param emittedAtMillis when, in milliseconds since 1970
 */
record Delivered(long id, String member, String split, long offset, long emittedAtMillis) {

    static Delivered of(ConsumerRecord<?, ?> record) {
        return new Delivered(
                Long.parseLong(header(record, OutputHeaders.RECORD_ID)),
                header(record, OutputHeaders.MEMBER),
                header(record, OutputHeaders.SPLIT),
                Long.parseLong(header(record, OutputHeaders.OFFSET)),
                Long.parseLong(header(record, OutputHeaders.EMITTED_AT)));
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return OutputHeaders.text(record.headers(), name)
                .orElseThrow(
                        () -> new DemoFailedException("An output record has no header " + name));
    }
}
