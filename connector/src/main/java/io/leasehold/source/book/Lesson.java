package io.leasehold.source.book;

import io.leasehold.lease.member.LeaseEvent;

import java.util.List;

/**
 * What an answer of the store taught, and what follows.
 *
 * @param learnt in order
 */
public record Lesson<S>(List<LeaseEvent> learnt, List<Command<S>> commands) {}
