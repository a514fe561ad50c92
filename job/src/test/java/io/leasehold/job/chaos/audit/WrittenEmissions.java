package io.leasehold.job.chaos.audit;

import io.leasehold.job.chaos.emitter.Emission;

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
import java.util.stream.Stream;

/**
 * Every emission of every attempt, as read from the files that the attempts append to while they
 * do. Not safe for use by several threads.
 */
public final class WrittenEmissions {

    private final Path folder;
    private final Map<Path, Long> read = new HashMap<>();
    private final List<Emission> emissions = new ArrayList<>();

    public WrittenEmissions(Path folder) {
        this.folder = folder;
    }

    /** Reads what is new, and returns all there is, the lines of one attempt in their order. */
    public List<Emission> look() {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                readOn(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return emissions;
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
            text.substring(0, whole).lines().map(Emission::parse).forEach(emissions::add);
            read.put(file, from + whole);
        }
    }
}
