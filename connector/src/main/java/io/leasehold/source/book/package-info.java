/**
 * What an enumerator decides: which reader has which split, in which epoch, what a completed
 * checkpoint is worth, and what is said to whom. Pure: events in, commands out. No clock, thread,
 * log or Flink; the simulation drives these very classes.
 */
package io.leasehold.source.book;
