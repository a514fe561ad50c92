/** Kafka's transactions as prepared output: the only part of the sink that knows Kafka. */
package io.leasehold.sink.kafka;
