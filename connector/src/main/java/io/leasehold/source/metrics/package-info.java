/** What people are shown of leases in numbers: each metric's name, unit and value. */
package io.leasehold.source.metrics;
