package io.leasehold.exploration;

import io.leasehold.lease.model.Progress;
import io.leasehold.lease.store.SplitRequest.Discover.NewSplit;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Who takes part, in what, how they keep the rules, and what may go wrong. */
record Setting(Conduct conduct, int members, int splits, Allowance allowance) {

    private static final Progress START = new Progress(new byte[0], 1, "start", 0);

    static String memberId(int seat) {
        return String.valueOf((char) ('A' + seat));
    }

    List<NewSplit> newSplits() {
        return IntStream.range(0, splits)
                .mapToObj(i -> new NewSplit("s" + i, Set.of(), START))
                .toList();
    }
}
