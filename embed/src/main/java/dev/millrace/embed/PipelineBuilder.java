package dev.millrace.embed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.event.Json;
import dev.millrace.core.handler.Handled;
import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.PlainEvent;
import dev.millrace.core.pipeline.DefinitionReader;
import dev.millrace.core.pipeline.SchemaSource;
import dev.millrace.core.pipeline.Stage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Puts a pipeline together; the settings and stages mean what they mean in a pipeline file, and so
 * do the defaults. Stages run in the order in which they are added. Confined to one thread.
 */
public final class PipelineBuilder {
    private final String name;
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private final List<Map<String, Object>> stages = new ArrayList<>();
    private final Map<String, Handler> handlers = new HashMap<>();

    PipelineBuilder(String name) {
        this.name = name;
        settings.put("pipeline", name);
    }

    /** The field by which events go to partitions: those that share a value stay in order. */
    public PipelineBuilder key(String field) {
        return set("key", field);
    }

    /** Fixed when the pipeline is registered for the first time. */
    public PipelineBuilder partitions(int count) {
        return set("partitions", (long) count);
    }

    /** How far events may arrive out of order. */
    public PipelineBuilder outOfOrder(Duration behind) {
        return set("outOfOrder", Texts.of(behind));
    }

    /** How far a timestamp may be ahead of the clock. */
    public PipelineBuilder maxSkew(Duration ahead) {
        return set("maxSkew", Texts.of(ahead));
    }

    /** For how long an event that is sent again is known as such; zero: not at all. */
    public PipelineBuilder dedupe(Duration remembered) {
        return set("dedupe", Texts.of(remembered));
    }

    /** Events that may wait before a batch is refused. */
    public PipelineBuilder queueLimit(int events) {
        return set("queueLimit", (long) events);
    }

    private PipelineBuilder set(String setting, Object value) {
        settings.put(setting, value);
        return this;
    }

    /** Lets events through for which the predicate is true. */
    public PipelineBuilder filter(String stage, Predicate<PlainEvent> predicate) {
        return handle(stage, (event, _) -> predicate.test(event) ? event : Handled.none());
    }

    /** Lets events through for which a CEL expression is true; faster than Java code. */
    public PipelineBuilder filter(String stage, String expression) {
        return add(stage, Map.of("filter", expression));
    }

    /** Writes fields inside {@code data}, each the value of a CEL expression. */
    public PipelineBuilder transform(String stage, Map<String, String> assignments) {
        return add(stage, Map.of("transform", new LinkedHashMap<>(assignments)));
    }

    /** Makes one event of every element of a list. */
    public PipelineBuilder explode(String stage, String list) {
        return add(stage, Map.of("explode", list));
    }

    /** Makes nothing, one or many events of each, by Java code. */
    public PipelineBuilder handle(String stage, Handler handler) {
        handlers.put(stage, handler);
        return add(stage, Map.of("handler", stage));
    }

    /**
     * As {@link #handle(String, Handler)}.
     *
     * @param timeout of one call, which is interrupted then
     */
    public PipelineBuilder handle(
            String stage, Handler handler, Duration timeout, Stage.Retry retry) {
        handlers.put(stage, handler);
        return add(
                stage,
                Map.of(
                        "handler",
                        stage,
                        "timeout",
                        Texts.of(timeout),
                        "retry",
                        Map.of(
                                "attempts",
                                (long) retry.attempts(),
                                "backoff",
                                Texts.of(retry.backoff()))));
    }

    /** Keeps numbers per window and group, and lets every event through. */
    public PipelineBuilder aggregate(String stage, Aggregate aggregate) {
        return add(stage, Map.of("aggregate", aggregate.definition()));
    }

    private PipelineBuilder add(String stage, Map<String, Object> what) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("name", stage);
        named.putAll(what);
        stages.add(named);
        return this;
    }

    /**
     * The pipeline.
     *
     * @throws IllegalArgumentException if something in it is wrong; the message lists everything
     *     that is
     */
    public Pipeline build() {
        Map<String, Object> whole = new LinkedHashMap<>(settings);
        whole.put("stages", stages);
        String definition = new String(Json.encode(whole), UTF_8);
        if (DefinitionReader.read(definition, SchemaSource.NONE)
                instanceof DefinitionReader.Invalid invalid) {
            throw new IllegalArgumentException(
                    invalid.problems().stream()
                            .map(problem -> problem.pointer() + ": " + problem.detail())
                            .collect(
                                    Collectors.joining(
                                            "\n", "pipeline " + name + " is wrong:\n", "")));
        }
        return new Pipeline(name, definition, handlers);
    }
}
