package io.leasehold.job.bench.member;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Writes marks of what passes to a file of this attempt's own. Chained to its source, so that
 * nothing is in between, and that it hears of a barrier where the source does.
 */
final class MarkedDown extends RichMapFunction<Place, Place> implements CheckpointedFunction {

    /** Records that come closer one after the other than this leave no mark. */
    static final Duration LEAST_GAP = Duration.ofMillis(10);

    /**
     * A split that has had no record for so long may have been with somebody who was killed, and
     * come back to where it was.
     */
    private static final Duration ELSEWHERE = Duration.ofMillis(500);

    private static final long serialVersionUID = 1L;

    private final String member;
    private final String folder;
    private transient MarkFile file;
    private transient Map<Integer, Last> last;

    /** The last record of a split that passed. */
    private static final class Last {
        private long offset;
        private long nanos;
        private boolean marked;
    }

    MarkedDown(String member, String folder) {
        this.member = member;
        this.folder = folder;
    }

    @Override
    public void open(OpenContext context) throws IOException {
        last = new HashMap<>();
        file =
                new MarkFile(
                        Path.of(
                                folder,
                                "%s.%d.%s"
                                        .formatted(
                                                member,
                                                getRuntimeContext()
                                                        .getTaskInfo()
                                                        .getIndexOfThisSubtask(),
                                                UUID.randomUUID().toString().substring(0, 8))));
    }

    @Override
    public Place map(Place place) throws IOException {
        long now = System.nanoTime();
        Last before = last.get(place.split());
        List<Mark> marks = new ArrayList<>(0);
        boolean follows = before != null && before.offset + 1 == place.offset();
        if (follows && now - before.nanos >= LEAST_GAP.toNanos()) {
            marks.add(new Mark.Gap(place.split(), before.nanos, now));
        }
        if (!follows || now - before.nanos >= ELSEWHERE.toNanos()) {
            before = new Last();
            last.put(place.split(), before);
            marks.add(new Mark.Began(place.split(), place.offset(), now));
        }
        if (!marks.isEmpty()) {
            file.write(marks);
        }
        before.offset = place.offset();
        before.nanos = now;
        before.marked = false;
        return place;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws IOException {
        List<Mark> reached = new ArrayList<>();
        last.forEach(
                (split, record) -> {
                    if (!record.marked) {
                        record.marked = true;
                        reached.add(
                                new Mark.Reached(
                                        context.getCheckpointId(),
                                        split,
                                        record.offset,
                                        record.nanos));
                    }
                });
        if (!reached.isEmpty()) {
            file.write(reached);
        }
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        // What it marks is of this attempt alone.
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
