package dev.millrace.testing.fault;

import dev.millrace.testing.OraclePipeline;
import dev.millrace.testing.OraclePipeline.Aggregate;
import dev.millrace.testing.OraclePipeline.Event;
import dev.millrace.testing.OraclePipeline.Filter;
import dev.millrace.testing.OraclePipeline.Transform;
import dev.millrace.testing.OraclePipeline.Value.Count;
import dev.millrace.testing.OraclePipeline.Value.Distinct;
import dev.millrace.testing.OraclePipeline.Value.Sum;
import dev.millrace.testing.OracleWindow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * The pipeline under test, its events, and what the oracle knows of it. An event is a function of
 * the seed and its number.
 *
 * <p>The aggregate {@code ids} tells each event: twenty successive numbers share a bucket, and each
 * adds one to an octal digit of its own, so that the sum's digits are how often each was counted.
 *
 * <p>Event time runs by number, not by any clock, so that windows close on the way and it is known
 * which; what is sent again after a crash is never late, since {@code outOfOrder} is longer than
 * what any number of clients send at once.
 *
 * @param seed of the events
 * @param sinks each as an item of a list in YAML
 */
record FaultPipeline(long seed, List<String> sinks) {
    static final String NAME = "book";

    /** A second pipeline, which is made and dropped on the way. */
    static final String ASIDE = "aside";

    static final String ASIDE_DEFINITION =
            """
            pipeline: aside
            stages:
              - {name: all, aggregate: {window: {tumbling: 1d}, values: {events: count}}}
            """;

    static final long OUT_OF_ORDER_MS = Duration.ofMinutes(30).toMillis();

    private static final int BUCKET = 20;
    private static final int DIGIT_BITS = 3;
    private static final long BEGIN_MS = 1_430_000_000_000L;
    private static final long STEP_MS = 100;
    private static final long MINUTE_MS = Duration.ofMinutes(1).toMillis();
    private static final long KEEP_MS = Duration.ofDays(90).toMillis();

    /** Up to the first stage at which events fail. */
    static final OraclePipeline BEFORE =
            pipeline(
                    new Aggregate(
                            "arrivals",
                            new OracleWindow.Tumbling(MINUTE_MS),
                            _ -> true,
                            List.of("source"),
                            List.of(new Count()),
                            MINUTE_MS,
                            false,
                            KEEP_MS));

    /** From there on. */
    static final OraclePipeline BEHIND =
            pipeline(
                    new Transform("price", event -> event.with("price", 2 * (long) amount(event))),
                    new Filter("cheap", FaultPipeline::isCheap),
                    new Aggregate(
                            "sales",
                            new OracleWindow.Tumbling(5 * MINUTE_MS),
                            _ -> true,
                            List.of("source"),
                            List.of(new Count(), new Sum("data.price"), new Distinct("data.user")),
                            MINUTE_MS,
                            false,
                            KEEP_MS),
                    new Aggregate(
                            "online",
                            new OracleWindow.Sliding(5 * MINUTE_MS, MINUTE_MS),
                            _ -> true,
                            List.of(),
                            List.of(new Count()),
                            MINUTE_MS,
                            false,
                            KEEP_MS),
                    new Aggregate(
                            "visits",
                            new OracleWindow.Session(MINUTE_MS),
                            _ -> true,
                            List.of("data.user"),
                            List.of(new Count()),
                            MINUTE_MS,
                            false,
                            KEEP_MS));

    private static OraclePipeline pipeline(OraclePipeline.Stage... stages) {
        return new OraclePipeline(OUT_OF_ORDER_MS, 0, 0, List.of(stages));
    }

    /** With this one some events fail at stage {@code price}. */
    String failing() {
        return definition("data.amount");
    }

    /** With this one none does, and all that it is replayed to succeeds. */
    String mended() {
        return definition("int(data.amount)");
    }

