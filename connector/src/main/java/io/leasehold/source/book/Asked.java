package io.leasehold.source.book;

import io.leasehold.lease.model.Claim;

/**
 * A reader was asked to let a split go.
 *
 * @param number of the request. A reader may freeze a split, resume it, and be asked again while
 *     the checkpoint in which it first stood still is completing: only a position reported under
 *     the number last asked with, and not withdrawn since, is one that the split stands at
 * @param kind how: at the next barrier, or at once
 */
record Asked(long number, Claim.Kind kind) {}
