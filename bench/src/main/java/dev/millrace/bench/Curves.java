package dev.millrace.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** All curves. */
final class Curves {
    private static final int WARM_UP_SECONDS = 15;
    private static final int SECONDS = 4;

    private Curves() {}

    private static Spec spec(String variant) {
        return new Spec("tumbling", "millrace", 16, WARM_UP_SECONDS, SECONDS, 2_000, variant);
    }

    private static List<Curve> all() {
        List<String> throughput =
                List.of(
                        "events/s",
                        "events/cpu-s",
                        "server-events/cpu-s",
                        "answer-p99-ms",
                        "jit-%");
        return List.of(
                served(CurveSetting.GROUPS, "open groups", throughput),
                served(CurveSetting.PARTITIONS, "partitions", throughput),
                served(CurveSetting.PAYLOAD, "bytes an event", throughput),
                served(CurveSetting.STAGES, "filters before the aggregate", throughput),
                served(CurveSetting.PIPELINES, "pipelines", throughput),
                served(
                        CurveSetting.READERS,
                        "readers of rows, ten times a second each",
                        Stream.concat(throughput.stream(), Stream.of("reads")).toList()),
                memory(),
                latency());
    }

    private static Curve served(CurveSetting setting, String at, List<String> figures) {
        String name = setting.lowerCase();
        return new Curve(
                name,
                "Throughput against " + at,
                at,
                figures,
                List.of(new Contestant(name, ServedCurve.class, spec(name))));
    }

    private static Curve memory() {
        return new Curve(
                "memory",
                "Heap against open groups, a count and a distinct count each, four events a group, rows on disk",
                "open groups",
                List.of("heap-MiB"),
                Stream.of(1_000, 10_000, 100_000, 1_000_000, 4_000_000)
                        .map(groups ->
                                new Contestant(
                                        "memory",
                                        ServedOpenGroups.class,
                                        new Spec("tumbling", "millrace", 1, 0, 1, groups, "1h")))
                        .toList());
    }

    private static Curve latency() {
        return new Curve(
                "latency",
                "Latency against load, from when requests and probes were due, 100 events a request",
                "% of the sustained load",
                List.of(
                        "asked-events/s",
                        "events/s",
                        "answer-p50-ms",
                        "answer-p99-ms",
                        "answer-max-ms",
                        "visible-p50-ms",
                        "visible-p99-ms"),
                List.of(new Contestant("latency", LatencyCurve.class, spec("100"))));
    }

    /**
     * Runs curves, and says what came of them, in Markdown.
     *
     * @param wanted names; none: all
     */
    static String run(Set<String> wanted) throws IOException {
        StringBuilder text = new StringBuilder(Machine.line()).append(".\n\n");
        for (Curve curve : all()) {
            if (wanted.isEmpty() || wanted.contains(curve.name())) {
                text.append(table(curve));
            }
        }
        return text.toString();
    }

    private static String table(Curve curve) {
        List<Turn> points = new ArrayList<>();
        try {
            for (Contestant program : curve.programs()) {
                List<Turn> its = Fork.results(program);
                its.forEach(
                        point -> System.err.printf("curve %s: %s%n", curve.name(), point.line()));
                points.addAll(its);
            }
            return curve.table(points);
        } catch (IOException failed) {
            System.err.println("void: curve " + curve.name() + ": " + failed.getMessage());
            return curve.table(points) + "Void from here on: a point failed or was not proven.\n\n";
        }
    }
}
