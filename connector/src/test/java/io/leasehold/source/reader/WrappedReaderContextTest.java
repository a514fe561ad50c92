package io.leasehold.source.reader;

import io.leasehold.testkit.NotedCalls;

import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.watermark.Watermark;
import org.apache.flink.api.connector.source.RichSourceReaderContext;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.Method;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class WrappedReaderContextTest {

    private final NotedCalls<SourceReaderContext> flink =
            new NotedCalls<>(SourceReaderContext.class, new Configuration());

    private final SourceReaderMetricGroup metrics =
            new NotedCalls<>(SourceReaderMetricGroup.class).object();

    private final RuntimeContext runtime = new NotedCalls<>(RuntimeContext.class).object();

    private final SourceReaderContext wrapped =
            WrappedReaderContext.of(new Flinks(flink.object(), runtime), metrics);

    /** Of the Flink that is tested with, whichever that is. */
    static List<Method> whatIsNotOurs() {
        return NotedCalls.methodsBut(SourceReaderContext.class, "metricGroup");
    }

    @ParameterizedTest
    @MethodSource("whatIsNotOurs")
    void allElseGoesToFlinkAsItIs(Method method) throws Exception {
        flink.assertPassedOn(wrapped, method);
    }

    @Test
    void itsMetricsAreTheWrappedReadersOwn() {
        assertThat(wrapped.metricGroup()).isSameAs(metrics);
    }

    /** Such as a source that looks for its accumulators there. */
    @Test
    void itHasTheRuntimeContextThatFlinksHas() {
        assertThat(wrapped)
                .isInstanceOfSatisfying(
                        RichSourceReaderContext.class,
                        rich -> assertThat(rich.getRuntimeContext()).isSameAs(runtime));
    }

    @Test
    void whatIsNotFlinksOwnIsGivenAsItIs() {
        assertThat(WrappedReaderContext.of(flink.object(), metrics)).isSameAs(flink.object());
    }

    /** As Flink's is of this class, and not only of its interface. */
    private static final class Flinks extends RichSourceReaderContext {

        private final SourceReaderContext noted;

        Flinks(SourceReaderContext noted, RuntimeContext runtime) {
            this.noted = noted;
            setRuntimeContext(runtime);
        }

        @Override
        public SourceReaderMetricGroup metricGroup() {
            return noted.metricGroup();
        }

        @Override
        public Configuration getConfiguration() {
            return noted.getConfiguration();
        }

        @Override
        public String getLocalHostName() {
            return noted.getLocalHostName();
        }

        @Override
        public int getIndexOfSubtask() {
            return noted.getIndexOfSubtask();
        }

        @Override
        public void sendSplitRequest() {
            noted.sendSplitRequest();
        }

        @Override
        public void sendSourceEventToCoordinator(SourceEvent event) {
            noted.sendSourceEventToCoordinator(event);
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return noted.getUserCodeClassLoader();
        }

        @Override
        public int currentParallelism() {
            return noted.currentParallelism();
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            noted.emitWatermark(watermark);
        }
    }
}
