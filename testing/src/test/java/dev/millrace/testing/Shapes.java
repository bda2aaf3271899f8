package dev.millrace.testing;

import dev.millrace.testing.OraclePipeline.Aggregate;
import dev.millrace.testing.OraclePipeline.Failure;
import dev.millrace.testing.OraclePipeline.Filter;
import dev.millrace.testing.OraclePipeline.Transform;
import dev.millrace.testing.OraclePipeline.Value;

import java.util.List;
import java.util.Objects;

/** Pipelines, each said twice: as a file, and to the oracle. */
final class Shapes {
    private static final long DAY_MS = 86_400_000;

    /**
     * @param restorable whether a restored task knows duplicates to the millisecond: not where ids
     *     are forgotten in the midst of a stream, for those of one commit are forgotten together
     */
    record Shape(String name, String definition, OraclePipeline oracle, boolean restorable) {
        @Override
        public String toString() {
            return name;
        }
    }

    private Shapes() {}

    static final Shape COUNTS =
            new Shape(
                    "counts",
                    """
                    pipeline: counts
                    key: data.path
                    outOfOrder: 2s
                    dedupe: 1d
                    stages:
                      - name: views
                        aggregate:
                          window: {tumbling: 10s}
                          by: [data.path]
                          values: {n: count}
                          lateness: 5s
                    """,
                    new OraclePipeline(
                            2_000,
                            DAY_MS,
                            Integer.MAX_VALUE,
                            List.of(
                                    new Aggregate(
                                            "views",
                                            new OracleWindow.Tumbling(10_000),
                                            _ -> true,
                                            List.of("data.path"),
                                            List.of(new Value.Count()),
                                            5_000,
                                            false,
                                            90 * DAY_MS))),
                    true);

    static final Shape NUMBERS =
            new Shape(
                    "numbers",
                    """
                    pipeline: numbers
                    outOfOrder: 0s
                    dedupe: 1d
                    dedupeLimit: 24
                    stages:
                      - name: numbers
                        aggregate:
                          window: {tumbling: 1m}
                          values:
                            n: count
                            sum: {sum: data.n}
                            avg: {avg: data.n}
                            min: {min: data.n}
                            max: {max: data.n}
                          lateness: 0s
                          late: correct
                          keep: 3m
                    """,
                    new OraclePipeline(
                            0,
                            DAY_MS,
                            24,
                            List.of(
                                    new Aggregate(
                                            "numbers",
                                            new OracleWindow.Tumbling(60_000),
                                            _ -> true,
                                            List.of(),
                                            List.of(
                                                    new Value.Count(),
                                                    new Value.Sum("data.n"),
                                                    new Value.Avg("data.n"),
                                                    new Value.Min("data.n"),
                                                    new Value.Max("data.n")),
                                            0,
                                            true,
                                            180_000))),
                    true);

    static final Shape STAGES =
            new Shape(
                    "stages",
                    """
                    pipeline: stages
                    key: data.path
                    outOfOrder: 1s
                    dedupe: 1d
                    stages:
                      - {name: good, filter: data.status < 400}
                      - {name: tag, transform: {data.class: "data.status / 100", data.path: "null"}}
                      - name: strict
                        aggregate:
                          window: {tumbling: 7s}
                          where: data.class == 2
                          by: [data.class, data.path]
                          values: {n: count, sum: {sum: data.n}}
                          lateness: 0s
                          keep: 1m
                      - name: patient
                        aggregate:
                          window: {tumbling: 30s}
                          by: [data.g]
                          values: {least: {min: data.n}, n: count}
                          lateness: 20s
                          late: correct
                          keep: 2m
                    """,
                    new OraclePipeline(
                            1_000,
                            DAY_MS,
                            Integer.MAX_VALUE,
                            List.of(
                                    new Filter("good", event -> status(event) < 400),
                                    new Transform(
                                            "tag",
                                            event ->
                                                    event.with("class", status(event) / 100)
                                                            .with("path", null)),
                                    new Aggregate(
                                            "strict",
                                            new OracleWindow.Tumbling(7_000),
                                            event -> Objects.equals(event.data().get("class"), 2L),
                                            List.of("data.class", "data.path"),
                                            List.of(new Value.Count(), new Value.Sum("data.n")),
                                            0,
                                            false,
                                            60_000),
                                    new Aggregate(
                                            "patient",
                                            new OracleWindow.Tumbling(30_000),
                                            _ -> true,
                                            List.of("data.g"),
                                            List.of(new Value.Min("data.n"), new Value.Count()),
                                            20_000,
                                            true,
                                            120_000))),
                    true);

    static final Shape FORGETFUL =
            new Shape(
                    "forgetful",
                    """
                    pipeline: forgetful
                    key: data.path
                    outOfOrder: 5s
                    dedupe: 20s
                    dedupeLimit: 30
                    partitions: 3
                    stages:
                      - name: views
                        aggregate: {window: {tumbling: 1m}, by: [data.path], values: {n: count}}
                    """,
                    new OraclePipeline(
                            5_000,
                            20_000,
                            30,
                            List.of(
                                    new Aggregate(
                                            "views",
                                            new OracleWindow.Tumbling(60_000),
                                            _ -> true,
                                            List.of("data.path"),
                                            List.of(new Value.Count()),
                                            60_000,
                                            false,
                                            90 * DAY_MS))),
                    false);

    /** Nothing is ever late for it. */
    static final Shape UNHURRIED =
            new Shape(
                    "unhurried",
                    NUMBERS.definition()
                            .replace("lateness: 0s", "lateness: 10d")
                            .replace("keep: 3m", "keep: 90d")
                            .replace("dedupeLimit: 24\n", ""),
                    new OraclePipeline(
                            0,
                            DAY_MS,
                            Integer.MAX_VALUE,
                            List.of(
                                    new Aggregate(
                                            "numbers",
                                            new OracleWindow.Tumbling(60_000),
                                            _ -> true,
                                            List.of(),
                                            ((Aggregate) NUMBERS.oracle().stages().getFirst())
                                                    .values(),
                                            10 * DAY_MS,
                                            true,
                                            90 * DAY_MS))),
                    true);

    static final List<Shape> ALL = List.of(COUNTS, NUMBERS, STAGES, FORGETFUL, UNHURRIED);

    private static long status(OraclePipeline.Event event) {
        if (!event.data().containsKey("status")) {
            throw new Failure("no-such-field");
        }
        if (!(event.data().get("status") instanceof Long status)) {
            throw new Failure("type");
        }
        return status;
    }
}
