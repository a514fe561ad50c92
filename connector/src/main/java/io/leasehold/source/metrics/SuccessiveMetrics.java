package io.leasehold.source.metrics;

import org.apache.flink.events.EventBuilder;
import org.apache.flink.metrics.CharacterFilter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.metrics.MetricNames;
import org.apache.flink.traces.SpanBuilder;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The metric groups of wrapped readers that follow each other in one task. What the present one
 * registers is what is reported, under the names that a reader which is not wrapped would have:
 * without this the first one's values would be reported for ever, since in Flink a name that is
 * taken stays with who has it.
 *
 * <p>What is in a group of its own goes when its reader is replaced. What stands in the operator's
 * group cannot be taken out: there it is the reader behind the name that changes. A counter there
 * continues from where the former one was; one in a group begins at 0, as after a restart.
 *
 * <p>On any thread.
 */
public final class SuccessiveMetrics {

    /** Flink's own group, of the splits that it knows; readers may have it, but not close it. */
    private static final String SPLITS = "split";

    private final SourceReaderMetricGroup operator;
    private final Map<String, MetricPlace<?>> places = new HashMap<>();
    private Optional<Life> present = Optional.empty();

    /**
     * @param operator Flink's group for the reader
     */
    public SuccessiveMetrics(SourceReaderMetricGroup operator) {
        this.operator = operator;
    }

    /**
     * The group for the next reader; what the one before has registered is not reported any more.
     */
    public synchronized SourceReaderMetricGroup next() {
        present.ifPresent(Life::end);
        Life next = new Life();
        present = Optional.of(next);
        return next;
    }

    private final class Life implements SourceReaderMetricGroup {

        private final Set<String> names = new HashSet<>();
        private final List<MetricGroup> groups = new ArrayList<>();
        private boolean over;

        private void end() {
            over = true;
            groups.forEach(OwnGroup::close);
            nothingIsPending(MetricNames.PENDING_RECORDS);
            nothingIsPending(MetricNames.PENDING_BYTES);
        }

        /** Not what was pending for the former, with splits that may be elsewhere by now. */
        @SuppressWarnings("unchecked") // Else it is no name of FLIP-33.
        private void nothingIsPending(String name) {
            if (names.contains(name) && places.get(name) instanceof MetricPlace.OfGauge<?> place) {
                ((MetricPlace.OfGauge<Long>) place).become(() -> 0L);
            }
        }

        /**
         * @param place makes what is registered in the operator's group
         * @param registering with the operator's group
         * @param colliding where this reader, or another one for something else, has the name:
         *     Flink says so
         */
        private <M extends Metric, P extends MetricPlace<M>> void put(
                String name,
                M metric,
                Function<M, P> place,
                Consumer<P> registering,
                Consumer<M> colliding) {
            synchronized (SuccessiveMetrics.this) {
                if (over) {
                    return;
                }
                P fresh = place.apply(metric);
                MetricPlace<?> known = places.get(name);
                if (!names.add(name) || (known != null && known.getClass() != fresh.getClass())) {
                    colliding.accept(metric);
                } else if (known == null) {
                    places.put(name, fresh);
                    registering.accept(fresh);
                } else {
                    @SuppressWarnings("unchecked") // Of the same class.
                    P same = (P) known;
                    same.become(metric);
                }
            }
        }

        @Override
        public Counter counter(String name) {
            return counter(name, new SimpleCounter());
        }

        @Override
        public <C extends Counter> C counter(String name, C counter) {
            this.<Counter, MetricPlace.OfCounter>put(
                    name,
                    counter,
                    MetricPlace.OfCounter::new,
                    place -> operator.counter(name, place),
                    other -> operator.counter(name, other));
            return counter;
        }

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            this.<Gauge<T>, MetricPlace.OfGauge<T>>put(
                    name,
                    gauge,
                    MetricPlace.OfGauge::new,
                    place -> operator.<T, Gauge<T>>gauge(name, place),
                    other -> operator.<T, Gauge<T>>gauge(name, other));
            return gauge;
        }

        @Override
        public <H extends Histogram> H histogram(String name, H histogram) {
            this.<Histogram, MetricPlace.OfHistogram>put(
                    name,
                    histogram,
                    MetricPlace.OfHistogram::new,
                    place -> operator.histogram(name, place),
                    other -> operator.histogram(name, other));
            return histogram;
        }

        @Override
        public <M extends Meter> M meter(String name, M meter) {
            this.<Meter, MetricPlace.OfMeter>put(
                    name,
                    meter,
                    MetricPlace.OfMeter::new,
                    place -> operator.meter(name, place),
                    other -> operator.meter(name, other));
            return meter;
        }

        @Override
        public void setPendingRecordsGauge(Gauge<Long> gauge) {
            this.<Gauge<Long>, MetricPlace.OfGauge<Long>>put(
                    MetricNames.PENDING_RECORDS,
                    gauge,
                    MetricPlace.OfGauge::new,
                    operator::setPendingRecordsGauge,
                    operator::setPendingRecordsGauge);
        }

        @Override
        public void setPendingBytesGauge(Gauge<Long> gauge) {
            this.<Gauge<Long>, MetricPlace.OfGauge<Long>>put(
                    MetricNames.PENDING_BYTES,
                    gauge,
                    MetricPlace.OfGauge::new,
                    operator::setPendingBytesGauge,
                    operator::setPendingBytesGauge);
        }

        @Override
        public MetricGroup addGroup(String name) {
            return added(name, () -> operator.addGroup(name));
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return added(key, () -> operator.addGroup(key, value));
        }

        private MetricGroup added(String name, Supplier<MetricGroup> adding) {
            synchronized (SuccessiveMetrics.this) {
                if (over) {
                    return new UnregisteredMetricsGroup();
                }
                MetricGroup group = adding.get();
                if (!name.equals(SPLITS)) {
                    groups.add(group);
                }
                return group;
            }
        }

        @Override
        public Counter getNumRecordsInErrorsCounter() {
            return operator.getNumRecordsInErrorsCounter();
        }

        @Override
        public OperatorIOMetricGroup getIOMetricGroup() {
            return operator.getIOMetricGroup();
        }

        @Override
        public void addSpan(SpanBuilder span) {
            operator.addSpan(span);
        }

        @Override
        public void addEvent(EventBuilder event) {
            operator.addEvent(event);
        }

        @Override
        public String[] getScopeComponents() {
            return operator.getScopeComponents();
        }

        @Override
        public Map<String, String> getAllVariables() {
            return operator.getAllVariables();
        }

        @Override
        public String getMetricIdentifier(String name) {
            return operator.getMetricIdentifier(name);
        }

        @Override
        public String getMetricIdentifier(String name, CharacterFilter filter) {
            return operator.getMetricIdentifier(name, filter);
        }
    }
}
