package dev.millrace.bench;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a server has to do at one point of a curve.
 *
 * @param groups that are open, all of them before the clock starts
 * @param partitions of each pipeline
 * @param payloadBytes of an event
 * @param stages before the aggregate: filters that let all pass
 * @param pipelines that requests go to in turn
 * @param readers that ask for rows all the time, each ten times a second
 */
record CurvePoint(
        int groups, int partitions, int payloadBytes, int stages, int pipelines, int readers) {
    private static final int REQUEST_BYTES_MAX = 1_000_000;

    /** 1,000, or as many as make a request of a megabyte. */
    int eventsPerRequest() {
        return Math.min(1_000, REQUEST_BYTES_MAX / payloadBytes);
    }

    String definition(String pipeline) {
        String filters =
                IntStream.range(0, stages)
                        .mapToObj("  - {name: all-%1$d, filter: \"type != 'x%1$d'\"}\n"::formatted)
                        .collect(Collectors.joining());
        return """
        pipeline: %s
        partitions: %d
        stages:
        %s  - name: views
            aggregate:
              window: {tumbling: 1d}
              by: [data.p]
              values: {views: count}
              maxGroups: 10000000
        """
                .formatted(pipeline, partitions, filters);
    }
}
