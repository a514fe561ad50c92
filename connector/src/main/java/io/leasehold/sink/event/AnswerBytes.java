package io.leasehold.sink.event;

import io.leasehold.sink.book.SinkAnswer;

import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.apache.flink.streaming.api.operators.collect.CollectCoordinationResponse;
import org.apache.flink.util.InstantiationUtil;

import java.io.IOException;
import java.util.List;

/**
 * Answers as bytes in a response of Flink's own: Flink reads responses in TaskManagers without the
 * job's classes.
 */
public final class AnswerBytes {

    private static final String KIND = "leasehold-sink";

    private AnswerBytes() {}

    public static CoordinationResponse wrap(SinkAnswer answer) {
        try {
            DataOutputSerializer out = new DataOutputSerializer(256);
            BytePrimitiveArraySerializer.INSTANCE.serialize(
                    InstantiationUtil.serializeObject(answer), out);
            return new CollectCoordinationResponse(KIND, 0, List.of(out.getCopyOfBuffer()));
        } catch (IOException e) {
            throw new IllegalStateException("An answer cannot be written: " + answer, e);
        }
    }

    /**
     * @throws IOException if it is no answer of a sink's coordinator
     */
    public static SinkAnswer unwrap(CoordinationResponse response) throws IOException {
        if (!(response instanceof CollectCoordinationResponse bytes)
                || !bytes.getVersion().equals(KIND)) {
            throw new IOException("This is no answer of a leased sink's coordinator: " + response);
        }
        try {
            return InstantiationUtil.deserializeObject(
                    bytes.getResults(BytePrimitiveArraySerializer.INSTANCE).get(0),
                    AnswerBytes.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IOException("The answer of a leased sink's coordinator cannot be read.", e);
        }
    }
}
