package dev.millrace.engine;

import dev.millrace.core.connector.Connectors;
import dev.millrace.core.pipeline.SourceDefinition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The sources of one pipeline, each on a virtual thread. Safe for use by many threads. */
final class PipelineSources implements AutoCloseable {
    private final String pipeline;
    private final String owner;
    private final Connectors connectors;
    private final SinkWatch watch;
    private final SourceRunner.Intake intake;
    private final Map<String, Running> running = new HashMap<>();
    private List<SourceDefinition> definitions = List.of();
    private boolean closed;

    private record Running(SourceRunner runner, Thread thread) {
        void stop() {
            runner.stop();
            thread.interrupt();
        }
    }

    /**
     * @param intake where messages go
     */
    PipelineSources(
            String pipeline,
            String owner,
            Connectors connectors,
            SinkWatch watch,
            SourceRunner.Intake intake) {
        this.pipeline = pipeline;
        this.owner = owner;
        this.connectors = connectors;
        this.watch = watch;
        this.intake = intake;
    }

    /** Reads these from now on. */
    synchronized void adopt(List<SourceDefinition> sources) {
        if (closed || sources.equals(definitions)) {
            return;
        }
        definitions = sources;
        running.values()
                .removeIf(one -> {
                    boolean gone = !sources.contains(one.runner().definition());
                    if (gone) {
                        one.stop();
                    }
                    return gone;
                });
        for (SourceDefinition source : sources) {
            running.computeIfAbsent(source.name(), _ -> run(source));
        }
    }

    private Running run(SourceDefinition source) {
        SourceRunner runner = new SourceRunner(pipeline, owner, source, connectors, watch, intake);
        Thread thread =
                Thread.ofVirtual()
                        .name("millrace-source-" + pipeline + "-" + source.name())
                        .start(runner);
        return new Running(runner, thread);
    }

    /** In the order of the definition. */
    synchronized List<SourceStatus> statuses() {
        List<SourceStatus> statuses = new ArrayList<>();
        for (SourceDefinition source : definitions) {
            Running its = running.get(source.name());
            if (its != null) {
                statuses.add(its.runner().status());
            }
        }
        return statuses;
    }

    /** What was read and not acknowledged comes again. */
    @Override
    public synchronized void close() {
        closed = true;
        running.values().forEach(Running::stop);
        running.clear();
    }
}
