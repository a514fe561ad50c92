package io.leasehold.job.demo;

import io.leasehold.job.JobOptions;
import io.leasehold.job.demo.CheckpointWatch.Completed;
import io.leasehold.option.Option;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * What came out where splits only moved as planned.
 *
 * @param audit of committed records
 * @param replayed how many records were emitted once more, whether that was committed or not
 * @param handoffs in order of split and time
 * @param mostBeyondMillis for how long splits may stand still beyond their checkpoint, all but one
 *     in a hundred
 */
record HandoffAudit(Audit audit, long replayed, List<Handoff> handoffs, long mostBeyondMillis)
        implements Finding {

    /** How members are started for this: a job that drops copies would hide them. */
    static final Map<Option<?>, String> NOTHING_HIDDEN = Map.of(JobOptions.DEDUP_ENABLED, "false");

    /**
     * That a split went from one member to another.
     *
     * @param lastAtMillis when the one emitted its last record, in milliseconds since 1970
     * @param pauseMillis from then to the first record of the other
     * @param checkpointMillis how long the checkpoint took with which it was let go; 0 if that was
     *     not seen
     */
    record Handoff(
            String split,
            String from,
            String to,
            long lastAtMillis,
            long pauseMillis,
            long checkpointMillis) {

        long beyondCheckpoint() {
            return pauseMillis - checkpointMillis;
        }
    }

    /** Judges what came out, by the settings' limit for pauses. */
    static HandoffAudit of(DemoSettings settings, Output output) {
        Map<String, List<Delivered>> bySplit = new TreeMap<>();
        output.committed()
                .forEach(
                        record ->
                                bySplit.computeIfAbsent(record.split(), it -> new ArrayList<>())
                                        .add(record));
        List<Handoff> handoffs = new ArrayList<>();
        bySplit.values()
                .forEach(records -> handoffs.addAll(handoffs(records, output.checkpoints())));
        return new HandoffAudit(
                Audit.of(output.produced(), output.committed()),
                Audit.of(output.produced(), output.emitted()).copies(),
                handoffs,
                settings.pauseLimit().toMillis());
    }

    private static List<Handoff> handoffs(List<Delivered> records, List<Completed> checkpoints) {
        records.sort(Comparator.comparingLong(Delivered::offset));
        List<Handoff> handoffs = new ArrayList<>();
        for (int i = 1; i < records.size(); i++) {
            Delivered last = records.get(i - 1);
            Delivered first = records.get(i);
            if (!last.member().equals(first.member())) {
                handoffs.add(
                        new Handoff(
                                last.split(),
                                last.member(),
                                first.member(),
                                last.emittedAtMillis(),
                                first.emittedAtMillis() - last.emittedAtMillis(),
                                waitedFor(last, checkpoints)));
            }
        }
        return handoffs;
    }

    /** Its barrier came right behind the last record: it is the first to complete after that. */
    private static long waitedFor(Delivered last, List<Completed> checkpoints) {
        return checkpoints.stream()
                .filter(checkpoint -> checkpoint.member().equals(last.member()))
                .filter(checkpoint -> checkpoint.endMillis() >= last.emittedAtMillis())
                .min(Comparator.comparingLong(Completed::endMillis))
                .map(Completed::durationMillis)
                .orElse(0L);
    }

    /** Each record came once and was emitted once, and no split stood still for long. */
    @Override
    public boolean passed() {
        return audit.isComplete()
                && audit.copies() == 0
                && replayed == 0
                && !handoffs.isEmpty()
                && beyondCheckpointP99() <= mostBeyondMillis;
    }

    @Override
    public String line() {
        return "%s duplicated=%s replayed=%s handoffs=%s pause_p99_ms=%s pause_max_ms=%s checkpoint_max_ms=%s beyond_checkpoint_p99_ms=%s"
                .formatted(
                        audit.line(),
                        audit.copies(),
                        replayed,
                        handoffs.size(),
                        percentile(99, Handoff::pauseMillis),
                        percentile(100, Handoff::pauseMillis),
                        percentile(100, Handoff::checkpointMillis),
                        beyondCheckpointP99());
    }

    @Override
    public List<String> faults() {
        List<String> faults = new ArrayList<>(audit.faults());
        if (audit.copies() > 0) {
            faults.add(audit.copies() + " records arrived once more.");
        }
        if (replayed > 0) {
            faults.add(replayed + " records were emitted once more.");
        }
        if (handoffs.isEmpty()) {
            faults.add("No split was handed over.");
        }
        if (beyondCheckpointP99() > mostBeyondMillis) {
            faults.add(
                    "Splits stood still for more than %s ms beyond their checkpoint: %s"
                            .formatted(
                                    mostBeyondMillis,
                                    handoffs.stream()
                                            .filter(it -> it.beyondCheckpoint() > mostBeyondMillis)
                                            .toList()));
        }
        return faults;
    }

    @Override
    public void addTo(ObjectNode report, long startMillis) {
        audit.addTo(report);
        report.put("duplicated", audit.copies());
        report.put("replayed", replayed);
        report.put("pause_p99_ms", percentile(99, Handoff::pauseMillis));
        report.put("pause_max_ms", percentile(100, Handoff::pauseMillis));
        report.put("checkpoint_max_ms", percentile(100, Handoff::checkpointMillis));
        report.put("beyond_checkpoint_p99_ms", beyondCheckpointP99());
        ArrayNode moves = report.putArray("handoffs");
        for (Handoff handoff : handoffs) {
            ObjectNode node = moves.addObject();
            node.put("split", handoff.split());
            node.put("from", handoff.from());
            node.put("to", handoff.to());
            node.put("last_at_ms", handoff.lastAtMillis() - startMillis);
            node.put("pause_ms", handoff.pauseMillis());
            node.put("checkpoint_ms", handoff.checkpointMillis());
        }
    }

    private long beyondCheckpointP99() {
        return percentile(99, Handoff::beyondCheckpoint);
    }

    /** The smallest value that so many of a hundred do not exceed; 0 if there is none. */
    private long percentile(int percent, ToLongFunction<Handoff> value) {
        List<Long> sorted = handoffs.stream().mapToLong(value).sorted().boxed().toList();
        int rank = (sorted.size() * percent + 99) / 100;
        return rank == 0 ? 0 : sorted.get(rank - 1);
    }
}
