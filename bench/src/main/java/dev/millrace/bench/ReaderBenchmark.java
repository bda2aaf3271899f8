package dev.millrace.bench;

import dev.millrace.core.event.BodyFormat;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.event.ReadResult;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Web events of about 371 bytes, read from NDJSON bodies of 1,000: our reader under the projection
 * {@code data.path, data.ua}, and Jackson's streaming parser that takes the same fields as strings
 * without checking the event. The score is events a second on one thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ReaderBenchmark {
    private static final int EVENTS = 1000;
    private static final long NOW = 1_790_000_000_000L;

    /** Several bodies, so that the branch predictor cannot learn one by heart. */
    private static final int BODIES = 64;

    private final byte[][] bodies = new byte[BODIES][];
    private final JsonFactory jackson = new JsonFactory();
    private final EventReader reader =
            new EventReader(
                    Projection.of(
                            List.of(FieldPath.parse("data.path"), FieldPath.parse("data.ua"))),
                    FieldPath.ID,
                    4,
                    300_000,
                    ReadLimits.DEFAULT,
                    null);
    private int next;

    public ReaderBenchmark() {
        Random random = new Random(1);
        for (int i = 0; i < BODIES; i++) {
            bodies[i] = body(random);
        }
    }

    public static void main(String[] args) throws RunnerException {
        ReaderBenchmark benchmark = new ReaderBenchmark();
        System.out.printf("%d bytes an event%n", benchmark.bodies[0].length / EVENTS);
        new Runner(new OptionsBuilder().include(ReaderBenchmark.class.getName()).build()).run();
    }

    private static byte[] body(Random random) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < EVENTS; i++) {
            body.append(
                    """
                    {"id":"%016x","type":"page_view","source":"site-%02d.example.org","timestamp":%d,\
                    "data":{"visitor":"v%07d","path":"/articles/%d/reading-%d","ref":"https://www.example.com/search",\
                    "ua":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36",\
                    "status":%d,"bytes":%d,"load_ms":%.1f}}
                    """
                            .formatted(
                                    random.nextLong(),
                                    random.nextInt(50),
                                    NOW - random.nextInt(600_000),
                                    random.nextInt(100_000),
                                    random.nextInt(400),
                                    random.nextInt(20),
                                    100 + random.nextInt(30),
                                    random.nextInt(20) == 0 ? 404 : 200,
                                    random.nextInt(90_000),
                                    random.nextDouble() * 900));
        }
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public EventBatch reader() {
        byte[] body = bodies[next++ % BODIES];
        return switch (reader.read(body, body.length, BodyFormat.NDJSON, NOW)) {
            case ReadResult.Read read when read.rejections().isEmpty() -> read.batch();
            case ReadResult other -> throw new IllegalStateException(other.toString());
        };
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int jackson() {
        byte[] body = bodies[next++ % BODIES];
        int kept = 0;
        try (JsonParser parser = jackson.createParser(ObjectReadContext.empty(), body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME) {
                    kept += keep(parser);
                }
            }
        }
        return kept;
    }

    private static int keep(JsonParser parser) {
        return switch (parser.currentName()) {
            case "id", "type", "source", "path", "ua" -> {
                parser.nextToken();
                yield parser.getString().length();
            }
            case "timestamp" -> {
                parser.nextToken();
                yield (int) parser.getLongValue();
            }
            default -> 0;
        };
    }
}
