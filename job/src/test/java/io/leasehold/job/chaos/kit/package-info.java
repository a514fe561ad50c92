/**
 * Real processes to be hurt: JobManagers and TaskManagers from Maven artifacts, a Kafka broker, a
 * PostgreSQL, and the lines between them. Everything is on loopback addresses and free ports, and
 * ends with whoever started it, however that ends.
 */
package io.leasehold.job.chaos.kit;
