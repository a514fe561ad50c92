package io.leasehold.job.bench.member;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A new file that marks are appended to; what was written is there even if the JVM is killed. */
final class MarkFile implements AutoCloseable {

    private final FileChannel file;

    MarkFile(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
    }

    /** All with one write to the operating system, as a rule. */
    void write(List<Mark> marks) throws IOException {
        StringBuilder lines = new StringBuilder();
        marks.forEach(mark -> lines.append(mark.line()).append('\n'));
        ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
