package dev.millrace.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a contestant is to do, as it stands on its command line.
 *
 * @param window {@code tumbling}: 5 minutes, or {@code sliding}: 5 minutes every second
 * @param parser {@code jackson} or {@code millrace}
 * @param threads that read and count
 * @param warmUp batches before the clock starts, which are counted like the others
 * @param batches all of them
 * @param groups different pages in the input
 * @param variant of the contestant; empty where it has one only
 */
public record Spec(
        String window,
        String parser,
        int threads,
        long warmUp,
        long batches,
        int groups,
        String variant) {
    public static final long SIZE_MS = 300_000;
    public static final long SLIDE_MS = 1_000;
    public static final long OUT_OF_ORDER_MS = 5_000;

    public static Spec parse(String[] args) {
        Map<String, String> given =
                Arrays.stream(args)
                        .map(arg -> arg.split("=", 2))
                        .collect(Collectors.toMap(part -> part[0], part -> part[1]));
        return new Spec(
                given.getOrDefault("window", "tumbling"),
                given.getOrDefault("parser", "jackson"),
                Integer.parseInt(given.getOrDefault("threads", "2")),
                Long.parseLong(given.getOrDefault("warmUp", "2000")),
                Long.parseLong(given.getOrDefault("batches", "6000")),
                Integer.parseInt(given.getOrDefault("groups", "2000")),
                given.getOrDefault("variant", ""));
    }

    List<String> arguments() {
        return List.of(
                "window=" + window,
                "parser=" + parser,
                "threads=" + threads,
                "warmUp=" + warmUp,
                "batches=" + batches,
                "groups=" + groups,
                "variant=" + variant);
    }

    public boolean sliding() {
        return window.equals("sliding");
    }

    /** In how many windows an event counts. */
    public long windowsPerEvent() {
        return sliding() ? SIZE_MS / SLIDE_MS : 1;
    }

    public long measuredEvents() {
        return (batches - warmUp) * Input.BATCH;
    }

    public Spec withParser(String newParser) {
        return new Spec(window, newParser, threads, warmUp, batches, groups, variant);
    }

    public Spec withVariant(String newVariant) {
        return new Spec(window, parser, threads, warmUp, batches, groups, newVariant);
    }

    public Spec withBatches(long newWarmUp, long newBatches) {
        return new Spec(window, parser, threads, newWarmUp, newBatches, groups, variant);
    }
}
