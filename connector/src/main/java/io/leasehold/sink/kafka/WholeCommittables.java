package io.leasehold.sink.kafka;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.io.IOException;
import java.util.Arrays;

/**
 * The connector's serializer, which reads whatever version it is given as if it were its own. Rows
 * of decided output may have been written by a newer connector: these are refused, and not
 * committed as something else.
 */
final class WholeCommittables implements SimpleVersionedSerializer<KafkaCommittable> {

    private final SimpleVersionedSerializer<KafkaCommittable> inner;

    WholeCommittables(SimpleVersionedSerializer<KafkaCommittable> inner) {
        this.inner = inner;
    }

    @Override
    public int getVersion() {
        return inner.getVersion();
    }

    @Override
    public byte[] serialize(KafkaCommittable committable) throws IOException {
        return inner.serialize(committable);
    }

    @Override
    public KafkaCommittable deserialize(int version, byte[] bytes) throws IOException {
        if (version < 1 || version > inner.getVersion()) {
            throw new IOException(
                    "Prepared output of a KafkaSink is written in version %s; this connector reads up to version %s."
                            .formatted(version, inner.getVersion()));
        }
        KafkaCommittable committable = inner.deserialize(version, bytes);
        if (version == inner.getVersion() && !Arrays.equals(inner.serialize(committable), bytes)) {
            throw new IOException(
                    "Prepared output of a KafkaSink has bytes that this connector does not know.");
        }
        return committable;
    }
}
