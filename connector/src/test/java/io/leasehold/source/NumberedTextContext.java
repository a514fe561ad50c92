package io.leasehold.source;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.testframe.external.source.DataStreamSourceExternalContext;
import org.apache.flink.connector.testframe.external.source.TestingSourceSettings;

import java.net.URL;
import java.util.List;
import java.util.stream.IntStream;

/** What the connector test suite reads: texts that name their split and their number. */
abstract class NumberedTextContext implements DataStreamSourceExternalContext<String> {

    private static final int RECORDS = 500;

    @Override
    public final List<String> generateTestData(
            TestingSourceSettings settings, int splitIndex, long seed) {
        return IntStream.range(0, RECORDS)
                .mapToObj(i -> "%d-%d-%d".formatted(splitIndex, i, seed))
                .toList();
    }

    @Override
    public final TypeInformation<String> getProducedType() {
        return Types.STRING;
    }

    @Override
    public final List<URL> getConnectorJarPaths() {
        return List.of();
    }

    @Override
    public final void close() {}
}
