package io.leasehold.source.book;

import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.model.RestoreRule;

import java.time.Duration;

/**
 * What a source says of itself.
 *
 * @param terms the terms that its member lives by
 * @param startupTimeout how long its readers may take to be there for the first time
 * @param oneBehind whether positions are recorded one checkpoint late
 * @param bounded whether the queue has an end
 * @param restore for the splits in the state that the enumerator starts from
 * @param dropsLost whether the job drops a split whose lease is lost, and continues
 */
public record BookSettings(
        LeaseTerms terms,
        Duration startupTimeout,
        boolean oneBehind,
        boolean bounded,
        RestoreRule restore,
        boolean dropsLost) {}
