package io.leasehold.job.cli;

import io.leasehold.admin.LeaseAdmin;
import io.leasehold.admin.RefusedException;
import io.leasehold.lease.store.GroupSummary;
import io.leasehold.lease.store.Inspection;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.lease.store.LeaseStoreException;
import io.leasehold.lease.store.StoreCheck;

import picocli.CommandLine.Command;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code leasehold check}. */
@Command(
        name = "check",
        description = {
            "Finds out whether the lease table can be used as it is, and by this user; changes nothing.",
            "With --group also whether the rows of that group can be read."
        },
        mixinStandardHelpOptions = true)
final class CheckCommand extends StoreCommand {

    /**
     * @param right whether it is as it should be, as far as Leasehold needs it
     * @param warns whether it is a danger all the same
     */
    private record Finding(String what, boolean right, boolean warns, String says) {

        Finding(String what, boolean right, String says) {
            this(what, right, false, says);
        }

        String mark() {
            if (warns) {
                return "WARN";
            }
            return right ? "ok  " : "FAIL";
        }
    }

    @Override
    int run(LeaseStore store) throws LeaseStoreException, RefusedException {
        List<Finding> findings = new ArrayList<>();
        StoreCheck check = LeaseAdmin.check(store);
        findings.add(new Finding("connects", true, check.product()));
        findings.add(schema(check, LeaseAdmin.groups(store)));
        if (!check.clock().equals(Instant.EPOCH)) {
            Duration ahead = Duration.between(Instant.now(), check.clock());
            findings.add(
                    new Finding(
                            "clock",
                            true,
                            "%s, %s ms %s of this machine's; it dates rows and decides nothing"
                                    .formatted(
                                            check.clock(),
                                            ahead.abs().toMillis(),
                                            ahead.isNegative() ? "behind" : "ahead")));
        }
        for (StoreCheck.Right right : check.rights()) {
            findings.add(right(right));
        }
        for (String warning : check.warnings()) {
            findings.add(
                    new Finding("durability", true, true, warning + "; see docs/deployment.md"));
        }
        if (named().isPresent()) {
            Inspection seen = admin(store).inspect();
            List<String> unreadable = new SeenGroup(group(), seen).unreadable();
            findings.add(
                    new Finding(
                            "group " + group(),
                            unreadable.isEmpty(),
                            unreadable.isEmpty()
                                    ? "%s members, %s splits, all rows can be read"
                                            .formatted(seen.members().size(), seen.splits().size())
                                    : String.join(" ", unreadable)));
        }
        show(findings);
        return findings.stream().allMatch(Finding::right) ? 0 : Leasehold.FAILED;
    }

    private static Finding schema(StoreCheck check, List<GroupSummary> groups) {
        List<String> others =
                groups.stream()
                        .filter(group -> group.schemaVersion() != check.schemaVersion())
                        .map(
                                group ->
                                        "group %s has %s"
                                                .formatted(group.id(), group.schemaVersion()))
                        .toList();
        return new Finding(
                "schema",
                others.isEmpty(),
                "version %s is known%s"
                        .formatted(
                                check.schemaVersion(),
                                others.isEmpty()
                                        ? ", and all groups have it"
                                        : "; but " + String.join(", ", others)));
    }

    private static Finding right(StoreCheck.Right right) {
        return new Finding(
                "may " + right.what(),
                right.granted() || !right.forMembers(),
                right.granted()
                        ? "yes"
                        : "no, and %s it: %s".formatted(right.neededBy(), right.refusal()));
    }

    private void show(List<Finding> findings) {
        if (json()) {
            List<Map<String, Object>> all = new ArrayList<>();
            for (Finding finding : findings) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("what", finding.what());
                one.put("right", finding.right());
                if (finding.warns()) {
                    one.put("warns", true);
                }
                one.put("says", finding.says());
                all.add(one);
            }
            printJson(all);
            return;
        }
        for (Finding finding : findings) {
            out().printf(
                            Locale.ROOT,
                            "%s %s: %s%n",
                            finding.mark(),
                            finding.what(),
                            finding.says());
        }
    }
}
