package dev.millrace.core.handler;

import java.util.Map;

/**
 * A stage in Java: makes nothing, one or many events of each event.
 *
 * <pre>{@code
 * (event, context) -> event.with("data.country", countries.of(event.text("data.ip")))
 * }</pre>
 *
 * <p>The partitions of a pipeline share one handler, so it is called by several threads at once. It
 * may block, up to the stage's timeout; then it is interrupted. An event for which it fails becomes
 * a dead letter, after the retries of the stage. After a crash the events since the last commit are
 * handled again, so what it does besides returning events must bear being done twice, and what it
 * returns should depend on the event alone.
 *
 * <p>Plug-ins are found by {@link java.util.ServiceLoader} and named by their class; each stage
 * that names one has an instance of its own.
 */
@FunctionalInterface
public interface Handler extends AutoCloseable {
    /**
     * Handles one event.
     *
     * @return the event to go on with, or {@link Handled#none} or {@link Handled#many}; never null
     * @throws Exception if the event cannot be handled: it becomes a dead letter, which can be
     *     replayed
     */
    Handled handle(PlainEvent event, HandlerContext context) throws Exception;

    /**
     * Takes the {@code config} of the stage; called once, before the first event.
     *
     * @param config plain values: String, Long, Double, Boolean, List and Map
     * @throws IllegalArgumentException if it is not as it must be; the message goes to whoever put
     *     the pipeline
     */
    default void configure(Map<String, Object> config) {
        if (!config.isEmpty()) {
            throw new IllegalArgumentException("takes no config, but got " + config.keySet());
        }
    }

    /**
     * Gives up what it holds. Called once, when no version in use has the stage any more or the
     * server stops, and for one that was made only to check a definition. Handlers that a program
     * registers are not closed, but left to the program.
     */
    @Override
    default void close() {}
}
