package dev.millrace.testing.fault;

import dev.millrace.testing.server.ServerApi;

import java.util.List;

/** Sinks of the pipeline under test, and what is in the systems that they write to. */
public interface FaultSinks {
    /** No sinks. */
    FaultSinks NONE = all(List.of());

    /** The pipeline under test, as its rows and sinks are asked for. */
    String PIPELINE = FaultPipeline.NAME;

    /** Aggregates of the pipeline under test that sinks may take; the second has sessions. */
    List<String> AGGREGATES = List.of("sales", "visits", "arrivals", "ids");

    /** Each as an item of the pipeline's list {@code sinks}, in YAML on one line. */
    List<String> definitions();

    /**
     * Holds the systems against the API, while nothing waits for a sink.
     *
     * @throws AssertionError if a row is missing, one too many, or older
     */
    void requireSame(ServerApi api);

    /** Sees to what was refused, so that a replay of the letters succeeds; before the last look. */
    default void mend() {}

    /** Several together. */
    static FaultSinks all(List<FaultSinks> each) {
        return new FaultSinks() {
            @Override
            public List<String> definitions() {
                return each.stream().flatMap(sinks -> sinks.definitions().stream()).toList();
            }

            @Override
            public void requireSame(ServerApi api) {
                each.forEach(sinks -> sinks.requireSame(api));
            }

            @Override
            public void mend() {
                each.forEach(FaultSinks::mend);
            }
        };
    }
}
