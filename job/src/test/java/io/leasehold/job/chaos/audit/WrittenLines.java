package io.leasehold.job.chaos.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What all attempts have written down, as read from the files that they append to while they do.
 * Not safe for use by several threads.
 *
 * @param <T> what a line of it is
 */
public final class WrittenLines<T> {

    private final Path folder;
    private final Function<String, T> parsed;
    private final Map<Path, Long> read = new HashMap<>();
    private final List<T> all = new ArrayList<>();

    /**
     * @param parsed of one line
     */
    public WrittenLines(Path folder, Function<String, T> parsed) {
        this.folder = folder;
        this.parsed = parsed;
    }

    /** Reads what is new, and returns all there is, the lines of one attempt in their order. */
    public List<T> look() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                readOn(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private void readOn(Path file) throws IOException {
        long from = read.getOrDefault(file, 0L);
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - from));
            channel.position(from);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Until all is read.
            }
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
            // A line that is being written is read next time.
            int whole = text.lastIndexOf('\n') + 1;
            text.substring(0, whole).lines().map(parsed).forEach(all::add);
            read.put(file, from + whole);
        }
    }
}
