package io.leasehold.source;

import io.leasehold.source.enumerator.LeasedEnumeratorState;
import io.leasehold.source.enumerator.LeasedSplitEnumerator;
import io.leasehold.source.enumerator.StoredEnumeratorState;
import io.leasehold.source.reader.LeasedSourceReader;
import io.leasehold.store.memory.MemoryLeaseStore;
import io.leasehold.testkit.NotedCalls;
import io.leasehold.testkit.queue.MemoryQueueSource;
import io.leasehold.testkit.queue.MemoryQueueSplit;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.watermark.BoolWatermarkDeclaration;
import org.apache.flink.api.common.watermark.WatermarkDeclaration;
import org.apache.flink.api.common.watermark.WatermarkDeclarations;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ExternallyInducedSourceReader;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SupportsSplitReassignmentOnRecovery;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.base.source.hybrid.HybridSource;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.connector.testutils.source.reader.TestingReaderContext;
import org.apache.flink.connector.testutils.source.reader.TestingSplitEnumeratorContext;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.lineage.LineageDataset;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.flink.streaming.api.lineage.SourceLineageVertex;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a leased source is to Flink, compared to the one it wraps. */
@Timeout(30)
class LeasedSourceTest {

    private static final BoolWatermarkDeclaration DECLARED =
            WatermarkDeclarations.newBuilder("declared").typeBool().combineFunctionAND().build();

    @Test
    void itSaysWhereItsDataComesFromIfTheWrappedOneDoes() {
        Traced traced = new Traced();

        assertThat(leased(traced))
                .isInstanceOfSatisfying(
                        LineageVertexProvider.class,
                        leased -> assertThat(leased.getLineageVertex()).isSameAs(Traced.VERTEX));
        assertThat(leased(new Bare())).isNotInstanceOf(LineageVertexProvider.class);
    }

    /** Flink may lose what is thrown earlier: the job would neither run nor fail. */
    @ParameterizedTest
    @MethodSource
    void whatPreventsThatAnEnumeratorIsRestoredIsThrownWhenItStarts(Throwable thrown)
            throws Exception {
        Bare broken =
                new Bare() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public SplitEnumerator<MemoryQueueSplit, Set<String>> restoreEnumerator(
                            SplitEnumeratorContext<MemoryQueueSplit> context, Set<String> state) {
                        return sneaked(thrown);
                    }
                };

