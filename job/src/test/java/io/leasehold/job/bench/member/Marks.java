package io.leasehold.job.bench.member;

import io.leasehold.job.bench.member.Mark.Began;
import io.leasehold.job.bench.member.Mark.Completed;
import io.leasehold.job.bench.member.Mark.Gap;
import io.leasehold.job.bench.member.Mark.Reached;
import io.leasehold.job.bench.member.Stretch.Reader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All that members have written down, as read from their files while they write. Not safe for use
 * by several threads.
 */
public final class Marks {

    private final Path folder;
    private final Map<Path, Long> read = new HashMap<>();
    private final Map<Reader, Map<Integer, List<Open>>> readers = new LinkedHashMap<>();
    private final Map<String, NavigableMap<Long, Long>> checkpoints = new HashMap<>();
    private final Map<Integer, Open> newest = new TreeMap<>();

    /** A stretch that may get longer. */
    private static final class Open {
        private final Reader reader;
        private final Began began;
        private final List<Gap> gaps = new ArrayList<>();
        private long barrier;
        private long lastOffset;
        private long lastNanos;

        Open(Reader reader, Began began) {
            this.reader = reader;
            this.began = began;
            lastOffset = began.offset();
            lastNanos = began.nanos();
        }

        /** Where the reader's next one follows on this one, no barrier need have come between. */
        void endsBefore(Began next) {
            Optional<Gap> between =
                    gaps.isEmpty()
                            ? Optional.empty()
                            : Optional.of(gaps.get(gaps.size() - 1))
                                    .filter(it -> it.until() == next.nanos());
            if (between.isPresent()) {
                lastOffset = next.offset() - 1;
                lastNanos = between.get().from();
            }
        }

        Stretch with(List<Gap> gaps) {
            return new Stretch(
                    reader,
                    began.split(),
                    began.offset(),
                    began.nanos(),
                    lastOffset,
                    lastNanos,
                    barrier,
                    gaps);
        }
    }

    public Marks(Path folder) {
        this.folder = folder;
    }

    /** Reads what is new. */
    public Marks look() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                readOn(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The marks cannot be read", e);
        }
        return this;
    }

    private void readOn(Path file) throws IOException {
        long from = read.getOrDefault(file, 0L);
        String text;
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - from));
            channel.position(from);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Until all is read.
            }
            text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        }
        // A line that is being written is read next time.
        int whole = text.lastIndexOf('\n') + 1;
        String[] name = file.getFileName().toString().split("\\.");
        text.substring(0, whole).lines().map(Mark::parse).forEach(mark -> take(name, mark));
        read.put(file, from + whole);
    }

    private void take(String[] name, Mark mark) {
        if (mark instanceof Completed completed) {
            checkpoints
                    .computeIfAbsent(name[0], member -> new TreeMap<>())
                    .put(completed.checkpoint(), completed.millis());
            return;
        }
        Reader reader = new Reader(name[0], Integer.parseInt(name[1]), name[2]);
        Map<Integer, List<Open>> splits = readers.computeIfAbsent(reader, it -> new HashMap<>());
        if (mark instanceof Began began) {
            Open stretch = new Open(reader, began);
            List<Open> before = splits.computeIfAbsent(began.split(), split -> new ArrayList<>());
            if (!before.isEmpty()) {
                before.get(before.size() - 1).endsBefore(began);
            }
            before.add(stretch);
            newest.merge(
                    began.split(),
                    stretch,
                    (one, other) -> one.began.nanos() - other.began.nanos() > 0 ? one : other);
        } else if (mark instanceof Gap gap) {
            last(splits, gap.split()).gaps.add(gap);
        } else if (mark instanceof Reached reached) {
            Open stretch = last(splits, reached.split());
            stretch.barrier = reached.checkpoint();
            stretch.lastOffset = reached.offset();
            stretch.lastNanos = reached.nanos();
        }
    }

    private static Open last(Map<Integer, List<Open>> splits, int split) {
        List<Open> stretches = splits.get(split);
        return stretches.get(stretches.size() - 1);
    }

    /** All stretches there are, those of one reader and one split in their order. */
    public List<Stretch> stretches() {
        return readers.values().stream()
                .flatMap(splits -> splits.values().stream())
                .flatMap(List::stream)
                .map(open -> open.with(open.gaps))
                .toList();
    }

    /** Of each split the stretch that began last, without its gaps. */
    public Map<Integer, Stretch> newest() {
        Map<Integer, Stretch> stretches = new TreeMap<>();
        newest.forEach((split, open) -> stretches.put(split, open.with(List.of())));
        return stretches;
    }

    /**
     * How long the checkpoints that a member's job has completed took, in milliseconds by their
     * number.
     */
    public NavigableMap<Long, Long> checkpoints(String member) {
        return checkpoints.getOrDefault(member, new TreeMap<>());
    }
}
