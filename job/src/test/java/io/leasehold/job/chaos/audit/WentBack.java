package io.leasehold.job.chaos.audit;

import io.leasehold.job.chaos.emitter.Emission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a run has shown in which the lease table lost its last seconds: its replica stopped to
 * follow with the first fault, and was promoted with the last one.
 *
 * <p>Where a member that has not noticed yet emits a split beside one that reads by the table as it
 * is now, no promise is broken.
 *
 * @param lostMillis how much the table lost
 * @param noticedMillis by member: how long after the promotion it noticed
 * @param betweenMillis the longest time for which two attempts emitted a split between the end of
 *     the old primary and the notice
 * @param lateRecords the most records that an attempt of the lost history emitted after the notice
 * @param afterMillis for how long it did so beside another attempt; the exposure that is allowed is
 *     none
 * @param grantedMillis for how long after the notice a reader of the lost history could have
 *     emitted
 * @param unreadMillis the longest time after the promotion for which a split was not read
 * @param unreadBoundMillis how long it may be
 * @param restartMillis the longest time from a notice until all subtasks of the source ran again
 * @param roundTrips by member: the most in a second after the promotion
 * @param duplicatesBound how many committed records may be there once too often
 * @param before the run until the old primary ended
 * @param after the run of those lives that are not of the lost history
 * @param lines what the JobManagers said
 * @param findings what is not as promised, in sentences
 */
