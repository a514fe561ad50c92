package io.leasehold.job.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has been started and must not outlive the demo. Closed once, last started first, by whoever
 * comes first: the demo at its end, or the JVM when it is interrupted.
 */
public final class Resources implements AutoCloseable {

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean closed;

    public Resources() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "demo-cleanup"));
    }

    /** Takes charge of it; if everything is closed already, closes it at once. */
    public synchronized <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        if (closed) {
            closeAll();
            throw new DemoFailedException("The demo was interrupted.");
        }
        return resource;
    }

    @Override
    public synchronized void close() {
        closed = true;
        closeAll();
    }

    private void closeAll() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("Could not clean up: " + e);
            }
        }
    }
}
