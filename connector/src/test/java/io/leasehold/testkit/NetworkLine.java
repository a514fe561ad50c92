package io.leasehold.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A TCP line to a server on this machine, that can be hurt and that counts what passes on it.
 *
 * <ul>
 *   <li>{@link #cut()}: what is sent gets lost and nothing is closed, as behind a switch that died;
 *       {@link #cut(End)} does so to what is meant for one end only.
 *   <li>{@link #reset}: one end is told that there is no connection, the other end hears nothing.
 *   <li>{@link #delay}: answers come late.
 *   <li>{@link #mend()} ends all of that.
 * </ul>
 */
public final class NetworkLine implements Closeable {

    /** One end of a line. */
    public enum End {
        CLIENT,
        SERVER
    }

    private record Connection(Socket client, Socket server) implements Closeable {

        Socket at(End end) {
            return end == End.CLIENT ? client : server;
        }

        @Override
        public void close() {
            closeQuietly(client);
            closeQuietly(server);
        }
    }

    private final ServerSocket entrance;
    private final int target;
    private final List<Closeable> open = new CopyOnWriteArrayList<>();
    private volatile Set<End> deaf = Set.of();
    private volatile Optional<End> refused = Optional.empty();
    private volatile Duration delay = Duration.ZERO;
    private boolean answeredLast = true;
    private int roundTrips;
    private long bytes;

    /** Opens a line to a port of this machine, that begins at a free one. */
    public NetworkLine(int target) {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), target);
    }

    /**
     * Opens a line to a port of this machine.
     *
     * @param from where it begins: an address of this machine
     */
    public NetworkLine(InetSocketAddress from, int target) {
        this.target = target;
        try {
            entrance = new ServerSocket(from.getPort(), 50, from.getAddress());
        } catch (IOException e) {
            throw new UncheckedIOException("No line can begin at " + from, e);
        }
        start(this::accept);
    }

    /** Where this line begins. */
    public int port() {
        return entrance.getLocalPort();
    }

    public void cut() {
        deaf = EnumSet.allOf(End.class);
    }

    /** What is meant for that end gets lost; the other end hears everything. */
    public void cut(End end) {
        deaf = EnumSet.of(end);
    }

    /**
     * That end's connections are reset, and so is each new one that it makes. The other end's stay
     * open, and silent: it must find out by itself.
     */
    public synchronized void reset(End end) {
        refused = Optional.of(end);
        deaf = EnumSet.allOf(End.class);
        for (Closeable each : open) {
            if (each instanceof Connection connection) {
                resetNow(connection.at(end));
            }
        }
    }

    /** What the server says arrives so much later. */
    public void delay(Duration delay) {
        this.delay = delay;
    }

    /** New connections pass again; on older ones the stream may have a hole, so they are closed. */
    public synchronized void mend() {
        delay = Duration.ZERO;
        open.forEach(NetworkLine::closeQuietly);
        open.clear();
        refused = Optional.empty();
        deaf = Set.of();
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
                connect(entrance.accept());
            } catch (IOException e) {
                // The entrance was closed, or the server is not there: the client will notice.
            }
        }
    }

    private synchronized void connect(Socket client) throws IOException {
        if (refused.isPresent()) {
            if (refused.get() == End.CLIENT) {
                resetNow(client);
            } else {
                open.add(client);
            }
            return;
        }
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            Connection connection = new Connection(client, server);
            open.add(connection);
            start(() -> pump(connection, End.CLIENT));
            start(() -> pump(connection, End.SERVER));
        } catch (IOException e) {
            closeQuietly(client);
            throw e;
        }
    }

    private void pump(Connection connection, End from) {
        End to = from == End.CLIENT ? End.SERVER : End.CLIENT;
        try {
            InputStream in = connection.at(from).getInputStream();
            OutputStream out = connection.at(to).getOutputStream();
            byte[] chunk = new byte[64 * 1024];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (from == End.SERVER && !delay.isZero()) {
                    Thread.sleep(delay.toMillis());
                }
                if (!deaf.contains(to)) {
                    spoke(from == End.CLIENT, read);
                    out.write(chunk, 0, read);
                    out.flush();
                }
            }
        } catch (IOException e) {
            // One side hung up; so does the other, below.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!deaf.contains(to)) {
            connection.close();
            open.remove(connection);
        }
    }

    private static void resetNow(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
        closeQuietly(socket);
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
