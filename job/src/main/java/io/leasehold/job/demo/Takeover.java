package io.leasehold.job.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What became of a member's splits when it was killed.
 *
 * @param audit of committed records
 * @param millis from the kill until the last of the killed member's splits had a record emitted by
 *     another member; empty if one of them never had
 */
record Takeover(Audit audit, Kill kill, OptionalLong millis) implements Finding {

    /**
     * Whom the demo killed.
     *
     * @param atMillis when, in milliseconds since 1970
     * @param splits what it held then
     */
    record Kill(String member, long atMillis, Set<String> splits) {
        Kill {
            splits = Set.copyOf(splits);
        }
    }

    static Takeover of(int produced, List<Delivered> records, Kill kill) {
        Map<String, Long> takenOver = new HashMap<>();
        for (Delivered record : records) {
            if (!record.member().equals(kill.member())
                    && kill.splits().contains(record.split())
                    && record.emittedAtMillis() >= kill.atMillis()) {
                takenOver.merge(record.split(), record.emittedAtMillis(), Math::min);
            }
        }
        return new Takeover(
                Audit.of(produced, records),
                kill,
                takenOver.keySet().equals(kill.splits())
                        ? takenOver.values().stream().mapToLong(at -> at - kill.atMillis()).max()
                        : OptionalLong.empty());
    }

    /** Nothing is missing, nothing came from nowhere, and the splits were taken over. */
    @Override
    public boolean passed() {
        return audit.isComplete() && millis.isPresent();
    }

    @Override
    public String line() {
        return "%s replayed=%s takeover_ms=%s"
                .formatted(
                        audit.line(),
                        audit.copies(),
                        millis.isPresent() ? millis.getAsLong() : "none");
    }

    @Override
    public List<String> faults() {
        List<String> faults = new ArrayList<>(audit.faults());
        if (millis.isEmpty()) {
            faults.add("Not every split of the killed member was taken over.");
        }
        return faults;
    }

    @Override
    public void addTo(ObjectNode report, long startMillis) {
        audit.addTo(report);
        report.put("replayed", audit.copies());
        millis.ifPresentOrElse(
                found -> report.put("takeover_ms", found), () -> report.putNull("takeover_ms"));
        ObjectNode killed = report.putObject("killed");
        killed.put("member", kill.member());
        killed.put("at_ms", kill.atMillis() - startMillis);
        ArrayNode splits = killed.putArray("splits");
        kill.splits().stream().sorted().forEach(splits::add);
    }
}
