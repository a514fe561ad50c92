package io.leasehold.job.bench.tick;

import io.leasehold.job.bench.database.CountedLine;
import io.leasehold.job.bench.database.CountedLine.Talk;
import io.leasehold.job.bench.database.CountedLine.Traffic;
import io.leasehold.lease.model.LeaseTerms;
import io.leasehold.lease.store.LeaseStore;
import io.leasehold.store.jdbc.JdbcLeaseStore;
import io.leasehold.testkit.PostgresServer;

import java.sql.SQLException;

/** Both ways over so many splits, in a database of their own that holds nothing else. */
final class Group implements AutoCloseable {

    final int splits;
    final LeasedMember leased;
    final PeerMember peer;
    final LeaseStore store;

    private final String database = PostgresServer.newDatabase();
    private final LeaseTerms terms;
    private final int peersWrite;

    Group(int splits, int peersWrite, LeaseTerms terms) throws Exception {
        this.splits = splits;
        this.terms = terms;
        this.peersWrite = Math.min(splits, peersWrite);
        this.store = store(database);
        this.leased = new LeasedMember(terms, splits);
        leased.discover(store);
        PeerMember.createTable(database, splits);
        this.peer = new PeerMember(database, splits, this.peersWrite);
        PostgresServer.run(database, "VACUUM ANALYZE");
    }

    private LeaseStore store(String url) throws Exception {
        return JdbcLeaseStore.url(url)
                .user("postgres")
                .createSchema(true)
                .open(terms.storeTimeout());
    }

    /** What of the peers' way is not done, but taken to cost as much as what is: this often. */
    double peersScale() {
        return (double) splits / peersWrite;
    }

    /** What one of each costs, in the order in which it is done. */
    record Costs(
            Traffic acquire,
            Traffic tick,
            Traffic checkpoint,
            Traffic peerAcquire,
            Traffic peerTick,
            Traffic peerCheckpoint) {}

    /** Counts what each thing costs, for lives of their own. */
    Costs count() throws Exception {
        try (CountedLine line = new CountedLine(database);
                LeaseStore counted = store(line.url());
                PeerMember peer = new PeerMember(line.url(), splits, peersWrite)) {
            peer.goOnFrom(this.peer);
            leased.join(counted);
            // Statements that came often enough are sent by name: as in a member that lasts.
            Traffic acquire = line.during(() -> leased.acquireAll(counted));
            often(() -> leased.tick(counted));
            Traffic tick = line.during(() -> leased.tick(counted));
            often(() -> leased.completed(leased.checkpoint(), counted));
            Traffic checkpoint = line.during(() -> leased.completed(leased.checkpoint(), counted));
            leased.end(counted);
            Traffic peerAcquire = line.during(peer::acquireAll);
            Traffic peerTick = line.during(peer::tick);
            Traffic peerCheckpoint = line.during(peer::checkpoint);
            this.peer.goOnFrom(peer);
            return new Costs(acquire, tick, checkpoint, peerAcquire, peerTick, peerCheckpoint);
        }
    }

    private static void often(Talk talk) throws Exception {
        for (int i = 0; i < 6; i++) {
            talk.run();
        }
    }

    @Override
    public void close() throws SQLException {
        store.close();
        peer.close();
    }
}