    private String definition(String amount) {
        StringBuilder definition =
                new StringBuilder(
                        """
                        pipeline: book
                        partitions: 3
                        outOfOrder: 30m
                        dedupe: 7d
                        retention: {age: 1s, size: 1MiB}
                        stages:
                          - name: ids
                            aggregate: {window: {tumbling: 1d}, by: [data.bucket], values: {marks: {sum: data.mark}}}
                          - name: arrivals
                            aggregate: {window: {tumbling: 1m}, by: [source], values: {events: count}}
                          - name: price
                            transform: {data.price: "%s * 2"}
                          - {name: cheap, filter: "data.price < 180"}
                          - name: sales
                            aggregate:
                              window: {tumbling: 5m}
                              by: [source]
                              values: {orders: count, price: {sum: data.price}, users: {distinct: data.user}}
                          - name: online
                            aggregate: {window: {sliding: 5m, every: 1m}, values: {orders: count}, keep: 90d}
                          - name: visits
                            aggregate: {window: {session: 1m}, by: [data.user], values: {orders: count}}
                        """
                                .formatted(amount));
        if (!sinks.isEmpty()) {
            definition.append("sinks:\n");
            sinks.forEach(sink -> definition.append("  - ").append(sink).append('\n'));
        }
        return definition.toString();
    }

    private record Drawn(long timestampMs, String source, String user, int amount, boolean fails) {}

    private Drawn draw(long number) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
        // People come for a while and are followed by others, so that sessions end.
        long crowd = number / 1_500;
        return new Drawn(
                BEGIN_MS + number * STEP_MS + random.nextLong(20_000),
                "site-" + random.nextInt(5),
                "user-" + crowd + "-" + random.nextInt(40),
                random.nextInt(100),
                random.nextInt(25) == 0);
    }

    long timestampMs(long number) {
        return draw(number).timestampMs();
    }

    /** Whether it fails at a stage that is not mended. */
    boolean fails(long number) {
        return draw(number).fails();
    }

    /** Whether it passes the filter. */
    boolean isCheap(long number) {
        return 2 * draw(number).amount() < 180;
    }

    private static boolean isCheap(Event event) {
        return event.at("data.price") instanceof Long price && price < 180;
    }

    private static Object amount(Event event) {
        Object amount = event.at("data.amount");
        if (amount == null) {
            throw new IllegalStateException("no amount in " + event);
        }
        return amount;
    }

    String id(long number) {
        return "e" + number;
    }

    /** Of an event's id. */
    static long number(Object id) {
        return Long.parseLong(id.toString().substring(1));
    }

    /** Each batch of so many holds a line that is no event. */
    static boolean hasBrokenLine(Book.Batch batch) {
        return batch.first() % 40 == 0;
    }

    /** As JSON, one a line. */
    List<String> lines(Book.Batch batch) {
        List<String> lines = new ArrayList<>();
        LongStream.range(batch.first(), batch.first() + batch.size())
                .forEach(number -> lines.add(line(number)));
        if (hasBrokenLine(batch)) {
            lines.add("{\"id\":\"cut-off");
        }
        return lines;
    }

    private String line(long number) {
        Drawn drawn = draw(number);
        String amount = drawn.fails() ? "\"" + drawn.amount() + "\"" : "" + drawn.amount();
        return """
        {"id":"%s","type":"order","source":"%s","timestamp":%d,"data":{"bucket":%d,"mark":%d,"user":"%s","amount":%s}}\
        """
                .formatted(
                        id(number),
                        drawn.source(),
                        drawn.timestampMs(),
                        number / BUCKET,
                        1L << DIGIT_BITS * (number % BUCKET),
                        drawn.user(),
                        amount);
    }

    /** As the oracle sees it, mended. */
    Event event(long number) {
        Drawn drawn = draw(number);
        return new Event(
                id(number),
                drawn.source(),
                drawn.timestampMs(),
                drawn.timestampMs(),
                Map.of("user", drawn.user(), "amount", (long) drawn.amount()));
    }

    /** How often each of a bucket's events was counted, in the order of their numbers. */
    static int[] countsOf(long marks) {
        int[] counts = new int[BUCKET];
        for (int i = 0; i < BUCKET; i++) {
            counts[i] = (int) (marks >>> DIGIT_BITS * i & (1 << DIGIT_BITS) - 1);
        }
        return counts;
    }

    static long firstOf(long bucket) {
        return bucket * BUCKET;
    }
}
