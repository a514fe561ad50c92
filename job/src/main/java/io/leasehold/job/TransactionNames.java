package io.leasehold.job;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** What a member's Kafka transactions begin with. */
final class TransactionNames {

    private TransactionNames() {}

    /**
     * A prefix that no other member of any group has, and that stays the same over restarts of this
     * one: a restarted job finds its own open transactions by it and ends them, and must never end
     * those of another.
     */
    static String prefix(String group, String memberId) {
        // A slash is encoded in both names, so no two pairs of names give the same text, and none
        // the beginning of another.
        return "leasehold/" + encoded(group) + "/" + encoded(memberId) + "/";
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }
}
