package dev.millrace.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/** What a curve of throughput varies, one at a time, and the values that it takes. */
enum CurveSetting {
    GROUPS(
            groups -> new CurvePoint(groups, 2, WebEvents.BYTES, 1, 1, 0),
            1_000,
            10_000,
            100_000,
            1_000_000,
            10_000_000),
    PARTITIONS(
            partitions -> new CurvePoint(1_000, partitions, WebEvents.BYTES, 1, 1, 0), 1, 2, 4, 8),
    PAYLOAD(bytes -> new CurvePoint(1_000, 2, bytes, 1, 1, 0), 100, 371, 1_000, 3_000, 10_000),
    STAGES(stages -> new CurvePoint(1_000, 2, WebEvents.BYTES, stages, 1, 0), 1, 2, 5, 10, 20),
    PIPELINES(
            pipelines -> new CurvePoint(1_000, 2, WebEvents.BYTES, 1, pipelines, 0),
            1,
            10,
            30,
            100),
    READERS(readers -> new CurvePoint(1_000, 2, WebEvents.BYTES, 1, 1, readers), 0, 4, 16, 64);

    private final IntFunction<CurvePoint> pointAt;
    private final List<Integer> points;

    CurveSetting(IntFunction<CurvePoint> pointAt, Integer... points) {
        this.pointAt = pointAt;
        this.points = Arrays.asList(points);
    }

    List<Integer> points() {
        return points;
    }

    CurvePoint at(int value) {
        return pointAt.apply(value);
    }

    /** As it stands on command lines. */
    String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }

    static CurveSetting parse(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
