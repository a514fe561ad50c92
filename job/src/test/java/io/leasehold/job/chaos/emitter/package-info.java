/**
 * The job that the chaos suite hurts: it writes down every record that it emits, before anything
 * can hold it back. Packed into a jar of its own and submitted with Flink's command line.
 */
package io.leasehold.job.chaos.emitter;
