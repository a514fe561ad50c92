package io.leasehold.sink;

import io.leasehold.testkit.CommittedOutput;

import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreWriteTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LeasableSinkTest {

    @Test
    void aSinkOfWriterAndCommitterCanBeLeased() {
        assertThat(LeasableSink.objection(new CommittedOutput("name"))).isEmpty();
    }

    /** Although it has something behind its committer. */
    @Test
    void aKafkaSinkCanBeLeased() {
        KafkaSink<String> sink =
                KafkaSink.<String>builder()
                        .setBootstrapServers("127.0.0.1:1")
                        .setRecordSerializer(
                                KafkaRecordSerializationSchema.<String>builder()
                                        .setTopic("out")
                                        .setValueSerializationSchema(new SimpleStringSchema())
                                        .build())
                        .build();
        assertThat(sink).isInstanceOf(SupportsPostCommitTopology.class);
        assertThat(LeasableSink.objection(sink)).isEmpty();
    }

    @Test
    void aSinkWithoutCommitterCannotBeLeased() {
        assertThat(LeasableSink.objection(new DiscardingSink<String>()))
                .hasValueSatisfying(why -> assertThat(why).startsWith("it has no committer"));
    }

    @Test
    void aSinkThatCompactsCannotBeLeased() {
        FileSink<String> sink =
                FileSink.forRowFormat(new Path("/none"), new SimpleStringEncoder<String>()).build();
        assertThat(LeasableSink.objection(sink))
                .hasValueSatisfying(
                        why -> assertThat(why).contains("between writer and committer"));
    }

    @Test
    void aSinkWithOperatorsBeforeItsWriterCannotBeLeased() {
        assertThat(LeasableSink.objection(new WithPreWrite()))
                .hasValueSatisfying(why -> assertThat(why).contains("before its writer"));
    }

    @Test
    void aSinkWithAnUnknownOperatorBehindItsCommitterCannotBeLeased() {
        assertThat(LeasableSink.objection(new WithPostCommit()))
                .hasValueSatisfying(why -> assertThat(why).contains("global committer"));
    }

    private static class Stub implements Sink<String>, SupportsCommitter<String> {

        private static final long serialVersionUID = 1L;

        @Override
        public SinkWriter<String> createWriter(WriterInitContext context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Committer<String> createCommitter(CommitterInitContext context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SimpleVersionedSerializer<String> getCommittableSerializer() {
            throw new UnsupportedOperationException();
        }
    }

    private static final class WithPreWrite extends Stub
            implements SupportsPreWriteTopology<String> {

        private static final long serialVersionUID = 1L;

        @Override
        public DataStream<String> addPreWriteTopology(DataStream<String> input) {
            return input;
        }
    }

    private static final class WithPostCommit extends Stub
            implements SupportsPostCommitTopology<String> {

        private static final long serialVersionUID = 1L;

        @Override
        public void addPostCommitTopology(DataStream<CommittableMessage<String>> committables) {
            throw new UnsupportedOperationException();
        }
    }
}
