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
 * @param threads that read and count; of a server, connections to it
 * @param warmUpSeconds before the clock starts; its events are counted like the others
 * @param seconds of events behind that
 * @param groups different pages in the input
 * @param variant of the contestant; empty where it has one only
 */
public record Spec(
        String window,
        String parser,
        int threads,
        int warmUpSeconds,
        int seconds,
        int groups,
        String variant) {
    public static final long SIZE_MS = 300_000;
    public static final long SLIDE_MS = 1_000;
    public static final long OUT_OF_ORDER_MS = 5_000;

    public Spec {
        if (threads < 1 || warmUpSeconds < 0 || seconds < 1 || groups < 1) {
            throw new IllegalArgumentException(
                    "threads %d, warmUpSeconds %d, seconds %d, groups %d"
                            .formatted(threads, warmUpSeconds, seconds, groups));
        }
    }

    public static Spec parse(String[] args) {
        Map<String, String> given =
                Arrays.stream(args)
                        .map(arg -> arg.split("=", 2))
                        .collect(Collectors.toMap(part -> part[0], part -> part[1]));
        return new Spec(
                given.getOrDefault("window", "tumbling"),
                given.getOrDefault("parser", "jackson"),
                Integer.parseInt(given.getOrDefault("threads", "2")),
                Integer.parseInt(given.getOrDefault("warmUpSeconds", "5")),
                Integer.parseInt(given.getOrDefault("seconds", "5")),
                Integer.parseInt(given.getOrDefault("groups", "2000")),
                given.getOrDefault("variant", ""));
    }

    List<String> arguments() {
        return List.of(
                "window=" + window,
                "parser=" + parser,
                "threads=" + threads,
                "warmUpSeconds=" + warmUpSeconds,
                "seconds=" + seconds,
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

    public Spec withParser(String newParser) {
        return new Spec(window, newParser, threads, warmUpSeconds, seconds, groups, variant);
    }

    public Spec withVariant(String newVariant) {
        return new Spec(window, parser, threads, warmUpSeconds, seconds, groups, newVariant);
    }

    public Spec withSeconds(int newWarmUpSeconds, int newSeconds) {
        return new Spec(window, parser, threads, newWarmUpSeconds, newSeconds, groups, variant);
    }
}
