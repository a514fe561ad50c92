package io.leasehold.simulation;

import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A simulated source's own enumerator: it finds splits when it is told to look. */
final class FoundSplits implements SplitEnumerator<NumberedSplit, String> {

    private final SplitEnumeratorContext<NumberedSplit> context;
    private final Supplier<List<NumberedSplit>> thereAre;
    private final Set<String> found = new HashSet<>();

    FoundSplits(
            SplitEnumeratorContext<NumberedSplit> context, Supplier<List<NumberedSplit>> thereAre) {
        this.context = context;
        this.thereAre = thereAre;
    }

    void look() {
        List<NumberedSplit> more = new ArrayList<>();
        for (NumberedSplit split : thereAre.get()) {
            if (found.add(split.splitId())) {
                more.add(split);
            }
        }
        if (!more.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(Map.of(0, more)));
        }
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String requesterHostname) {}

    @Override
    public void addSplitsBack(List<NumberedSplit> splits, int subtask) {}

    @Override
    public void addReader(int subtask) {}

    @Override
    public String snapshotState(long checkpointId) {
        return "";
    }

    @Override
    public void close() {}
}
