package io.leasehold.lease.model;

/**
 * One life of a member: the member id survives restarts of a job, the incarnation does not.
 *
 * @param memberId name of the job within its group
 * @param id random name of this life, chosen anew each time the member's enumerator starts
 */
public record Incarnation(String memberId, String id) {

    public Incarnation {
        Names.require("member id", memberId);
        Names.require("incarnation", id);
    }

    @Override
    public String toString() {
        return memberId + "/" + id;
    }
}
