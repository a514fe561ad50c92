package io.leasehold.job.bench.report;

import io.leasehold.job.bench.report.Plot.Axis;
import io.leasehold.job.bench.report.Plot.Curve;
import io.leasehold.job.bench.report.Plot.Point;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Draws a plot as a picture that any browser shows and any diff can read. */
final class Svg {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;
    private static final int LEFT = 80;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final int RIGHT = 190;

    /** Told apart by those who see few colours, too. */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000");

    private final Plot plot;
    private final Scale x;
    private final Scale y;
    private final StringBuilder svg = new StringBuilder();

    private Svg(Plot plot) {
        this.plot = plot;
        this.x = Scale.of(plot, plot.x(), Point::x, LEFT, WIDTH - RIGHT);
        this.y = Scale.of(plot, plot.y(), Point::y, HEIGHT - BOTTOM, TOP);
    }

    static String of(Plot plot) {
        return new Svg(plot).drawn();
    }

    private String drawn() {
        add(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" \
                font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="white"/>
                """,
                WIDTH, HEIGHT, WIDTH, HEIGHT);
        text(LEFT, 20, "start", plot.title(), "font-weight=\"bold\"");
        for (double tick : x.ticks()) {
            line(x.at(tick), TOP, x.at(tick), HEIGHT - BOTTOM);
            text(x.at(tick), HEIGHT - BOTTOM + 16, "middle", Series.figure(tick), "");
        }
        for (double tick : y.ticks()) {
            line(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick));
            text(LEFT - 6, y.at(tick) + 4, "end", Series.figure(tick), "");
        }
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", plot.x().label(), "");
        text(
                16,
                HEIGHT / 2.0,
                "middle",
                plot.y().label(),
                "transform=\"rotate(-90 16 %d)\"".formatted(HEIGHT / 2));
        for (int i = 0; i < plot.curves().size(); i++) {
            curve(plot.curves().get(i), COLOURS.get(i % COLOURS.size()), TOP + 10 + 18 * i);
        }
        return svg.append("</svg>\n").toString();
    }

    private void curve(Curve curve, String colour, int legend) {
        if (curve.joined()) {
            StringBuilder points = new StringBuilder();
            curve.points()
                    .forEach(
                            point ->
                                    points.append(
                                            said(" %.1f,%.1f", x.at(point.x()), y.at(point.y()))));
            add(
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>%n",
                    points.toString().strip(), colour);
        }
        for (Point point : curve.points()) {
            add(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\" fill-opacity=\"0.7\"/>%n",
                    x.at(point.x()), y.at(point.y()), colour);
        }
        add(
                "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>%n",
                WIDTH - RIGHT + 12, legend - 9, colour);
        text(WIDTH - RIGHT + 28, legend, "start", curve.name(), "");
    }

    private void line(double fromX, double fromY, double toX, double toY) {
        add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n",
                fromX, fromY, toX, toY);
    }

    private void text(double atX, double atY, String anchor, String words, String more) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n",
                atX,
                atY,
                anchor,
                more,
                words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }

    private void add(String format, Object... values) {
        svg.append(said(format, values));
    }

    private static String said(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** From values to where they are on the picture. */
    private record Scale(boolean logarithmic, double from, double to, double start, double end) {

        static Scale of(
                Plot plot, Axis axis, ToDoubleFunction<Point> value, double start, double end) {
            double[] all =
                    plot.curves().stream()
                            .flatMap(curve -> curve.points().stream())
                            .mapToDouble(value)
                            .sorted()
                            .toArray();
            if (all.length == 0) {
                throw new IllegalArgumentException(
                        "There is nothing on '%s'.".formatted(plot.title()));
            }
            double least = all[0];
            double most = all[all.length - 1];
            if (axis.logarithmic()) {
                double from = Math.floor(Math.log10(least));
                return new Scale(
                        true, from, Math.max(from + 1, Math.ceil(Math.log10(most))), start, end);
            }
            double from = Math.min(0, least);
            return new Scale(false, from, most > from ? most : from + 1, start, end);
        }

        double at(double value) {
            double part = ((logarithmic ? Math.log10(value) : value) - from) / (to - from);
            return start + part * (end - start);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            double step = logarithmic ? 1 : roundStep((to - from) / 5);
            for (double tick = Math.ceil(from / step) * step;
                    tick <= to + step / 1e6;
                    tick += step) {
                ticks.add(logarithmic ? Math.pow(10, tick) : tick);
            }
            return ticks;
        }

        /** 1, 2 or 5 times a power of ten. */
        private static double roundStep(double atLeast) {
            double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
            double times = atLeast / power;
            return power * (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10);
        }
    }
}
