package io.leasehold.job.chaos.emitter;

import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Stamps each record with who emitted it and when, and appends it to a file of this attempt's own
 * before it goes on: one write to the operating system per record, so that a line is there even if
 * the process is killed right behind it. Chained to its source, so that nothing is in between.
 */
final class WrittenDown extends RichMapFunction<Emission, Emission> {

    private static final long serialVersionUID = 1L;

    private final String member;
    private final String folder;
    private transient Emission.Attempt attempt;
    private transient FileChannel file;

    WrittenDown(String member, String folder) {
        this.member = member;
        this.folder = folder;
    }

    @Override
    public void open(OpenContext context) throws IOException {
        TaskInfo task = getRuntimeContext().getTaskInfo();
        attempt =
                new Emission.Attempt(
                        task.getIndexOfThisSubtask(),
                        task.getAttemptNumber(),
                        UUID.randomUUID().toString().substring(0, 8));
        file =
                FileChannel.open(
                        Path.of(folder, member + "-" + attempt),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.APPEND);
    }

    @Override
    public Emission map(Emission read) throws IOException {
        Emission emission = read.by(member, attempt, System.nanoTime());
        ByteBuffer line =
                ByteBuffer.wrap((emission.line() + "\n").getBytes(StandardCharsets.US_ASCII));
        while (line.hasRemaining()) {
            file.write(line);
        }
        return emission;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
