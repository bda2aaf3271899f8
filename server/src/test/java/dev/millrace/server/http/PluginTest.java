package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.core.MillraceException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Handlers in a jar that somebody else has built. */
class PluginTest {
    private static final String GEO =
            """
            package com.example;

            import dev.millrace.core.handler.*;
            import java.util.Map;

            public final class Geo implements Handler {
                private String country = "";

                @Override
                public void configure(Map<String, Object> config) {
                    if (!(config.get("country") instanceof String text)) {
                        throw new IllegalArgumentException("needs a country, got " + config);
                    }
                    country = text;
                }

                @Override
                public Handled handle(PlainEvent event, HandlerContext context) {
                    return event.with("data.country", Countries.upper(country));
                }
            }

            final class Countries {
                static String upper(String country) {
                    return country.toUpperCase(java.util.Locale.ROOT);
                }
            }
            """;

    private static final String WEB =
            """
            pipeline: web
            stages:
              - {name: geo, handler: com.example.Geo, config: {country: de}}
              - name: views
                aggregate: {window: {tumbling: 1m}, by: [data.country], values: {views: count}}
            """;

    @TempDir Path data;
    @TempDir Path plugins;
    @TempDir Path work;

    @BeforeEach
    void buildJar() throws IOException {
        jar("geo.jar", "com.example.Geo", GEO);
    }

    @Test
    void pluginIsAStage() {
        try (Api api = Api.start(data, Optional.of(plugins))) {
            api.put("web", WEB).hasStatus(201);
            api.events(Api.event("1")).hasStatus(202);
            api.post("/v1/pipelines/web/advance", "{}").hasStatus(200);

            assertThat(api.get("/v1/pipelines/web/aggregates/views").list("rows"))
                    .singleElement()
                    .satisfies(row ->
                            assertThat(row.get("group")).isEqualTo(Map.of("data.country", "DE")));
        }
    }

    @Test
    void pluginIsThereAfterARestart() {
        try (Api api = Api.start(data, Optional.of(plugins))) {
            api.put("web", WEB).hasStatus(201);
            api.events(Api.event("1")).hasStatus(202);
        }
        try (Api api = Api.start(data, Optional.of(plugins))) {
            api.events(Api.event("2")).hasStatus(202);
            await().untilAsserted(() ->
                    assertThat(api.get("/v1/pipelines/web/ledger").json())
                            .containsEntry("completed", 2L));
        }
    }

    @Test
    void unknownPluginIsRefusedWithThoseThatAreThere() {
        try (Api api = Api.start(data, Optional.of(plugins))) {
            Api.Answer answer = api.put("web", WEB.replace("example.Geo", "example.Goe"));

            answer.isProblem(422, "invalid-pipeline");
            assertThat(answer.list("errors"))
                    .singleElement()
                    .satisfies(error ->
                            assertThat(error)
                                    .containsEntry("pointer", "/stages/0/handler")
                                    .containsEntry(
                                            "detail",
                                            "there is no plug-in com.example.Goe; there are"
                                                    + " com.example.Geo"));
        }
    }

    @Test
    void configThatThePluginDoesNotTakeIsRefusedInItsWords() {
        try (Api api = Api.start(data, Optional.of(plugins))) {
            Api.Answer answer = api.put("web", WEB.replace("country: de", "land: de"));

            answer.isProblem(422, "invalid-pipeline");
            assertThat(answer.list("errors"))
                    .singleElement()
                    .satisfies(error ->
                            assertThat(error)
                                    .containsEntry("pointer", "/stages/0/config")
                                    .containsEntry("detail", "needs a country, got {land=de}"));
        }
    }

    @Test
    void serverWithoutPluginsSaysHowToGetThem() {
        try (Api api = Api.start(data)) {
            Api.Answer answer = api.put("web", WEB);

            answer.isProblem(422, "invalid-pipeline");
            assertThat(answer.text()).contains("start the server with --plugins");
        }
    }

    @Test
    void classThatIsMissingInAJarMakesADeadLetterAndNothingElse() throws IOException {
        Files.delete(work.resolve("com/example/Countries.class"));
        pack("geo.jar", "com.example.Geo");
        try (Api api = Api.start(data, Optional.of(plugins))) {
            api.put("web", WEB).hasStatus(201);
            api.put("other", Api.VIEWS.replace("pipeline: web", "pipeline: other")).hasStatus(201);
            api.events(Api.event("1")).hasStatus(202);
            await().untilAsserted(() ->
                    assertThat(api.get("/v1/pipelines/web/dead-letters").list("deadLetters"))
                            .singleElement()
                            .satisfies(letter -> {
                                assertThat(letter).containsEntry("code", "handler-failed");
                                assertThat((String) letter.get("message"))
                                        .contains("NoClassDefFoundError");
                            }));
            api.post("/v1/pipelines/other/events", Api.event("1")).hasStatus(202);
            api.post("/v1/pipelines/other/advance", "{}").hasStatus(200);
            assertThat(api.get("/v1/pipelines/other/aggregates/views").list("rows")).hasSize(1);
        }
    }

    @Test
    void serverDoesNotStartWithoutAPluginThatAPipelineNeeds() {
        try (Api api = Api.start(data, Optional.of(plugins))) {
            api.put("web", WEB).hasStatus(201);
        }

        assertThatThrownBy(() -> Api.start(data))
                .isInstanceOf(MillraceException.class)
                .hasMessageContainingAll("Pipeline web", "com.example.Geo", "--plugins");
    }

    @Test
    void jarThatAnnouncesWhatItDoesNotHaveStopsTheStart() throws IOException {
        pack("broken.jar", "com.example.Nothing");

        assertThatThrownBy(() -> Api.start(data, Optional.of(plugins)))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("com.example.Nothing");
    }

    @Test
    void folderThatIsNotThereStopsTheStart() {
        Path nowhere = plugins.resolve("nowhere");

        assertThatThrownBy(() -> Api.start(data, Optional.of(nowhere)))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining(nowhere.toString());
    }

    private void jar(String file, String handler, String source) throws IOException {
        Path java = work.resolve("Geo.java");
        Files.writeString(java, source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int exit =
                compiler.run(
                        null,
                        null,
                        null,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        work.toString(),
                        java.toString());
        assertThat(exit).isZero();
        pack(file, handler);
    }

    /** The classes of the work folder, announced as a service. */
    private void pack(String file, String handler) throws IOException {
        try (OutputStream out = Files.newOutputStream(plugins.resolve(file));
                JarOutputStream jar = new JarOutputStream(out)) {
            jar.putNextEntry(new JarEntry("META-INF/services/dev.millrace.core.handler.Handler"));
            jar.write(handler.getBytes(UTF_8));
            for (Path each : classes()) {
                jar.putNextEntry(new JarEntry(work.relativize(each).toString()));
                jar.write(Files.readAllBytes(each));
            }
        }
    }

    private List<Path> classes() throws IOException {
        try (Stream<Path> files = Files.walk(work)) {
            return files.filter(file -> file.toString().endsWith(".class")).toList();
        }
    }
}
