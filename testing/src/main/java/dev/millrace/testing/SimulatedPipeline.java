package dev.millrace.testing;

import dev.millrace.testing.OraclePipeline.Stage;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A pipeline said twice: as a file, and to the oracle.
 *
 * @param key the line of the file that names it; may be empty
 * @param maxSkewMs how far ahead of its receipt a timestamp may be
 */
record SimulatedPipeline(
        String key, long outOfOrderMs, long maxSkewMs, long dedupeMs, List<Said> stages) {
    /** A stage said twice. */
    record Said(String text, Stage stage) {}

    SimulatedPipeline {
        stages = List.copyOf(stages);
    }

    SimulatedPipeline with(List<Said> otherStages) {
        return new SimulatedPipeline(key, outOfOrderMs, maxSkewMs, dedupeMs, otherStages);
    }

    String definition() {
        return """
        pipeline: drawn
        %soutOfOrder: %dms
        maxSkew: %dms
        dedupe: %dms
        stages:
        %s\
        """
                .formatted(
                        key,
                        outOfOrderMs,
                        maxSkewMs,
                        dedupeMs,
                        stages.stream().map(Said::text).collect(Collectors.joining()));
    }

    OraclePipeline oracle() {
        return new OraclePipeline(
                outOfOrderMs,
                dedupeMs,
                Integer.MAX_VALUE,
                stages.stream().map(Said::stage).toList());
    }
}
