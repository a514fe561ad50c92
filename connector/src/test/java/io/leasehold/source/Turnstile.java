package io.leasehold.source;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A place in a job where whoever comes by waits while it is shut. Open at first. */
final class Turnstile {

    private CompletableFuture<Void> opening = CompletableFuture.completedFuture(null);
    private boolean holds;

    synchronized void shut() {
        if (opening.isDone()) {
            opening = new CompletableFuture<>();
        }
    }

    synchronized void open() {
        opening.complete(null);
        holds = false;
    }

    /** Whether somebody came who has not got past it, though it may have been called off since. */
    synchronized boolean holdsSomebody() {
        return holds;
    }

    void pass() throws InterruptedException {
        CompletableFuture<Void> awaited;
        synchronized (this) {
            awaited = opening;
            holds = !opening.isDone();
        }
        try {
            awaited.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
