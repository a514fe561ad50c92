package io.leasehold.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A TCP line to a server on this machine, that can be cut and that counts what passes on it.
 *
 * <p>While it is cut, what is sent gets lost and nothing is closed: as behind a switch that died.
 */
public final class NetworkLine implements Closeable {

    private final ServerSocket entrance;
    private final int target;
    private final List<Closeable> open = new CopyOnWriteArrayList<>();
    private volatile boolean cut;
    private boolean answeredLast = true;
    private int roundTrips;
    private long bytes;

    /** Opens a line to a port of this machine. */
    public NetworkLine(int target) {
        this.target = target;
        try {
            entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** Where this line begins. */
    public int port() {
        return entrance.getLocalPort();
    }

    public void cut() {
        cut = true;
    }

    /** New connections pass again; on older ones the stream has a hole, so they stay silent. */
    public void mend() {
        open.forEach(NetworkLine::closeQuietly);
        open.clear();
        cut = false;
    }

    /** How often a client has spoken after having been answered. */
    public synchronized int roundTrips() {
        return roundTrips;
    }

    /** How much was said on both sides. */
    public synchronized long bytes() {
        return bytes;
    }

    private synchronized void spoke(boolean client, int length) {
        bytes += length;
        if (client && answeredLast) {
            roundTrips++;
        }
        answeredLast = !client;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(server);
                start(() -> pump(client, server, true));
                start(() -> pump(server, client, false));
            } catch (IOException e) {
                // The entrance was closed, or the server is not there: the client will notice.
            }
        }
    }

    private void pump(Socket from, Socket to, boolean client) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] chunk = new byte[64 * 1024];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (!cut) {
                    spoke(client, read);
                    out.write(chunk, 0, read);
                    out.flush();
                }
            }
        } catch (IOException e) {
            // One side hung up; so does the other.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "network-line");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closeQuietly(entrance);
        open.forEach(NetworkLine::closeQuietly);
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            // It is closed one way or the other.
        }
    }
}
