package io.leasehold.testkit.queue;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A {@link MemoryQueueSource} whose readers greet their enumerator with an event of its own, which
 * greets them back. Whatever Flink calls of either is noted.
 */
public final class TalkingQueueSource
        implements Source<String, MemoryQueueSplit, Set<String>>, ResultTypeQueryable<String> {

    private static final long serialVersionUID = 1L;

    private static final Map<String, Set<String>> CALLS = new ConcurrentHashMap<>();

    private record Greeting(String text) implements SourceEvent {
        private static final long serialVersionUID = 1L;
    }

    private final String queue;
    private final MemoryQueueSource source;

    public TalkingQueueSource(String queue) {
        this.queue = queue;
        this.source = new MemoryQueueSource(queue, Boundedness.CONTINUOUS_UNBOUNDED);
    }

    /** What was called, by "reader" and "enumerator", and with which greeting. */
    public static Set<String> calls(String queue) {
        return CALLS.computeIfAbsent(queue, none -> ConcurrentHashMap.newKeySet());
    }

    @Override
    public SplitEnumerator<MemoryQueueSplit, Set<String>> createEnumerator(
            SplitEnumeratorContext<MemoryQueueSplit> context) {
        return restoreEnumerator(context, Set.of());
    }

    @Override
    @SuppressWarnings("unchecked")
    public SplitEnumerator<MemoryQueueSplit, Set<String>> restoreEnumerator(
            SplitEnumeratorContext<MemoryQueueSplit> context, Set<String> state) {
        return noting(
                SplitEnumerator.class,
                source.restoreEnumerator(context, state),
                (method, arguments) -> {
                    if (method.equals("handleSourceEvent")) {
                        context.sendEventToSourceReader(
                                (Integer) arguments[0], new Greeting("welcome"));
                    }
                });
    }

    @Override
    @SuppressWarnings("unchecked")
    public SourceReader<String, MemoryQueueSplit> createReader(SourceReaderContext context) {
        return noting(
                SourceReader.class,
                source.createReader(context),
                (method, arguments) -> {
                    if (method.equals("start")) {
                        context.sendSourceEventToCoordinator(new Greeting("hello"));
                    }
                });
    }

    private interface Reaction {
        void to(String method, Object[] arguments);
    }

    private <R> R noting(Class<R> type, R delegate, Reaction reaction) {
        String who = type == SourceReader.class ? "reader" : "enumerator";
        return type.cast(
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            String greeting =
                                    arguments == null
                                            ? ""
                                            : List.of(arguments).stream()
                                                    .filter(Greeting.class::isInstance)
                                                    .map(it -> " " + ((Greeting) it).text())
                                                    .findFirst()
                                                    .orElse("");
                            calls(queue).add(who + " " + method.getName() + greeting);
                            reaction.to(method.getName(), arguments);
                            try {
                                return method.invoke(delegate, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    @Override
    public Boundedness getBoundedness() {
        return source.getBoundedness();
    }

    @Override
    public SimpleVersionedSerializer<MemoryQueueSplit> getSplitSerializer() {
        return source.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Set<String>> getEnumeratorCheckpointSerializer() {
        return source.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<String> getProducedType() {
        return source.getProducedType();
    }
}
