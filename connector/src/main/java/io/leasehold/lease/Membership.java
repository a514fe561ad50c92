package io.leasehold.lease;

import java.util.List;
import java.util.Optional;

/**
 * The group as one read shows it.
 *
 * @param changeNumber grows with every change to ownership, membership and claims
 * @param members all member rows, CLOSED ones too, in no order
 */
public record Membership(long changeNumber, List<Member> members) {

    public Membership {
        members = List.copyOf(members);
    }

    public Optional<Member> member(String memberId) {
        return members.stream().filter(member -> member.id().equals(memberId)).findFirst();
    }
}
