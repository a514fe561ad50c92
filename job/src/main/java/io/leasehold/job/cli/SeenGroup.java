package io.leasehold.job.cli;

import io.leasehold.admin.LeaseAdmin;
import io.leasehold.job.KafkaPositions;
import io.leasehold.lease.model.Claim;
import io.leasehold.lease.model.Lease;
import io.leasehold.lease.model.Member;
import io.leasehold.lease.model.MemberState;
import io.leasehold.lease.model.Membership;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.Inspection.SeenMember;
import io.leasehold.lease.store.Inspection.SeenSplit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A group as people and scripts see it. Ages are by the store's clock. */
record SeenGroup(String group, Inspection seen) {

    /** One line for each split; those whose row cannot be decoded are left out. */
    List<String> splitTable() {
        Table table = new Table("SPLIT", "OWNER", "EPOCH", "CLAIM", "PROGRESS", "AGE", "RATE");
        for (SeenSplit split : seen.splits()) {
            Lease lease = split.lease();
            table.row(
                    lease.splitId(),
                    lease.finished() ? "(finished)" : lease.ownerId().orElse(""),
                    lease.epoch(),
                    lease.claim().map(SeenGroup::claim).orElse(""),
                    KafkaPositions.readable(split.progress().text()),
                    age(split.progressAt()),
                    lease.rate() == 0 ? "" : String.format(Locale.ROOT, "%.1f", lease.rate()));
        }
        return table.lines();
    }

    /** One line for each member. */
    List<String> memberTable() {
        Map<String, Long> targets = LeaseAdmin.targets(seen);
        Table table =
                new Table("MEMBER", "STATE", "WEIGHT", "HELD", "TARGET", "BEAT", "LEASE", "WHO");
        for (SeenMember member : seen.members()) {
            Member row = member.row();
            table.row(
                    row.id(),
                    state(row),
                    weight(row),
                    held(row.id()),
                    targets.getOrDefault(row.id(), 0L),
                    age(member.beatAt()),
                    Membership.isUnreadable(row) ? "" : text(row.duration()),
                    row.description());
        }
        return table.lines();
    }

    /** One sentence for each row that cannot be decoded. */
    List<String> unreadable() {
        List<String> sentences = new ArrayList<>();
        new TreeMap<>(seen.unreadable())
                .forEach(
                        (splitId, why) ->
                                sentences.add(
                                        "The row of split '%s' was changed by hand and cannot be used; mend it. %s"
                                                .formatted(splitId, why)));
        for (SeenMember member : seen.members()) {
            if (Membership.isUnreadable(member.row())) {
                sentences.add(
                        "The row of member '%s' was changed by hand and cannot be used; mend it. %s"
                                .formatted(member.row().id(), member.row().description()));
            }
        }
        return sentences;
    }

    /** One sentence for each unfinished split that no member which is not CLOSED can read. */
    List<String> unread() {
        List<String> members =
                seen.members().stream()
                        .map(SeenMember::row)
                        .filter(row -> row.state() != MemberState.CLOSED)
                        .map(Member::id)
                        .toList();
        return seen.splits().stream()
                .map(SeenSplit::lease)
                .filter(lease -> !lease.finished() && !members.isEmpty())
                .filter(lease -> lease.excluded().keySet().containsAll(members))
                .map(lease -> unread(lease, members))
                .toList();
    }

    private static String unread(Lease lease, List<String> members) {
        return "Nobody reads split '%s': %s. Start a job that can, or leave it."
                .formatted(
                        lease.splitId(),
                        members.stream()
                                .map(
                                        member ->
                                                "'%s': %s"
                                                        .formatted(
                                                                member,
                                                                lease.exclusionOf(member)
                                                                        .orElseThrow()
                                                                        .text()))
                                .collect(Collectors.joining(", ")));
    }

    /** The splits, for scripts. */
    List<Map<String, Object>> splits() {
        return seen.splits().stream().map(this::json).toList();
    }

    private Map<String, Object> json(SeenSplit split) {
        Lease lease = split.lease();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("split", lease.splitId());
        json.put("owner", lease.ownerId().orElse(null));
        json.put("incarnation", lease.owner().map(owner -> owner.id()).orElse(null));
        json.put("epoch", lease.epoch());
        json.put("tenure", lease.tenure());
        json.put("claimant", lease.claim().map(Claim::claimant).orElse(null));
        json.put("claimKind", lease.claim().map(claim -> claim.kind().name()).orElse(null));
        json.put("finished", lease.finished());
        json.put("excluded", new TreeMap<>(lease.excluded()));
        json.put("progress", split.progress().text());
        json.put("checkpoint", split.progress().checkpointId());
        json.put("progressAgeMillis", millis(split.progressAt()));
        json.put("rate", lease.rate());
        return json;
    }

    /** The members, for scripts. */
    List<Map<String, Object>> members() {
        Map<String, Long> targets = LeaseAdmin.targets(seen);
        return seen.members().stream().map(member -> json(member, targets)).toList();
    }

    private Map<String, Object> json(SeenMember member, Map<String, Long> targets) {
        Member row = member.row();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("member", row.id());
        json.put("state", state(row));
        json.put("weight", row.weight());
        json.put("ownWeight", row.share().weight());
        json.put("held", held(row.id()));
        json.put("target", targets.getOrDefault(row.id(), 0L));
        json.put("beat", row.beat());
        json.put("beatAgeMillis", millis(member.beatAt()));
        json.put("leaseMillis", row.duration().toMillis());
        json.put("incarnation", row.incarnation().id());
        json.put("who", row.description());
        return json;
    }

    private static String claim(Claim claim) {
        return claim.kind().name().toLowerCase(Locale.ROOT) + ":" + claim.claimant();
    }

    private static String state(Member row) {
        if (Membership.isUnreadable(row)) {
            return "UNREADABLE";
        }
        boolean draining = row.state() == MemberState.ACTIVE && row.orders().drain();
        return draining ? "DRAINING" : row.state().name();
    }

    private static String weight(Member row) {
        return row.orders().weight().isPresent()
                ? "%s(own:%s)".formatted(row.weight(), row.share().weight())
                : String.valueOf(row.weight());
    }

    private long held(String memberId) {
        return seen.splits().stream()
                .filter(split -> split.lease().ownerId().equals(Optional.of(memberId)))
                .count();
    }

    private String age(Instant at) {
        return text(Duration.ofMillis(millis(at)));
    }

    private long millis(Instant at) {
        return Math.max(0, Duration.between(at, seen.readAt()).toMillis());
    }

    private static String text(Duration duration) {
        if (duration.toHours() >= 48) {
            return duration.toDays() + "d";
        }
        if (duration.toMinutes() >= 120) {
            return duration.toHours() + "h";
        }
        if (duration.toSeconds() >= 120) {
            return duration.toMinutes() + "m";
        }
        return duration.toSeconds() > 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
