package io.leasehold.job.demo;

import org.h2.tools.Server;

import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;

/** An H2 database in memory that other JVMs of this machine can reach. */
final class LeaseDatabase implements AutoCloseable {

    private static final String USER = "leasehold";

    private final Server server;
    private final String password = UUID.randomUUID().toString();

    private LeaseDatabase(Server server) {
        this.server = server;
    }

    /** Starts it on a free port of the loopback address. */
    static LeaseDatabase start() throws SQLException {
        // H2 reads this once, when its first class is used; without it, it listens everywhere.
        System.setProperty("h2.bindAddress", "127.0.0.1");
        return new LeaseDatabase(
                Server.createTcpServer("-tcpPort", "0", "-ifNotExists", "-tcpDaemon").start());
    }

    String url() {
        return "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/mem:leases;DB_CLOSE_DELAY=-1";
    }

    String user() {
        return USER;
    }

    String password() {
        return password;
    }

    /** What a store needs next to the URL. */
    Map<String, String> properties() {
        return Map.of("user", USER, "password", password);
    }

    @Override
    public void close() {
        server.stop();
    }
}
