package io.leasehold.lease.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The group as one read shows it.
 *
 * @param changeNumber grows with every change to ownership, membership and claims
 * @param members all member rows, CLOSED ones too, in no order. For a row that cannot be decoded
 *     there is an {@link #unreadable} member
 */
public record Membership(long changeNumber, List<Member> members) {

    /** Nobody lives by such a duration: terms allow a day at most. */
    private static final Duration UNREADABLE = Duration.ofDays(50 * 365);

    public Membership {
        members = List.copyOf(members);
    }

    /**
     * Stands for a row that cannot be decoded. Its job may be alive and reading, and what its row
     * says of that is unknown: so it is never found dead, since it lives by fifty years, and gets
     * nothing more, since it drains. Its splits move by handoff alone until a person mends the row.
     *
     * @param beat as stored
     * @param why what is wrong with the row, for people
     */
    public static Member unreadable(Incarnation incarnation, long beat, String why) {
        return new Member(
                incarnation,
                beat,
                MemberState.ACTIVE,
                Share.of(0),
                new Orders(true, OptionalInt.empty()),
                UNREADABLE,
                Duration.ZERO,
                "Unreadable row: " + why);
    }

    /** Whether it stands for a row that cannot be decoded. */
    public static boolean isUnreadable(Member member) {
        return member.duration().equals(UNREADABLE);
    }

    /** Whether this incarnation may write as its member. */
    public boolean mayWrite(Incarnation by) {
        return member(by.memberId()).filter(row -> row.mayBeWrittenBy(by)).isPresent();
    }

    public Optional<Member> member(String memberId) {
        return members.stream().filter(member -> member.id().equals(memberId)).findFirst();
    }
}
