package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Engine;
import dev.millrace.engine.EngineOptions;
import dev.millrace.server.live.LiveLimits;
import dev.millrace.server.live.LiveStreams;
import dev.millrace.store.RocksStorage;
import dev.millrace.store.StoreOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

class OpenApiTest {
    @Test
    void everyRouteIsDescribedAndNothingElse(@TempDir Path data) {
        try (RocksStorage storage = RocksStorage.open(data, StoreOptions.defaults());
                Engine engine = Engine.open(storage, EngineOptions.defaults());
                LiveStreams streams =
                        new LiveStreams(
                                engine,
                                new LiveBodies(new MetricsJson(_ -> List.of())),
                                LiveLimits.defaults())) {
            List<String> routes =
                    HttpListener.routes(
                                    engine,
                                    storage::backup,
                                    _ -> List.of(),
                                    streams,
                                    HttpLimits.defaults())
                            .all()
                            .stream()
                            .map(route -> route.method().text() + " " + route.path())
                            .toList();

            assertThat(OpenApi.read().operations()).containsExactlyInAnyOrderElementsOf(routes);
        }
    }
}
