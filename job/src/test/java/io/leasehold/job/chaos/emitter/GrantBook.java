package io.leasehold.job.chaos.emitter;

import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantExtended;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.SplitsLetGo;
import io.leasehold.source.event.LeaseSourceEvent.StopRequested;
import io.leasehold.source.split.LeasedSplit;

import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceSplit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Writes down what a leased reader may emit and until when, each time that it is told something
 * else. It follows from what the reader is told and nothing more, so that it is there whether or
 * not the reader keeps to it.
 *
 * <p>To be told before the reader is, and of a barrier behind it. Task thread only.
 */
final class GrantBook implements AutoCloseable {

    private final String member;
    private final LongSupplier nanoClock;
    private final FileChannel file;

    /** By reader attempt: when the last grant that it was told of is over. */
    private final Map<String, Long> deadlines = new HashMap<>();

    /** What may be emitted, by the split's id in the group. */
    private final Map<String, LeasedSplit<?>> held = new HashMap<>();

    /** What is to stand still from the next barrier on. */
    private final Set<String> asked = new HashSet<>();

    /** What stands still, and may be told to go on. */
    private final Map<String, LeasedSplit<?>> frozen = new HashMap<>();

    /**
     * @param folder gets a file of this book's own
     */
    GrantBook(String member, Path folder, LongSupplier nanoClock) throws IOException {
        this.member = member;
        this.nanoClock = nanoClock;
        this.file =
                FileChannel.open(
                        folder.resolve(member + "-" + UUID.randomUUID()),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.APPEND);
    }

    void assigned(Collection<? extends SourceSplit> splits) {
        List<LeasedSplit<?>> granted =
                splits.stream()
                        .<LeasedSplit<?>>map(it -> (LeasedSplit<?>) it)
                        .filter(it -> it.grantedTo().isPresent())
                        .toList();
        granted.forEach(it -> held.put(it.leaseId(), it));
        mayEmit(granted);
    }

    void told(SourceEvent event) {
        if (event instanceof GrantExtended grant) {
            long until = grant.askedAt() + grant.nanos();
            deadlines.merge(
                    grant.readerId(), until, (known, next) -> next - known > 0 ? next : known);
            mayEmit(held.values());
        } else if (event instanceof GrantWithdrawn) {
            silent(held.values());
            held.clear();
            frozen.clear();
        } else if (event instanceof FreezeRequested request) {
            request.requests().keySet().stream().filter(held::containsKey).forEach(asked::add);
        } else if (event instanceof FreezeWithdrawn back) {
            asked.removeAll(back.splitIds());
            List<LeasedSplit<?>> goOn = taken(frozen, back.splitIds());
            goOn.forEach(it -> held.put(it.leaseId(), it));
            mayEmit(goOn);
        } else if (event instanceof StopRequested request) {
            standStill(request.requests().keySet());
        } else if (event instanceof SplitsLetGo gone) {
            standStill(gone.splitIds());
            frozen.keySet().removeAll(gone.splitIds());
        }
    }

    /** The reader's part of a checkpoint has been taken. */
    void barrier() {
        standStill(Set.copyOf(asked));
    }

    private void standStill(Set<String> splitIds) {
        asked.removeAll(splitIds);
        List<LeasedSplit<?>> stops = taken(held, splitIds);
        stops.forEach(it -> frozen.put(it.leaseId(), it));
        silent(stops);
    }

    private static List<LeasedSplit<?>> taken(
            Map<String, LeasedSplit<?>> from, Set<String> splitIds) {
        return splitIds.stream()
                .<LeasedSplit<?>>flatMap(id -> Optional.ofNullable(from.remove(id)).stream())
                .toList();
    }

    /** The reader is about to be closed. */
    @Override
    public void close() throws IOException {
        silent(held.values());
        held.clear();
        file.close();
    }

    private void mayEmit(Collection<LeasedSplit<?>> splits) {
        long now = nanoClock.getAsLong();
        write(splits, now, this::deadline);
    }

    private void silent(Collection<LeasedSplit<?>> splits) {
        long now = nanoClock.getAsLong();
        write(splits, now, any -> now);
    }

    private long deadline(LeasedSplit<?> split) {
        return split.grantedTo().map(deadlines::get).orElseThrow();
    }

    private interface Until {
        long of(LeasedSplit<?> split);
    }

    /** Of those whose grant runs now. */
    private void write(Collection<LeasedSplit<?>> splits, long now, Until until) {
        String lines =
                splits.stream()
                        .filter(it -> it.grantedTo().map(deadlines::get).isPresent())
                        .filter(it -> now - deadline(it) < 0)
                        .map(it -> line(it, now, until.of(it)))
                        .collect(Collectors.joining());
        ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.US_ASCII));
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line(LeasedSplit<?> split, long now, long until) {
        return new GrantLine(
                                split.leaseId(),
                                split.epoch(),
                                member,
                                split.grantedTo().orElseThrow(),
                                now,
                                until)
                        .line()
                + "\n";
    }
}
