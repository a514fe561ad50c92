/**
 * The demo: jobs in JVMs of their own share a real Kafka topic, one of them is killed, and an audit
 * counts what came out.
 */
package io.leasehold.job.demo;
