package io.leasehold.job.chaos.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Signals to processes of this machine, which Java itself cannot send. */
final class Signals {

    private Signals() {}

    /** Sends a signal, by its name without SIG. A process that is gone is no error. */
    static void send(String signal, long pid) {
        sendTo(signal, Long.toString(pid));
    }

    /** Sends a signal to all processes of the group that this process leads. */
    static void sendToGroup(String signal, long pid) {
        sendTo(signal, "-" + pid);
    }

    private static void sendTo(String signal, String target) {
        try {
            Process kill =
                    new ProcessBuilder(
                                    "sh", "-c", "kill -" + signal + " " + target + " 2>/dev/null")
                            .start();
            if (!kill.waitFor(20, TimeUnit.SECONDS)) {
                throw new ChaosException("kill -" + signal + " did not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException("Interrupted");
        }
    }
}
