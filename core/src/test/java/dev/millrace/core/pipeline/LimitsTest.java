package dev.millrace.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;

/** Defaults, bounds and keys are part of the format: a change of one must be meant. */
class LimitsTest {
    @Test
    void everyLimitHasItsValue() {
        assertThat(constants(Limits.class))
                .containsExactly(
                        "FILE_BYTES_MAX = 262144",
                        "FILE_DEPTH_MAX = 64",
                        "KEY_CHARS_MAX = 1024",
                        "PROBLEMS_MAX = 1000",
                        "STAGES_MAX = 100",
                        "ASSIGNMENTS_MAX = 100",
                        "VALUES_MAX = 100",
                        "BY_MAX = 16",
                        "PIPELINE_NAME = [a-z][a-z0-9-]{0,62}",
                        "STAGE_NAME = [a-zA-Z_]([a-zA-Z0-9_ -]{0,61}[a-zA-Z0-9_-])?",
                        "NAME = [a-zA-Z_][a-zA-Z0-9_-]{0,62}",
                        "KEY_DEFAULT = id",
                        "PARTITIONS = 1 to 256",
                        "DURATION_MAX = PT876000H",
                        "DURATION = 0s to 36500d",
                        "OUT_OF_ORDER_DEFAULT = PT5S",
                        "MAX_SKEW_DEFAULT = PT5M",
                        "DEDUPE_DEFAULT = PT1H",
                        "DEDUPE_LIMIT = 1 to 10000000000",
                        "QUEUE_LIMIT_DEFAULT = 100000",
                        "QUEUE_LIMIT = 1 to 1000000000",
                        "RETENTION_AGE = 1s to 36500d",
                        "RETENTION_SIZE = 1MiB to 1048576TiB",
                        "RETENTION_DEFAULT = Retention[age=PT168H, sizeBytes=53687091200]",
                        "WINDOW_SIZE = 1ms to 366d",
                        "SLICES_MAX = 1000000",
                        "LATENESS_DEFAULT = PT1M",
                        "LATE_DEFAULT = DEAD_LETTER",
                        "KEEP_DEFAULT = PT2160H",
                        "KEEP_DEFAULT_SLIDING = PT1H",
                        "TOP_K = 1 to 1000",
                        "TOP_K_DEFAULT = 10",
                        "MAX_GROUPS_DEFAULT = 100000",
                        "MAX_GROUPS = 1 to 100000000",
                        "LOOKUP_TIMEOUT_DEFAULT = PT2S",
                        "LOOKUP_TIMEOUT = 1ms to 1m",
                        "HANDLER_TIMEOUT_DEFAULT = PT5S",
                        "HANDLER_TIMEOUT = 1ms to 10m",
                        "CACHE_ENTRIES = 0 to 10000000",
                        "CACHE_DEFAULT = Cache[entries=100000, age=PT5M]",
                        "RETRY_ATTEMPTS = 1 to 10",
                        "RETRY_BACKOFF_DEFAULT = PT0.1S",
                        "RETRY_BACKOFF = 0s to 1m",
                        "SINKS_MAX = 20",
                        "SOURCES_MAX = 20",
                        "SINK_FROM_MAX = 100",
                        "SETTING_ITEMS_MAX = 100",
                        "SINK_BUDGET_DEFAULT = 1073741824",
                        "SINK_BUDGET = 1MiB to 1024TiB",
                        "SINK_TIMEOUT_DEFAULT = PT30S",
                        "SINK_TIMEOUT = 100ms to 10m",
                        "BATCH_ITEMS = 1 to 100000",
                        "BATCH_BYTES = 1KiB to 64MiB",
                        "BATCH_WAIT = 0s to 1h",
                        "BATCH_DEFAULT = Batch[items=5000, bytes=4194304, linger=PT0S]",
                        "SENSITIVITY_DEFAULT = 4.0",
                        "MINIMUM_DEFAULT = 0.0");
    }

    @Test
    void everyMappingHasItsKeys() {
        assertThat(constants(Keys.class))
                .containsExactly(
                        "PIPELINE = Keys[allowed=[pipeline, key, partitions, outOfOrder, maxSkew,"
                                + " dedupe, dedupeLimit, queueLimit, retention, schema, stages,"
                                + " sinks, sources], later=[]]",
                        "RETENTION = Keys[allowed=[age, size], later=[]]",
                        "STAGE = Keys[allowed=[name, filter, transform, explode, enrich, aggregate,"
                                + " detect, handler, config, timeout, retry], later=[]]",
                        "AGGREGATE = Keys[allowed=[window, where, by, values, lateness, late,"
                                + " keep, maxGroups], later=[]]",
                        "WINDOW = Keys[allowed=[tumbling, sliding, every, session, zone],"
                                + " later=[]]",
                        "VALUE = Keys[allowed=[sum, avg, min, max, distinct, quantile, q, top, k],"
                                + " later=[]]",
                        "DETECT = Keys[allowed=[of, value, sensitivity, minimum], later=[]]",
                        "ENRICH = Keys[allowed=[table, postgres, http, match, column, into,"
                                + " onMissing, timeout, cache, retry], later=[]]",
                        "POSTGRES = Keys[allowed=[url, query], later=[]]",
                        "HTTP = Keys[allowed=[url, headers], later=[]]",
                        "CACHE = Keys[allowed=[size, age], later=[]]",
                        "RETRY = Keys[allowed=[attempts, backoff], later=[]]",
                        "BATCH = Keys[allowed=[items, bytes, wait], later=[]]",
                        "SINK = [name, from, budget, batch, timeout]",
                        "SOURCE = [name]");
    }

    private static Stream<String> constants(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .map(field -> {
                    try {
                        field.setAccessible(true);
                        return field.getName() + " = " + field.get(null);
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                });
    }
}
