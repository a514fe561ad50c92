/** What Flink's state holds of a leased split. */
package io.leasehold.source.split;
