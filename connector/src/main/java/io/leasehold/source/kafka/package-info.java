/**
 * What a leased source knows of Kafka beyond splits. Kafka's connector need not be there: these
 * classes are used only for a source that is one of its own.
 */
package io.leasehold.source.kafka;
