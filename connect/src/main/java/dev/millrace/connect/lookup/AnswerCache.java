package dev.millrace.connect.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.core.lookup.Answer;
import dev.millrace.core.pipeline.Stage;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * Remembers answers, those of nothing too; failures are asked for again.
 *
 * <p>Bounded in memory: an answer of more than {@value #ENTRY_BYTES} bytes takes the place of
 * several.
 */
final class AnswerCache {
    static final int ENTRY_BYTES = 1_024;

    /** Of an object and a reference to it, roughly. */
    private static final int OBJECT_BYTES = 40;

    private final Cache<Object, Answer> answers;

    AnswerCache(Stage.Enrich.Cache bounds, Timer timer) {
        answers =
                Caffeine.newBuilder()
                        .maximumWeight(bounds.entries())
                        .weigher((Object _, Answer answer) -> weight(answer))
                        .expireAfterWrite(bounds.age())
                        .ticker(timer::nanos)
                        .executor(Runnable::run)
                        .build();
    }

    @Nullable Answer get(Object key) {
        return answers.getIfPresent(key);
    }

    void put(Object key, Answer answer) {
        if (!(answer instanceof Answer.Failed)) {
            answers.put(key, answer);
        }
    }

    static int weight(Answer answer) {
        return answer instanceof Answer.Found found ? 1 + bytes(found.value()) / ENTRY_BYTES : 1;
    }

    private static int bytes(@Nullable Object value) {
        return switch (value) {
            case String text -> OBJECT_BYTES + text.length();
            case List<?> list -> {
                int sum = OBJECT_BYTES;
                for (Object element : list) {
                    sum += bytes(element);
                }
                yield sum;
            }
            case Map<?, ?> map -> {
                int sum = OBJECT_BYTES;
                for (Map.Entry<?, ?> member : map.entrySet()) {
                    sum += OBJECT_BYTES + bytes(member.getKey()) + bytes(member.getValue());
                }
                yield sum;
            }
            case null, default -> OBJECT_BYTES;
        };
    }
}
