package dev.millrace.core.detect;

import dev.millrace.core.aggregate.Aggregation;
import dev.millrace.core.aggregate.Windows;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.pipeline.Value;

import java.util.Base64;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A detect stage made ready to run. Its alerts are stored as rows under its number: window start
 * and group are those of the alert. What it knows of the groups is stored under the negative of the
 * number, as of the window that closed last. Immutable and thread-safe.
 */
public final class Detection {
    private final Stage.Detect definition;
    private final int number;
    private final Aggregation aggregation;
    private final Windows.Sliced windows;
    private final Value watched;

    /**
     * @param number under which its alerts are kept, 1 or more
     * @param aggregation that it watches
     * @throws IllegalArgumentException if that has no such value, or is not tumbling
     */
    public Detection(Stage.Detect definition, int number, Aggregation aggregation) {
        this.definition = definition;
        this.number = number;
        this.aggregation = aggregation;
        if (!(aggregation.windows() instanceof Windows.Sliced sliced)
                || sliced.slicesPerWindow() != 1) {
            throw new IllegalArgumentException(
                    definition.name() + " watches " + definition.of() + ", which is not tumbling");
        }
        this.windows = sliced;
        this.watched =
                aggregation.definition().values().stream()
                        .filter(value -> value.name().equals(definition.value()))
                        .findFirst()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "%s has no value %s for %s to watch"
                                                .formatted(
                                                        definition.of(),
                                                        definition.value(),
                                                        definition.name())));
    }

    public String name() {
        return definition.name();
    }

    public Stage.Detect definition() {
        return definition;
    }

    /** The number under which the alerts are kept. */
    public int number() {
        return number;
    }

    /** The number under which the baselines are kept. */
    int baselines() {
        return -number;
    }

    public Aggregation aggregation() {
        return aggregation;
    }

    Windows.Sliced windows() {
        return windows;
    }

    Noise noise() {
        return Noise.of(watched);
    }

    /** Whether no row means 0. */
    boolean startsAtZero() {
        return switch (watched) {
            case Value.Count _, Value.Distinct _, Value.Sum _ -> true;
            case Value.Avg _, Value.Min _, Value.Max _, Value.Quantile _, Value.Top _ -> false;
        };
    }

    /**
     * Whether a value can only grow until its window closes: a surge is one before that. A sum may
     * shrink, as what is added may be below 0.
     */
    boolean onlyGrows() {
        return switch (watched) {
            case Value.Count _, Value.Distinct _ -> true;
            case Value.Sum _ -> false;
            case Value.Avg _, Value.Min _, Value.Max _, Value.Quantile _, Value.Top _ -> false;
        };
    }

    /** The watched value of a stored row; empty where it is nothing. */
    OptionalDouble value(byte[] row) {
        Object value = aggregation.value(definition.value(), row);
        return value instanceof Number number
                ? OptionalDouble.of(number.doubleValue())
                : OptionalDouble.empty();
    }

    /**
     * The alert of a stored row.
     *
     * @param group encoded group key
     * @param value as a commit wrote it
     */
    public Alert alert(long windowStartMs, byte[] group, byte[] value) {
        Excursion excursion = StateCodec.excursion(value);
        return new Alert(
                "%s:%d:%s"
                        .formatted(
                                name(),
                                windowStartMs,
                                Base64.getUrlEncoder().withoutPadding().encodeToString(group)),
                name(),
                aggregation.group(group),
                excursion.direction(),
                windowStartMs,
                excursion.isOpen() ? OptionalLong.empty() : OptionalLong.of(excursion.endedAtMs()),
                excursion.value(),
                excursion.baseline(),
                excursion.score());
    }
}
