package dev.millrace.embed;

import dev.millrace.core.handler.Handler;

import java.util.Map;

/**
 * A pipeline written in Java. Immutable.
 *
 * <p>It is kept as a definition like one from a file, in which the Java code stands by the names of
 * its stages. So a pipeline of other stages or settings is another version, but one with other code
 * behind the same names is not: the new code applies from the moment at which it is registered.
 */
public final class Pipeline {
    private final String name;
    private final String definition;
    private final Map<String, Handler> handlers;

    Pipeline(String name, String definition, Map<String, Handler> handlers) {
        this.name = name;
        this.definition = definition;
        this.handlers = Map.copyOf(handlers);
    }

    /** Begins a pipeline; {@code name} matches {@code [a-z][a-z0-9-]{0,62}}. */
    public static PipelineBuilder named(String name) {
        return new PipelineBuilder(name);
    }

    public String name() {
        return name;
    }

    /** As a pipeline file would say it, in JSON. */
    public String definition() {
        return definition;
    }

    /** By the names of their stages. */
    Map<String, Handler> handlers() {
        return handlers;
    }
}
