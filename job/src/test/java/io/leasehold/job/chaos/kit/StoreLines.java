package io.leasehold.job.chaos.kit;

import io.leasehold.testkit.NetworkLine;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** The lines between one member and each server of its lease table. */
public final class StoreLines implements AutoCloseable {

    private final List<NetworkLine> lines;

    /** Opens a line to each of these servers. */
    public StoreLines(Database database) {
        lines = database.ports().stream().map(NetworkLine::new).toList();
    }

    /**
     * The JDBC URL at the beginnings of the lines: all hosts, as for any cluster of servers. The
     * user is {@code postgres}.
     */
    public String url() {
        return Database.url(lines.stream().map(NetworkLine::port).toArray(Integer[]::new));
    }

    public void cut() {
        lines.forEach(NetworkLine::cut);
    }

    /** Requests reach the first server and are carried out, and their answers get lost. */
    public void loseAnswersOfFirst() {
        lines.get(0).cut(NetworkLine.End.CLIENT);
    }

    public void delay(Duration delay) {
        lines.forEach(it -> it.delay(delay));
    }

    public void mend() {
        lines.forEach(NetworkLine::mend);
    }

    /** How often the member has spoken after having been answered: about once a statement. */
    public int roundTrips() {
        return lines.stream().collect(Collectors.summingInt(NetworkLine::roundTrips));
    }

    @Override
    public void close() {
        lines.forEach(NetworkLine::close);
    }
}
