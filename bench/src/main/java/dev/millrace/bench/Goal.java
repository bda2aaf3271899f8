package dev.millrace.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a row is judged by: a figure of one contestant, or its ratio to the highest of others.
 *
 * @param text as it stands in the table
 * @param of the contestant
 * @param figure as {@link Turn#figure} names it
 * @param against the contestants that it is compared with; none for the figure itself
 * @param atLeast whether {@code bound} is the least that meets the goal, or the most
 */
record Goal(
        String text,
        String of,
        String figure,
        List<String> against,
        boolean atLeast,
        double bound) {
    Goal {
        against = List.copyOf(against);
    }

    static Goal ratio(String text, String of, List<String> against, double atLeast) {
        return new Goal(text, of, "events/s", against, true, atLeast);
    }

    /**
     * What it comes to.
     *
     * @param turns of all contestants, by name
     */
    double value(Map<String, Median> turns) {
        double own = figure(turns, of);
        return against.isEmpty()
                ? own
                : own
                        / against.stream()
                                .mapToDouble(name -> figure(turns, name))
                                .max()
                                .orElseThrow();
    }

    private double figure(Map<String, Median> turns, String name) {
        Median median = turns.get(name);
        return median == null ? Double.NaN : median.figure(figure);
    }

    boolean met(double value) {
        return atLeast ? value >= bound : value <= bound;
    }

    String verdict(Map<String, Median> turns) {
        double value = value(turns);
        String shown =
                Double.isNaN(value)
                        ? "void"
                        : String.format(
                                Locale.ROOT, against.isEmpty() ? "%,.2f" : "%,.2f ×", value);
        String judged = Double.isNaN(value) ? "" : met(value) ? ": met" : ": **missed**";
        return text + " — " + shown + judged;
    }
}
