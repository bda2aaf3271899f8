package dev.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventBatch;
import dev.millrace.core.event.EventReader;
import dev.millrace.core.event.FieldPath;
import dev.millrace.core.event.Projection;
import dev.millrace.core.event.ReadLimits;
import dev.millrace.core.expression.BoundExpression;
import dev.millrace.core.expression.Expression;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/** One evaluation of an expression, with the reading of the fields that it names. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH sets up before it measures
public class ExpressionBenchmark {
    private static final String EVENT =
            """
            {"id":"e1","type":"page_view","source":"shop","timestamp":1700000000000,"data":{"path":"/shop/tee",\
            "ua":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",\
            "status":200,"load_ms":41.5,"items":[{"price":2},{"price":3.5},{"price":1}]}}\
            """;

    @Param({
        "type == 'page_view'",
        "type == 'page_view' && !data.ua.contains('bot')",
        "!has(data.ua) || data.ua == null || !data.ua.contains('bot')",
        "data.status < 400",
        "data.load_ms * 2 + 1 > 10",
        "data.path.split('/')[1]",
        "data.path.matches('^/shop')",
        "data.items.exists(i, i.price > 3)"
    })
    String expression = "";

    private Event event;
    private EventBatch batch;
    private BoundExpression bound;

    @Setup
    public void setUp() {
        Expression compiled = Expression.compile(expression, Expression.Type.ANY);
        Projection projection = Projection.of(compiled.paths());
        bound = compiled.bind(projection);
        EventReader reader =
                new EventReader(projection, FieldPath.ID, 1, 0, ReadLimits.DEFAULT, null);
        batch = reader.one(EVENT.getBytes(UTF_8), 1_700_000_000_000L);
        event = new Event(projection);
    }

    @Benchmark
    public @Nullable Object evaluate() {
        return bound.evaluate(event.moveTo(batch, 0));
    }
}
