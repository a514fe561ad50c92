package io.leasehold.job.chaos.emitter;

import io.leasehold.source.event.LeaseSourceEvent.DropRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeRequested;
import io.leasehold.source.event.LeaseSourceEvent.FreezeWithdrawn;
import io.leasehold.source.event.LeaseSourceEvent.GrantWithdrawn;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Writes down what a leased reader may emit and until when, each time that it is told something
 * else. It follows from what the reader is told and from the grant that it shows, so that it is
 * there whether or not the reader keeps to it.
 *
 * <p>To be told before the reader is, and of a barrier behind it. Task thread only.
 */
final class GrantBook implements AutoCloseable {

    private final String member;
    private final LongSupplier nanoClock;
    private final FileChannel file;

    /** When the reader's last grant is over. */
    private OptionalLong deadline = OptionalLong.empty();

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

    /** The reader may emit until then. A grant never becomes shorter. */
    void grantedUntil(long until) {
        if (deadline.isEmpty() || until - deadline.getAsLong() > 0) {
            deadline = OptionalLong.of(until);
            mayEmit(held.values());
        }
    }

    void told(SourceEvent event) {
        if (event instanceof GrantWithdrawn) {
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
        } else if (event instanceof DropRequested gone) {
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
        write(splits, now, deadline.orElse(now));
    }

    private void silent(Collection<LeasedSplit<?>> splits) {
        long now = nanoClock.getAsLong();
        write(splits, now, now);
    }

    /** If the grant runs now. */
    private void write(Collection<LeasedSplit<?>> splits, long now, long until) {
        if (deadline.isEmpty() || now - deadline.getAsLong() >= 0) {
            return;
        }
        String lines =
                splits.stream().map(it -> line(it, now, until)).collect(Collectors.joining());
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
