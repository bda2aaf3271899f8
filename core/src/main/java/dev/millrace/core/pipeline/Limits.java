package dev.millrace.core.pipeline;

import dev.millrace.core.event.FieldPath;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Every default and every bound of a pipeline definition. The numbers are part of the format. */
final class Limits {
    static final int FILE_BYTES_MAX = 256 * 1024;
    static final int FILE_DEPTH_MAX = 64;
    static final int KEY_CHARS_MAX = 1_024;
    static final int PROBLEMS_MAX = 1_000;
    static final int STAGES_MAX = 100;
    static final int ASSIGNMENTS_MAX = 100;
    static final int VALUES_MAX = 100;
    static final int BY_MAX = 16;

    static final Pattern PIPELINE_NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
    static final Pattern STAGE_NAME =
            Pattern.compile("[a-zA-Z_]([a-zA-Z0-9_ -]{0,61}[a-zA-Z0-9_-])?");
    static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_-]{0,62}");

    static final FieldPath KEY_DEFAULT = FieldPath.ID;
    static final Bounds<Integer> PARTITIONS = new Bounds<>(1, 256, String::valueOf);

    private static final Duration DURATION_MAX = Duration.ofDays(36_500);
    static final Bounds<Duration> DURATION =
            new Bounds<>(Duration.ZERO, DURATION_MAX, Durations::format);

    static final Duration OUT_OF_ORDER_DEFAULT = Duration.ofSeconds(5);
    static final Duration MAX_SKEW_DEFAULT = Duration.ofMinutes(5);

    static final Duration DEDUPE_DEFAULT = Duration.ofHours(1);
    static final Bounds<Long> DEDUPE_LIMIT = new Bounds<>(1L, 10_000_000_000L, String::valueOf);

    static final int QUEUE_LIMIT_DEFAULT = 100_000;
    static final Bounds<Integer> QUEUE_LIMIT = new Bounds<>(1, 1_000_000_000, String::valueOf);

    static final Bounds<Duration> RETENTION_AGE =
            new Bounds<>(Duration.ofSeconds(1), DURATION_MAX, Durations::format);
    static final Bounds<Long> RETENTION_SIZE = new Bounds<>(1L << 20, 1L << 60, Sizes::format);
    static final Retention RETENTION_DEFAULT = new Retention(Duration.ofDays(7), 50L << 30);

    static final Bounds<Duration> WINDOW_SIZE =
            new Bounds<>(Duration.ofMillis(1), Duration.ofDays(366), Durations::format);
    static final int SLICES_MAX = 1_000_000;
    static final Duration LATENESS_DEFAULT = Duration.ofMinutes(1);
    static final LatePolicy LATE_DEFAULT = LatePolicy.DEAD_LETTER;
    static final Duration KEEP_DEFAULT = Duration.ofDays(90);
    static final Duration KEEP_DEFAULT_SLIDING = Duration.ofHours(1);
    static final Bounds<Integer> TOP_K = new Bounds<>(1, 1_000, String::valueOf);
    static final int TOP_K_DEFAULT = 10;
    static final int MAX_GROUPS_DEFAULT = 100_000;
    static final Bounds<Integer> MAX_GROUPS = new Bounds<>(1, 100_000_000, String::valueOf);

    static final Duration LOOKUP_TIMEOUT_DEFAULT = Duration.ofSeconds(2);
    static final Bounds<Duration> LOOKUP_TIMEOUT =
            new Bounds<>(Duration.ofMillis(1), Duration.ofMinutes(1), Durations::format);
    static final Duration HANDLER_TIMEOUT_DEFAULT = Duration.ofSeconds(5);
    static final Bounds<Duration> HANDLER_TIMEOUT =
            new Bounds<>(Duration.ofMillis(1), Duration.ofMinutes(10), Durations::format);
    static final Bounds<Integer> CACHE_ENTRIES = new Bounds<>(0, 10_000_000, String::valueOf);
    static final Stage.Enrich.Cache CACHE_DEFAULT =
            new Stage.Enrich.Cache(100_000, Duration.ofMinutes(5));
    static final Bounds<Integer> RETRY_ATTEMPTS = new Bounds<>(1, 10, String::valueOf);
    static final Duration RETRY_BACKOFF_DEFAULT = Duration.ofMillis(100);
    static final Bounds<Duration> RETRY_BACKOFF =
            new Bounds<>(Duration.ZERO, Duration.ofMinutes(1), Durations::format);
    static final int SINKS_MAX = 20;
    static final int SOURCES_MAX = 20;
    static final int SINK_FROM_MAX = 100;
    static final int SETTING_ITEMS_MAX = 100;
    static final long SINK_BUDGET_DEFAULT = 1L << 30;
    static final Bounds<Long> SINK_BUDGET = new Bounds<>(1L << 20, 1L << 50, Sizes::format);
    static final Duration SINK_TIMEOUT_DEFAULT = Duration.ofSeconds(30);
    static final Bounds<Duration> SINK_TIMEOUT =
            new Bounds<>(Duration.ofMillis(100), Duration.ofMinutes(10), Durations::format);
    static final Bounds<Integer> BATCH_ITEMS = new Bounds<>(1, 100_000, String::valueOf);
    static final Bounds<Long> BATCH_BYTES = new Bounds<>(1L << 10, 64L << 20, Sizes::format);
    static final Bounds<Duration> BATCH_WAIT =
            new Bounds<>(Duration.ZERO, Duration.ofHours(1), Durations::format);
    static final SinkDefinition.Batch BATCH_DEFAULT =
            new SinkDefinition.Batch(5_000, 4L << 20, Duration.ZERO);
    static final double SENSITIVITY_DEFAULT = 4;
    static final double MINIMUM_DEFAULT = 0;

    private Limits() {}

    static String checkName(String what, Pattern pattern, String name) {
        if (!pattern.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "%s must match %s, is '%s'".formatted(what, pattern, Texts.shorten(name)));
        }
        return name;
    }

    static <T> List<T> checkSize(String what, List<T> list, int max) {
        if (list.size() > max) {
            throw new IllegalArgumentException(
                    "at most %d %s, are %d".formatted(max, what, list.size()));
        }
        return List.copyOf(list);
    }

    /** Whether events can be told apart by the field: {@code data} as a whole is an object. */
    static boolean isPlain(FieldPath path) {
        return !path.equals(FieldPath.DATA);
    }

    static void checkPlain(FieldPath path) {
        if (!isPlain(path)) {
            throw new IllegalArgumentException("events cannot be told apart by " + path);
        }
    }
}
