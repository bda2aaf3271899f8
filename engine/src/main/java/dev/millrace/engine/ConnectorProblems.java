package dev.millrace.engine;

import dev.millrace.core.connector.Connectors;
import dev.millrace.core.connector.RowShape;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SourceContext;
import dev.millrace.core.pipeline.PipelineDefinition;
import dev.millrace.core.pipeline.Problem;
import dev.millrace.core.pipeline.SinkDefinition;
import dev.millrace.core.pipeline.SourceDefinition;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What connectors find wrong with sinks and sources of a definition, though each key is right. */
final class ConnectorProblems {
    /** Stands for the owner, which a new pipeline does not have yet. */
    private static final String NOBODY = "nobody";

    private ConnectorProblems() {}

    static List<Problem> of(PipelineDefinition definition, Connectors connectors) {
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < definition.sinks().size(); i++) {
            SinkDefinition sink = definition.sinks().get(i);
            String pointer = "/sinks/%d/%s".formatted(i, sink.kind());
            List<RowShape> shapes =
                    sink.aggregates().stream()
                            .flatMap(name -> definition.aggregate(name).stream())
                            .map(RowShape::of)
                            .toList();
            SinkContext context =
                    new SinkContext(definition.name(), NOBODY, sink, shapes, sink.timeout());
            connectors
                    .sink(sink.kind())
                    .flatMap(kind -> kind.problem(context))
                    .map(detail -> new Problem(pointer, OptionalInt.empty(), detail))
                    .ifPresent(problems::add);
        }
        for (int i = 0; i < definition.sources().size(); i++) {
            SourceDefinition source = definition.sources().get(i);
            String pointer = "/sources/%d/%s".formatted(i, source.kind());
            SourceContext context =
                    new SourceContext(
                            definition.name(),
                            NOBODY,
                            source,
                            SourceRunner.MESSAGES_MAX,
                            SourceRunner.TIMEOUT);
            connectors
                    .source(source.kind())
                    .flatMap(kind -> kind.problem(context))
                    .map(detail -> new Problem(pointer, OptionalInt.empty(), detail))
                    .ifPresent(problems::add);
        }
        return problems;
    }
}
