package dev.millrace.testing;

import dev.millrace.core.handler.HandlerCall;
import dev.millrace.core.lookup.Answer;
import dev.millrace.core.lookup.Lookup;
import dev.millrace.core.pipeline.Stage;
import dev.millrace.core.port.StageServices;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;

/** Sources for enrich stages by the stages' names, which know nothing until they are asked. */
final class Sources implements StageServices {
    private final Map<String, Map<Object, Answer>> answers = new HashMap<>();
    private final Set<String> asked = new ConcurrentSkipListSet<>();
    private final AtomicInteger fetches = new AtomicInteger();
    private HandlerCall handler = event -> event;

    Sources answer(String stage, Object key, Answer answer) {
        answers.computeIfAbsent(stage, _ -> new HashMap<>()).put(key, answer);
        return this;
    }

    Sources found(String stage, Object key, Object value) {
        return answer(stage, key, new Answer.Found(value));
    }

    /** What every handler stage does. */
    Sources handler(HandlerCall call) {
        handler = call;
        return this;
    }

    int fetches() {
        return fetches.get();
    }

    /** What was ever asked for, as {@code stage:key}. */
    Set<String> asked() {
        return asked;
    }

    @Override
    public Lookup lookup(String pipeline, Stage.Enrich stage) {
        return new Source(stage.name());
    }

    @Override
    public HandlerCall handlerCall(String pipeline, Stage.Handle stage) {
        return handler;
    }

    private final class Source implements Lookup {
        private final String stage;

        Source(String stage) {
            this.stage = stage;
        }

        @Override
        public @Nullable Answer known(Object key) {
            return null;
        }

        @Override
        public CompletionStage<Answer> fetch(Object key) {
            int _ = fetches.incrementAndGet();
            boolean _ = asked.add(stage + ":" + key);
            return CompletableFuture.completedFuture(
                    Optional.ofNullable(answers.getOrDefault(stage, Map.of()).get(key))
                            .orElseGet(Answer.Nothing::new));
        }
    }
}
