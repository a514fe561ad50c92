package io.leasehold.job.chaos.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses and ports of this machine for one run. On Linux all of 127.0.0.0/8 is this machine, so
 * that one port can be had at several addresses: a server's own, and those at which the lines to it
 * begin.
 */
public final class Loopback {

    /** Of its own for each run, so that two runs on one machine do not meet. */
    private final int run = ThreadLocalRandom.current().nextInt(1, 250 * 250);

    private final AtomicInteger addresses = new AtomicInteger();
    private final Set<Integer> ports = new HashSet<>();

    /** The address that servers listen at. */
    public static final String HOME = "127.0.0.1";

    /** An address of this machine that nobody else of this run has. */
    String newAddress() {
        return "127.%d.%d.%d"
                .formatted(1 + run / 250, run % 250, 1 + addresses.getAndIncrement() % 250);
    }

    /** A port that is free now and that this run has not been given before. */
    public synchronized int newPort() {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOME))) {
                if (ports.add(socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static InetSocketAddress socket(String address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), port);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }
}
