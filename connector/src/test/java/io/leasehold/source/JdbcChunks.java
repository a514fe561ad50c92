package io.leasehold.source;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.jdbc.core.datastream.source.JdbcSource;
import org.apache.flink.connector.jdbc.core.datastream.source.JdbcSourceBuilder;
import org.apache.flink.connector.jdbc.core.datastream.source.config.ContinuousUnBoundingSettings;
import org.apache.flink.connector.jdbc.split.JdbcSlideTimingParameterProvider;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A table of an H2 database in this JVM, that flink-connector-jdbc reads in chunks: each chunk is a
 * split, and the n-th chunk has the n-th of the ids that it gives.
 */
final class JdbcChunks {

    private static final Duration DISCOVERY = Duration.ofMillis(100);

    private final String url = "jdbc:h2:mem:chunks-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

    JdbcChunks() throws SQLException {
        try (Connection database = DriverManager.getConnection(url)) {
            database.createStatement()
                    .execute(
                            "CREATE TABLE records(chunk INT, number INT, text VARCHAR, PRIMARY KEY (chunk, number))");
        }
    }

    /** Appends one more chunk; it is there as a whole or not at all. */
    synchronized void append(List<String> records) {
        try (Connection database = DriverManager.getConnection(url);
                PreparedStatement insert =
                        database.prepareStatement("INSERT INTO records VALUES (?, ?, ?)")) {
            database.setAutoCommit(false);
            int chunk = count(url) + 1;
            for (int i = 0; i < records.size(); i++) {
                insert.setInt(1, chunk);
                insert.setInt(2, i);
                insert.setString(3, records.get(i));
                insert.addBatch();
            }
            insert.executeBatch();
            database.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int count(String url) {
        try (Connection database = DriverManager.getConnection(url);
                ResultSet last =
                        database.createStatement()
                                .executeQuery("SELECT COALESCE(MAX(chunk), 0) FROM records")) {
            last.next();
            return last.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads the chunks that are there when a job starts. */
    JdbcSource<String> bounded() {
        String where = url;
        return source().setJdbcParameterValuesProvider(() -> chunks(0, count(where))).build();
    }

    /** Reads the chunks that are there and all that come later. */
    JdbcSource<String> unbounded() {
        return source().setJdbcParameterValuesProvider(new NewChunks(url))
                .setContinuousUnBoundingSettings(
                        new ContinuousUnBoundingSettings(Duration.ZERO, DISCOVERY))
                .build();
    }

    private JdbcSourceBuilder<String> source() {
        return JdbcSource.<String>builder()
                .setDBUrl(url)
                .setDriverName("org.h2.Driver")
                .setSql("SELECT text FROM records WHERE chunk = ? ORDER BY number")
                .setResultExtractor(row -> row.getString(1))
                .setTypeInformation(Types.STRING)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setResultSetType(ResultSet.TYPE_SCROLL_INSENSITIVE)
                .setSplitReaderFetchBatchSize(20);
    }

    private static Serializable[][] chunks(int after, int upTo) {
        return IntStream.rangeClosed(after + 1, upTo)
                .mapToObj(chunk -> new Serializable[] {chunk})
                .toArray(Serializable[][]::new);
    }

    /**
     * Finds chunks anew in each job and says nothing of it that could be stored: the connector's
     * enumerator counts its splits from the first again when it is restored, and only so do they
     * have the ids that they had.
     */
    private static final class NewChunks extends JdbcSlideTimingParameterProvider {
        private static final long serialVersionUID = 1L;

        private final String url;
        private transient int found;

        NewChunks(String url) {
            super(1L, 1, 1, 0);
            this.url = url;
        }

        @Override
        public Long getLatestOptionalState() {
            return null;
        }

        @Override
        public void setOptionalState(Serializable state) {}

        @Override
        public Serializable[][] getParameterValues() {
            int now = count(url);
            Serializable[][] chunks = chunks(found, now);
            found = now;
            return chunks;
        }
    }
}
