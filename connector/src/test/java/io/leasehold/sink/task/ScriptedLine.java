package io.leasehold.sink.task;

import io.leasehold.sink.book.SinkAnswer;
import io.leasehold.sink.event.SinkEvent;
import io.leasehold.sink.event.SinkRequest;

import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A coordinator that answers what a test tells it, once each, and nothing before it is told. */
final class ScriptedLine implements CoordinatorLine {

    final List<SinkEvent> told = new CopyOnWriteArrayList<>();
    private final Map<SinkRequest, Queue<SinkAnswer>> answers = new HashMap<>();
    private final Map<SinkRequest, CompletableFuture<SinkAnswer>> waiting = new HashMap<>();

    void answers(SinkRequest request, SinkAnswer answer) {
        CompletableFuture<SinkAnswer> asked;
        synchronized (this) {
            asked = waiting.remove(request);
            if (asked == null) {
                answers.computeIfAbsent(request, of -> new ArrayDeque<>()).add(answer);
                return;
            }
        }
        asked.complete(answer);
    }

    @Override
    public synchronized CompletableFuture<SinkAnswer> ask(SinkRequest request) {
        Queue<SinkAnswer> known = answers.getOrDefault(request, new ArrayDeque<>());
        if (!known.isEmpty()) {
            return CompletableFuture.completedFuture(known.remove());
        }
        return waiting.computeIfAbsent(request, of -> new CompletableFuture<>());
    }

    @Override
    public void tell(SinkEvent event) {
        told.add(event);
    }

    /** Committables that are texts. */
    static final class Text implements SimpleVersionedSerializer<String> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String deserialize(int version, byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
