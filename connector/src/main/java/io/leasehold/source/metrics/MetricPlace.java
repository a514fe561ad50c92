package io.leasehold.source.metrics;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.View;

/**
 * What is registered in the operator's group, for whichever reader there is. On any thread, but for
 * {@link #become}.
 */
abstract sealed class MetricPlace<M extends Metric> implements View {
    private volatile M present;

    private MetricPlace(M present) {
        this.present = present;
    }

    final M present() {
        return present;
    }

    void become(M next) {
        present = next;
    }

    @Override
    public final void update() {
        if (present instanceof View view) {
            view.update();
        }
    }

    static final class OfGauge<T> extends MetricPlace<Gauge<T>> implements Gauge<T> {
        OfGauge(Gauge<T> present) {
            super(present);
        }

        @Override
        public T getValue() {
            return present().getValue();
        }
    }

    static final class OfCounter extends MetricPlace<Counter> implements Counter {
        private volatile long before;

        OfCounter(Counter present) {
            super(present);
        }

        @Override
        void become(Counter next) {
            before = getCount() - next.getCount();
            super.become(next);
        }

        @Override
        public void inc() {
            present().inc();
        }

        @Override
        public void inc(long n) {
            present().inc(n);
        }

        @Override
        public void dec() {
            present().dec();
        }

        @Override
        public void dec(long n) {
            present().dec(n);
        }

        @Override
        public long getCount() {
            return before + present().getCount();
        }
    }

    static final class OfMeter extends MetricPlace<Meter> implements Meter {
        OfMeter(Meter present) {
            super(present);
        }

        @Override
        public void markEvent() {
            present().markEvent();
        }

        @Override
        public void markEvent(long n) {
            present().markEvent(n);
        }

        @Override
        public double getRate() {
            return present().getRate();
        }

        @Override
        public long getCount() {
            return present().getCount();
        }
    }

    static final class OfHistogram extends MetricPlace<Histogram> implements Histogram {
        OfHistogram(Histogram present) {
            super(present);
        }

        @Override
        public void update(long value) {
            present().update(value);
        }

        @Override
        public long getCount() {
            return present().getCount();
        }

        @Override
        public HistogramStatistics getStatistics() {
            return present().getStatistics();
        }
    }
}
