/**
 * The lease protocol on virtual time: the real keepers, enumerators' books and readers' books of
 * many jobs over one table, with everything that goes wrong between them, judged from what was
 * emitted. One seed says all.
 */
package io.leasehold.simulation;
