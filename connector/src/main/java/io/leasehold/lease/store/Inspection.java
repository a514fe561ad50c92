package io.leasehold.lease.store;

import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.model.Progress;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All there is of a group, for people. Times are by the store's clock and decide nothing; a store
 * without a clock gives {@link Instant#EPOCH} for each.
 *
 * @param readAt when this was read
 * @param changeNumber the group's change number when the splits were read, a moment after the
 *     members
 * @param members in order of member id; a row that cannot be decoded is {@link
 *     Membership#unreadable}
 * @param splits in order of split id
 * @param unreadable splits whose row cannot be decoded: why, by split id
 */
public record Inspection(
        Instant readAt,
        long changeNumber,
        List<SeenMember> members,
        List<SeenSplit> splits,
        Map<String, String> unreadable) {

    /**
     * @param joinedAt when this incarnation came
     * @param beatAt when it last renewed
     */
    public record SeenMember(Member row, Instant joinedAt, Instant beatAt) {}

    /**
     * @param progressAt when the position was recorded
     */
    public record SeenSplit(Lease lease, Progress progress, Instant progressAt) {}

    public Inspection {
        members = List.copyOf(members);
        splits = List.copyOf(splits);
        unreadable = Map.copyOf(unreadable);
    }

    public Optional<SeenMember> member(String memberId) {
        return members.stream().filter(member -> member.row().id().equals(memberId)).findFirst();
    }

    public Optional<SeenSplit> split(String splitId) {
        return splits.stream().filter(split -> split.lease().splitId().equals(splitId)).findFirst();
    }

    /** The members without what is for people. */
    public Membership membership() {
        return new Membership(changeNumber, members.stream().map(SeenMember::row).toList());
    }
}
