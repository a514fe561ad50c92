package io.leasehold.job.bench.report;

import java.util.List;

/** A picture of some figures. */
public record Plot(String title, Axis x, Axis y, List<Curve> curves) {

    /**
     * @param logarithmic whether it counts in powers of ten: then all values must be above zero
     */
    public record Axis(String label, boolean logarithmic) {}

    /**
     * @param joined whether its points are joined by a line
     */
    public record Curve(String name, boolean joined, List<Point> points) {
        public Curve {
            points = List.copyOf(points);
        }
    }

    public record Point(double x, double y) {}

    public Plot {
        curves = List.copyOf(curves);
    }
}
