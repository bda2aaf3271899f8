package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.ServerApi;
import dev.millrace.testing.server.ServerApi.Answer;
import dev.millrace.testing.server.ServerProcess;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that is told to end while the source of a lookup does not answer. */
class DrainTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir Path data;
    private ServerSocket silent;

    @BeforeEach
    void listen() throws IOException {
        silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        silent.close();
    }

    private String definition() {
        return """
        pipeline: web
        stages:
          - name: geo
            enrich: {http: {url: "http://127.0.0.1:%d/{value}"}, match: source, into: data.geo, retry: {attempts: 1}}
          - name: views
            aggregate: {window: {tumbling: 1d}, values: {views: count}}
        """
                .formatted(silent.getLocalPort());
    }

    private ServerProcess startWithEventsThatWait() {
        ServerProcess server = Servers.start(data);
        server.api().put("web", definition()).hasStatus(201);
        server.api()
                .ingest(
                        "web",
                        List.of(
                                event("a"),
                                event("b"),
                                event("c"),
                                event("d"),
                                event("e"),
                                event("f"),
                                event("g")))
                .hasStatus(202);
        return server;
    }

    @Test
    void whatCannotBeDrainedIsLeftToTheJournal() throws Exception {
        long left;
        try (ServerProcess server = startWithEventsThatWait()) {
            ServerApi api = server.api();
            server.send("TERM");
            Answer refused =
                    await().atMost(SOON)
                            .until(() -> api.get("web/ledger"), one -> one.status() == 503);
            assertThat(refused.header("Connection")).contains("close");

            assertThat(server.exitCode()).as(server.output()).isEqualTo(1);
            left = number("(\\d+) accepted events are not in rows", server.output());
            assertThat(left).isBetween(1L, 7L);
        }
        try (ServerProcess server = Servers.start(data)) {
            assertThat(number("takes up (\\d+) events from its journal", server.output()))
                    .isEqualTo(left);
            Ledger ledger = server.api().ledger("web").requireBalanced();
            assertThat(ledger.accepted()).isEqualTo(7);
            assertThat(ledger.completed()).isZero();
        }
    }

    @Test
    void aSecondSignalEndsAtOnce() throws Exception {
        try (ServerProcess server = startWithEventsThatWait()) {
            server.send("TERM");
            await().atMost(SOON).until(() -> server.output().contains("a second signal"));
            server.send("TERM");

            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.output()).doesNotContain("not in rows");
        }
        try (ServerProcess server = Servers.start(data)) {
            assertThat(server.api().ledger("web").requireBalanced().accepted()).isEqualTo(7);
        }
    }

    private static long number(String pattern, String output) {
        Matcher matcher = Pattern.compile(pattern).matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /** Each asks for a key of its own. */
    private static String event(String id) {
        return """
        {"id":"%1$s","type":"t","source":"%1$s","timestamp":1700000000000,"data":{}}\
        """
                .formatted(id);
    }
}