        assertFailsAtItsStart(
                restored(
                        leased(broken),
                        new LeasedEnumeratorState<>(
                                Set.of(), List.of(), List.of(), Optional.empty())),
                thrown);
    }

    static List<Throwable> whatPreventsThatAnEnumeratorIsRestoredIsThrownWhenItStarts() {
        return List.of(
                new IllegalStateException("on purpose"),
                new IOException("on purpose"),
                new NoClassDefFoundError("on purpose"),
                new AssertionError("on purpose"));
    }

    /** Where reading throws an error too: see StateVersion. */
    @ParameterizedTest
    @MethodSource("whatPreventsThatAnEnumeratorIsRestoredIsThrownWhenItStarts")
    void whatPreventsThatItsStateIsReadIsThrownWhenItStarts(Throwable thrown) throws Exception {
        LeasedSource<String, MemoryQueueSplit, Set<String>> source =
                leased(
                        new Bare() {
                            private static final long serialVersionUID = 1L;

                            @Override
                            public SimpleVersionedSerializer<Set<String>>
                                    getEnumeratorCheckpointSerializer() {
                                return new Unreadable(thrown);
                            }
                        });
        SimpleVersionedSerializer<StoredEnumeratorState<MemoryQueueSplit, Set<String>>> serializer =
                source.getEnumeratorCheckpointSerializer();
        byte[] bytes =
                serializer.serialize(
                        new LeasedEnumeratorState<>(
                                Set.of(), List.of(), List.of(), Optional.empty()));

        assertFailsAtItsStart(
                restored(source, serializer.deserialize(serializer.getVersion(), bytes)), thrown);
    }

    private static SplitEnumerator<?, ?> restored(
            LeasedSource<String, MemoryQueueSplit, Set<String>> source,
            StoredEnumeratorState<MemoryQueueSplit, Set<String>> state) {
        return source.restoreEnumerator(new TestingSplitEnumeratorContext<>(1), state);
    }

    /** It takes part in no checkpoint either, and is closed like any other. */
    private static void assertFailsAtItsStart(SplitEnumerator<?, ?> enumerator, Throwable why)
            throws Exception {
        assertThatThrownBy(enumerator::start)
                .hasMessageContaining("on purpose")
                .rootCause()
                .isSameAs(why);
        enumerator.addReader(0);
        assertThatThrownBy(() -> enumerator.snapshotState(1))
                .isInstanceOf(IllegalStateException.class);
        enumerator.close();
    }

    @Test
    void itDeclaresTheWatermarksThatTheWrappedOneDeclares() {
        assertThat(leased(new Bare()).declareWatermarks()).isEqualTo(Set.of(DECLARED));
    }

    @Test
    void aHybridSourceIsRefused() {
        Source<String, ?, ?> hybrid = HybridSource.builder(new Bare()).build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeasedSource.wrap(hybrid))
                .withMessageStartingWith("HybridSource cannot be leased: each of its readers");
    }

    /** Another job gives the number of a file that has been read to a new one. */
    @Test
    void aSourceThatNumbersItsSplitsIsRefusedWhateverIsSaidOfThem() {
        FileSource<String> files =
                FileSource.forRecordStreamFormat(new TextLineInputFormat(), new Path("/orders"))
                        .monitorContinuously(Duration.ofSeconds(1))
                        .build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeasedSource.wrap(files).splitIds(SplitIds.STABLE))
                .withMessageStartingWith(
                        "FileSource cannot be leased: it numbers its splits in the order in which a job finds files")
                .withMessageEndingWith("docs/sources.md lists the sources that can.");
    }

    @Test
    void ofASourceThatIsNotKnownItMustBeSaidThatItsSplitIdsAreStable() {
        LeasedSourceBuilder<String, ?, ?> unsaid =
                LeasedSource.wrap(new Bare())
                        .group("orders")
                        .store(MemoryLeaseStore.named("orders"));

        assertThatIllegalStateException()
                .isThrownBy(unsaid::build)
                .withMessageStartingWith(
                        "Nobody has said that the split ids of io.leasehold.source.LeasedSourceTest$Bare are the same in every job.")
                .withMessageContaining("splitIds(SplitIds.STABLE)")
                .withMessageContaining("'lease.split-ids' = 'stable'");
        assertThat(unsaid.splitIds(SplitIds.STABLE).build()).isNotNull();
    }

    @Test
    void aLeasedSourceIsRefused() {
        Source<String, ?, ?> leased = leased(new Bare());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> LeasedSource.wrap(leased))
                .withMessageStartingWith("The source to wrap is a leased source already");
    }

    @Test
    void aSourceWhoseReadersInduceCheckpointsIsRefused() {
        Inducing.CALLED.clear();

        assertThatIllegalStateException()
                .isThrownBy(() -> leased(new Inducing()).createReader(new TestingReaderContext()))
                .withMessageStartingWith("The source Inducing cannot be wrapped");

        assertThat(Inducing.CALLED).containsExactly("close");
    }

    /**
     * What readers of one source share, one of them may close; and jobs bring their own classes.
     */
    @Test
    void eachReaderIsOfASourceOfItsOwnByTheJobsClassLoader() throws Exception {
        Sharing.READ.clear();
        Set<String> loaded = ConcurrentHashMap.newKeySet();
        ClassLoader jobs =
                new ClassLoader(getClass().getClassLoader()) {
                    @Override
                    protected Class<?> loadClass(String name, boolean resolve)
                            throws ClassNotFoundException {
                        loaded.add(name);
                        return super.loadClass(name, resolve);
                    }
                };
        TestingReaderContext context =
                new TestingReaderContext() {
                    @Override
                    public UserCodeClassLoader getUserCodeClassLoader() {
                        return SimpleUserCodeClassLoader.create(jobs);
                    }
                };
        LeasedSource<String, ?, ?> leased = leased(new Sharing());

        leased.createReader(context).close();
        leased.createReader(context).close();

        assertThat(Sharing.READ).hasSize(2);
        assertThat(Sharing.READ.get(0)).isNotSameAs(Sharing.READ.get(1));
        assertThat(loaded).contains(Sharing.class.getName());
    }

    @Test
    void itEndsIfTheWrappedOneDoes() {
        for (Boundedness boundedness : Boundedness.values()) {
            assertThat(leased(new MemoryQueueSource("orders", boundedness)).getBoundedness())
                    .isEqualTo(boundedness);
        }
    }

    /** What a source does not say of its type Flink finds out by its class. */
    @Test
    void itsTypeIsTheWrappedOnesWhetherThatSaysItOrNot() {
        TypeInformation<String> said = new GenericTypeInfo<>(String.class);

        assertThat(leased(new Typed(said)).getProducedType()).isSameAs(said);
        assertThat(leased(new Bare()).getProducedType()).isEqualTo(Types.STRING);
    }

    /** As of a bare one: whoever gives it with {@code returns} need not give it sooner. */
    @Test
    void aTypeThatNobodyKnowsMayBeGivenLater() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Erased<String> bare = new Erased<>();

        for (Source<String, ?, ?> source : List.of(bare, leased(bare))) {
            assertThat(
                            env.fromSource(source, WatermarkStrategy.noWatermarks(), "orders")
                                    .returns(Types.STRING)
                                    .getType())
                    .isEqualTo(Types.STRING);
        }
    }

    /** Flink asks for one by the class. */
    @Test
    void itsSplitsAreGivenAnewAfterARecovery() {
        assertThat(leased(new Bare())).isInstanceOf(SupportsSplitReassignmentOnRecovery.class);
    }

    /** Of the Flink that is tested with: what it may do to a source by default is known here. */
    @ParameterizedTest
    @MethodSource
    void nothingThatFlinkMayCallIsLeftToItsDefault(Class<?> flinks, Class<?> ours) {
        assertThat(NotedCalls.methodsBut(flinks))
                .allSatisfy(
                        method ->
                                assertThat(
                                                ours.getMethod(
                                                                method.getName(),
                                                                method.getParameterTypes())
                                                        .getDeclaringClass())
                                        .isEqualTo(ours));
    }

    static List<Arguments> nothingThatFlinkMayCallIsLeftToItsDefault() {
        return List.of(
                Arguments.of(Source.class, LeasedSource.class),
                Arguments.of(SplitEnumerator.class, LeasedSplitEnumerator.class),
                Arguments.of(SourceReader.class, LeasedSourceReader.class));
    }

    private static <T> LeasedSource<T, MemoryQueueSplit, Set<String>> leased(
            Source<T, MemoryQueueSplit, Set<String>> inner) {
        return LeasedSource.wrap(inner)
                .splitIds(SplitIds.STABLE)
                .group("orders")
                .store(MemoryLeaseStore.named("orders"))
                .build();
    }

    @SuppressWarnings("unchecked")
    private static <X, E extends Throwable> X sneaked(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /** Writes what it cannot read. */
    private record Unreadable(Throwable why) implements SimpleVersionedSerializer<Set<String>> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Set<String> state) {
            return new byte[0];
        }

        @Override
        public Set<String> deserialize(int version, byte[] bytes) {
            return sneaked(why);
        }
    }

    /** A source of a memory queue, by another class. */
    private static class Bare implements Source<String, MemoryQueueSplit, Set<String>> {
        private static final long serialVersionUID = 1L;

        private final MemoryQueueSource queue =
                new MemoryQueueSource("orders", Boundedness.BOUNDED);

        @Override
        public Boundedness getBoundedness() {
            return queue.getBoundedness();
        }

        @Override
        public SplitEnumerator<MemoryQueueSplit, Set<String>> createEnumerator(
                SplitEnumeratorContext<MemoryQueueSplit> context) {
            return queue.createEnumerator(context);
        }

        @Override
        public SplitEnumerator<MemoryQueueSplit, Set<String>> restoreEnumerator(
                SplitEnumeratorContext<MemoryQueueSplit> context, Set<String> state) {
            return queue.restoreEnumerator(context, state);
        }

        @Override
        public SourceReader<String, MemoryQueueSplit> createReader(SourceReaderContext context) {
            return queue.createReader(context);
        }

        @Override
        public SimpleVersionedSerializer<MemoryQueueSplit> getSplitSerializer() {
            return queue.getSplitSerializer();
        }

        @Override
        public SimpleVersionedSerializer<Set<String>> getEnumeratorCheckpointSerializer() {
            return queue.getEnumeratorCheckpointSerializer();
        }

        @Override
        public Set<? extends WatermarkDeclaration> declareWatermarks() {
            return Set.of(DECLARED);
        }
    }

    private static final class Traced extends Bare implements LineageVertexProvider {
        private static final long serialVersionUID = 1L;

        private static final SourceLineageVertex VERTEX =
                new SourceLineageVertex() {
                    @Override
                    public Boundedness boundedness() {
                        return Boundedness.BOUNDED;
                    }

                    @Override
                    public List<LineageDataset> datasets() {
                        return List.of();
                    }
                };

        @Override
        public SourceLineageVertex getLineageVertex() {
            return VERTEX;
        }
    }

    /** What it gives is not to be seen in its class. */
    private static final class Erased<T> implements Source<T, MemoryQueueSplit, Set<String>> {
        private static final long serialVersionUID = 1L;

        @Override
        public Boundedness getBoundedness() {
            return Boundedness.BOUNDED;
        }

        @Override
        public SplitEnumerator<MemoryQueueSplit, Set<String>> createEnumerator(
                SplitEnumeratorContext<MemoryQueueSplit> context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SplitEnumerator<MemoryQueueSplit, Set<String>> restoreEnumerator(
                SplitEnumeratorContext<MemoryQueueSplit> context, Set<String> state) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SourceReader<T, MemoryQueueSplit> createReader(SourceReaderContext context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SimpleVersionedSerializer<MemoryQueueSplit> getSplitSerializer() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SimpleVersionedSerializer<Set<String>> getEnumeratorCheckpointSerializer() {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Typed extends Bare implements ResultTypeQueryable<String> {
        private static final long serialVersionUID = 1L;

        private final TypeInformation<String> type;

        Typed(TypeInformation<String> type) {
            this.type = type;
        }

        @Override
        public TypeInformation<String> getProducedType() {
            return type;
        }
    }

    /** Notes each source that makes a reader. */
    private static final class Sharing extends Bare {
        private static final long serialVersionUID = 1L;

        private static final List<Source<String, ?, ?>> READ = new CopyOnWriteArrayList<>();

        @Override
        public SourceReader<String, MemoryQueueSplit> createReader(SourceReaderContext context) {
            READ.add(this);
            return super.createReader(context);
        }
    }

    private static final class Inducing extends Bare {
        private static final long serialVersionUID = 1L;

        private static final List<String> CALLED = new CopyOnWriteArrayList<>();

        @Override
        @SuppressWarnings("unchecked")
        public SourceReader<String, MemoryQueueSplit> createReader(SourceReaderContext context) {
            return (SourceReader<String, MemoryQueueSplit>)
                    Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {ExternallyInducedSourceReader.class},
                            (proxy, method, arguments) -> {
                                CALLED.add(method.getName());
                                return null;
                            });
        }
    }
}
