package io.leasehold.admin;

/**
 * One thing that was done, or would be.
 *
 * @param subject the split or the member
 * @param what for people
 */
public record Change(String subject, String what) {}
