package dev.millrace.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a row is judged by: a figure of one contestant, or its ratio to the highest of others, round
 * by round.
 *
 * @param text as it stands in the table
 * @param of the contestant
 * @param figure as {@link Turn#figure} names it
 * @param against the contestants that it is compared with; none for the figure itself
 * @param bound what it has to be
 */
record Goal(String text, String of, String figure, List<String> against, Bound bound) {
    Goal {
        against = List.copyOf(against);
    }

    /** What meets a goal. */
    sealed interface Bound {
        boolean metBy(double value);

        /** So much or more. */
        record AtLeast(double least) implements Bound {
            @Override
            public boolean metBy(double value) {
                return value >= least;
            }
        }

        /** So much or less. */
        record AtMost(double most) implements Bound {
            @Override
            public boolean metBy(double value) {
                return value <= most;
            }
        }

        /** Whatever it is: a ratio to be shown beside a goal. */
        record None() implements Bound {
            @Override
            public boolean metBy(double value) {
                return true;
            }
        }
    }

    static Goal ratio(String text, String of, List<String> against, double atLeast) {
        return new Goal(text, of, "events/s", against, new Bound.AtLeast(atLeast));
    }

    /** For contestants that do not use the same number of cores. */
    static Goal ratioByCpu(String text, String of, List<String> against, double atLeast) {
        return new Goal(text, of, "events/cpu-s", against, new Bound.AtLeast(atLeast));
    }

    static Goal atLeast(String text, String of, String figure, double least) {
        return new Goal(text, of, figure, List.of(), new Bound.AtLeast(least));
    }

    static Goal atMost(String text, String of, String figure, double most) {
        return new Goal(text, of, figure, List.of(), new Bound.AtMost(most));
    }

    /** A ratio that nothing is judged by. */
    static Goal shown(String text, String of, List<String> against) {
        return new Goal(text, of, "events/s", against, new Bound.None());
    }

    /**
     * What it comes to.
     *
     * @param turns of the contestants that are not void, by name
     */
    Median value(Map<String, List<Turn>> turns) {
        if (!turns.containsKey(of) || !turns.keySet().containsAll(against)) {
            return new Median(Double.NaN, Double.NaN, Double.NaN);
        }
        List<Turn> own = turns.getOrDefault(of, List.of());
        return against.isEmpty()
                ? Median.of(own, figure)
                : Median.ofRatio(
                        own,
                        against.stream().map(name -> turns.getOrDefault(name, List.of())).toList(),
                        figure);
    }

    /** The text, the value, the lowest and highest of single rounds, and what that means. */
    String verdict(Map<String, List<Turn>> turns) {
        Median value = value(turns);
        if (value.isVoid()) {
            return text + " — void";
        }
        String shown =
                String.format(
                        Locale.ROOT,
                        "%,.2f%s (%,.2f–%,.2f)",
                        value.middle(),
                        against.isEmpty() ? "" : " ×",
                        value.lowest(),
                        value.highest());
        return text + " — " + shown + judged(value);
    }

    private String judged(Median value) {
        if (bound instanceof Bound.None) {
            return "";
        }
        boolean isMet = bound.metBy(value.middle());
        boolean isSure =
                bound.metBy(value.lowest()) == isMet && bound.metBy(value.highest()) == isMet;
        return (isMet ? ": met" : ": **missed**") + (isSure ? "" : ", within the noise");
    }
}
