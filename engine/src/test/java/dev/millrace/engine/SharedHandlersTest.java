package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.handler.Handled;
import dev.millrace.core.handler.Handler;
import dev.millrace.core.handler.HandlerContext;
import dev.millrace.core.handler.PlainEvent;
import dev.millrace.core.pipeline.Stage;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class SharedHandlersTest {
    private static final Stage.Handle FIRST = stage(1);
    private static final Stage.Handle SECOND = stage(2);

    private final List<Closeable> made = new ArrayList<>();
    private final SharedHandlers handlers = new SharedHandlers((_, _) -> make());

    private static final class Closeable implements Handler {
        int closed;

        @Override
        public Handled handle(PlainEvent event, HandlerContext context) {
            return event;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private Handler make() {
        Closeable handler = new Closeable();
        made.add(handler);
        return handler;
    }

    private static Stage.Handle stage(long config) {
        return new Stage.Handle(
                "geo", "geo", Map.of("level", config), Duration.ofSeconds(1), Stage.Retry.NONE);
    }

    private List<Integer> closed() {
        return made.stream().map(handler -> handler.closed).toList();
    }

    @Test
    void partitionsShareOneHandler() {
        assertThat(handlers.of("web", FIRST)).isSameAs(handlers.of("web", FIRST));
        assertThat(handlers.of("shop", FIRST)).isNotSameAs(handlers.of("web", FIRST));
    }

    @Test
    void handlerThatWasMadeToCheckIsClosedAtOnce() {
        handlers.check("web", FIRST);

        assertThat(closed()).containsExactly(1);
        handlers.close();
        assertThat(closed()).containsExactly(1);
    }

    @Test
    void handlerInUseIsNotMadeAgainToCheck() {
        Handler _ = handlers.of("web", FIRST);
        handlers.check("web", FIRST);

        assertThat(closed()).containsExactly(0);
    }

    @Test
    void handlerThatNoVersionUsesIsClosedWhenThatIsSeenTwice() {
        Handler _ = handlers.of("web", FIRST);
        Handler _ = handlers.of("shop", FIRST);
        Handler _ = handlers.of("web", SECOND);

        handlers.retain("web", List.of(SECOND));
        assertThat(closed()).containsExactly(0, 0, 0);
        handlers.retain("web", List.of(SECOND));
        assertThat(closed()).containsExactly(1, 0, 0);
    }

    @Test
    void handlerThatAVersionAsksForMeanwhileStays() {
        Handler first = handlers.of("web", FIRST);
        handlers.retain("web", List.of());
        assertThat(handlers.of("web", FIRST)).isSameAs(first);
        handlers.retain("web", List.of());

        assertThat(closed()).containsExactly(0);
    }

    @Test
    void handlersOfADroppedPipelineAreClosed() {
        Handler _ = handlers.of("web", FIRST);
        Handler _ = handlers.of("shop", FIRST);
        handlers.drop("web");

        assertThat(closed()).containsExactly(1, 0);
        handlers.close();
        assertThat(closed()).containsExactly(1, 1);
    }
}