public record WentBack(
        long lostMillis,
        Map<String, Long> noticedMillis,
        long betweenMillis,
        long lateRecords,
        long afterMillis,
        long grantedMillis,
        long unreadMillis,
        long unreadBoundMillis,
        long restartMillis,
        Map<String, Long> roundTrips,
        long duplicatesBound,
        Run before,
        Run after,
        List<String> lines,
        List<String> findings) {

    /**
     * What was seen beside the records, and what is promised.
     *
     * @param notices by member
     * @param mustNotice the members that have seen what was lost, and live
     * @param roundTrips by member, in order of time
     * @param deadAfter how long one member watches another before it takes over
     * @param tick how often a member renews
     * @param grant the longest that a reader emits after it asked
     * @param mostRoundTrips in a second
     */
    public record Seen(
            Map<String, List<Notice>> notices,
            Set<String> mustNotice,
            Map<String, List<RoundTrips>> roundTrips,
            Duration deadAfter,
            Duration tick,
            Duration grant,
            long mostRoundTrips) {}

    /** Judges what happened. */
    public static WentBack of(Run run, Seen seen) {
        return new Judge(run, seen).judged();
    }

    /** The figures that people and scripts look for. */
    public String line() {
        return "lost_ms=%d noticed_ms=%s overlap_before_notice_ms=%d overlap_after_notice_ms=%d late_records=%d granted_after_notice_ms=%d unread_ms=%d unread_bound_ms=%d restart_ms=%d round_trips_per_s=%s"
                .formatted(
                        lostMillis,
                        text(noticedMillis),
                        betweenMillis,
                        afterMillis,
                        lateRecords,
                        grantedMillis,
                        unreadMillis,
                        unreadBoundMillis,
                        restartMillis,
                        text(roundTrips));
    }

    private static String text(Map<String, Long> byMember) {
        return byMember.isEmpty()
                ? "none"
                : byMember.entrySet().stream()
                        .map(it -> it.getKey() + ":" + it.getValue())
                        .collect(Collectors.joining(","));
    }

    private static final class Judge {

        private final Run run;
        private final Seen seen;
        private final Histories histories;
        private final List<String> findings = new ArrayList<>();

        Judge(Run run, Seen seen) {
            this.run = run;
            this.seen = seen;
            this.histories = new Histories(run, seen.notices());
        }

        WentBack judged() {
            Map<String, Long> noticed = new TreeMap<>();
            seen.notices()
                    .forEach(
                            (member, all) ->
                                    all.forEach(
                                            it ->
                                                    noticed.putIfAbsent(
                                                            member,
                                                            millis(it.at() - histories.promoted))));
            long late = 0;
            long granted = 0;
            for (Life life : run.leasedLives().filter(histories::ofLostHistory).toList()) {
                long at = histories.noticedAt(life.member()).getAsLong();
                late = Math.max(late, count(life, it -> it.nanos() - at > 0));
            }
            for (List<Granted> grants : run.grants().values()) {
                for (Granted it : grants) {
                    OptionalLong at = histories.noticedAt(it.member());
                    if (at.isPresent() && it.from() - at.getAsLong() < 0) {
                        granted = Math.max(granted, millis(it.until() - at.getAsLong()));
                    }
                }
            }
            long restart =
                    notices().stream()
                            .mapToLong(it -> millis(it.restarted().orElse(run.endedAt()) - it.at()))
                            .max()
                            .orElse(0);
            long unreadBound =
                    restart + seen.deadAfter().plus(seen.tick().multipliedBy(2)).toMillis();
            long after = beside(true);
            Map<String, Long> roundTrips = new TreeMap<>();
            seen.roundTrips()
                    .forEach(
                            (member, counted) ->
                                    roundTrips.put(
                                            member,
                                            RoundTrips.mostPerSecond(counted, histories.promoted)));
            long unread = unread();
            noticesAreAsExpected();
            epochsGrow();
            demand(
                    after == 0,
                    "two attempts emitted a split for %d ms after the notice".formatted(after));
            demand(
                    late <= Life.EXPOSURE,
                    "an attempt emitted %d records after its member's notice".formatted(late));
            demand(
                    granted <= seen.grant().toMillis(),
                    "a reader could have emitted for %d ms after the notice".formatted(granted));
            demand(
                    unread <= unreadBound,
                    "a split was not read for %d ms, at most %d are allowed"
                            .formatted(unread, unreadBound));
            roundTrips.forEach(
                    (member, most) ->
                            demand(
                                    most <= seen.mostRoundTrips(),
                                    "%s made %d round trips to the table in a second"
                                            .formatted(member, most)));
            ReadAgain again = ReadAgain.in(run, histories);
            findings.addAll(again.findings());
            return new WentBack(
                    millis(histories.died - histories.lostFrom),
                    noticed,
                    beside(false),
                    late,
                    after,
                    granted,
                    unread,
                    unreadBound,
                    restart,
                    roundTrips,
                    again.records(),
                    histories.before(),
                    histories.after(),
                    notices().stream().map(Notice::line).toList(),
                    List.copyOf(findings));
        }

        private void demand(boolean holds, String otherwise) {
            if (!holds) {
                findings.add(otherwise);
            }
        }

        private static long millis(long nanos) {
            return nanos / 1_000_000;
        }

        private static long count(Life life, Predicate<Emission> which) {
            return life.emissions().stream().filter(which).count();
        }

        private List<Notice> notices() {
            return seen.notices().values().stream().flatMap(List::stream).toList();
        }

        private void noticesAreAsExpected() {
            for (String member : seen.mustNotice()) {
                List<Notice> all = seen.notices().getOrDefault(member, List.of());
                demand(
                        all.size() == 1,
                        "%s said %d times that the table went back".formatted(member, all.size()));
                demand(
                        all.stream().allMatch(it -> it.restarted().isPresent()),
                        member + " did not restart after the table went back");
                demand(
                        all.stream().allMatch(it -> it.at() - histories.died > 0),
                        member + " said that the table went back, before it did");
            }
        }

        /** Whoever noticed gives out epochs beyond all that were before. */
        private void epochsGrow() {
            run.leased()
                    .forEach(
                            (split, lives) -> {
                                long lost =
                                        lives.stream()
                                                .filter(
                                                        it ->
                                                                it.first().nanos()
                                                                                - histories.promoted
                                                                        < 0)
                                                .mapToLong(Life::epoch)
                                                .max()
                                                .orElse(0);
                                lives.stream()
                                        .filter(it -> histories.noticedAt(it.member()).isPresent())
                                        .filter(it -> !histories.ofLostHistory(it))
                                        .filter(it -> it.epoch() <= lost)
                                        .forEach(
                                                it ->
                                                        findings.add(
                                                                "%s: %s, but epoch %d was given before the table went back"
                                                                        .formatted(
                                                                                split, it.name(),
                                                                                lost)));
                            });
        }

        /**
         * For how long an attempt of the lost history and another one emitted one split: after the
         * notice, or from the old primary's end to the notice.
         */
        private long beside(boolean afterNotice) {
            long longest = 0;
            for (List<Life> lives : run.leased().values()) {
                for (Life lost : lives) {
                    if (!histories.ofLostHistory(lost)) {
                        continue;
                    }
                    long at = histories.noticedAt(lost.member()).getAsLong();
                    Predicate<Emission> counts =
                            afterNotice
                                    ? it -> it.nanos() - at > 0
                                    : it -> it.nanos() - histories.died > 0 && it.nanos() - at <= 0;
                    if (afterNotice && count(lost, counts) <= Life.EXPOSURE) {
                        continue;
                    }
                    for (Life other : lives) {
                        if (other != lost) {
                            longest = Math.max(longest, millis(together(lost, other, counts)));
                        }
                    }
                }
            }
            return longest;
        }

        private static long together(Life one, Life other, Predicate<Emission> counts) {
            List<Emission> a = one.emissions().stream().filter(counts).toList();
            List<Emission> b = other.emissions().stream().filter(counts).toList();
            if (a.isEmpty() || b.isEmpty()) {
                return 0;
            }
            long from = Math.max(a.get(0).nanos(), b.get(0).nanos());
            long until = Math.min(a.get(a.size() - 1).nanos(), b.get(b.size() - 1).nanos());
            return Math.max(0, until - from);
        }

        private long unread() {
            long longest = 0;
            for (List<Life> lives : run.leased().values()) {
                long last = histories.promoted;
                for (long at :
                        lives.stream()
                                .flatMap(it -> it.emissions().stream())
                                .mapToLong(Emission::nanos)
                                .filter(it -> it - histories.promoted > 0)
                                .sorted()
                                .toArray()) {
                    longest = Math.max(longest, at - last);
                    last = at;
                }
            }
            return millis(longest);
        }
    }
}
