package dev.millrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

class MillraceCommandTest {
    @TempDir Path folder;

    @Test
    void withoutACommandItShowsTheCommandsAndFails() {
        Run run = Run.millrace();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("serve", "demo", "import", "apply", "millrace: name a command");
    }

    @Test
    void helpListsTheCommandsThatAreThere() {
        Run run = Run.millrace("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().filter(line -> line.matches("  [a-z].*")))
                .extracting(line -> line.strip().split(" ")[0])
                .containsExactly(
                        "serve",
                        "demo",
                        "import",
                        "apply",
                        "plan",
                        "rollback",
                        "dead-letters",
                        "backup",
                        "restore");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve",
                "demo",
                "import",
                "apply",
                "plan",
                "rollback",
                "dead-letters",
                "backup",
                "restore"
            })
    void everyCommandHasHelp(String command) {
        Run run = Run.millrace(command, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: millrace " + command);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void versionIsOneLine() {
        Run run = Run.millrace("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("millrace ").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "bogus # there is no command \"bogus\"",
                "serve x # \"x\" is one argument too many",
                "serve --bogus # there is no flag \"--bogus\"",
                "serve --port x # invalid value for option '--port': must be 0 to 65535, not \"x\"",
                "serve --port 70000 # invalid value for option '--port': must be 0 to 65535, not \"70000\"",
                "serve --port # missing required parameter for option '--port' (N)",
                "demo --rate 0 # --rate must be 1 to 20000, not 0",
                "demo --rate x # invalid value for option '--rate': 'x' is not a whole number",
                "apply # missing required parameter: 'FILE'",
                "import a --format ndjson # missing required option: '--pipeline=P'",
                "import a --pipeline p # missing required option: '--format=ndjson|combined'",
                "import a --pipeline p --format csv # invalid value for option '--format': must be ndjson or combined, not \"csv\"",
                "import a --pipeline p --format combined # --format combined needs --source, since a log line names no site",
                "import a --pipeline p --format ndjson --source s # --source goes with --format combined; an event of ndjson has its own",
                "import a --pipeline p --format ndjson --rate 0 # --rate must be 1 or more, not 0",
                "import a --pipeline p --format ndjson --retry-for 5 # invalid value for option '--retry-for': must be a duration like 250ms, 5s, 1m, 1h or 7d, is '5'",
            })
    void wrongUsageIsToldInOneSentence(String arguments, String message) {
        Run run = Run.millrace(arguments.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines().findFirst()).hasValue("millrace: " + message);
        assertThat(run.err().lines().skip(1))
                .singleElement()
                .asString()
                .endsWith("--help` tells what it takes.");
    }

    @Test
    void aServerThatIsNotThereIsToldPlainly() throws IOException {
        String server = "http://127.0.0.1:" + freePort();
        Path file = Files.writeString(folder.resolve("web.yaml"), "pipeline: web\n");

        Run run = Run.millrace("apply", file.toString(), "--server", server);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualToIgnoringNewLines(
                        "millrace: no server answers at "
                                + server
                                + "; start one with `millrace serve`, or name another with --server");
    }

    @Test
    void anImportGivesUpOnAServerThatStaysAway() throws IOException {
        String server = "http://127.0.0.1:" + freePort();
        Path file = Files.writeString(folder.resolve("events"), "{}\n");

        Run run =
                Run.millrace(
                        "import",
                        file.toString(),
                        "--pipeline",
                        "p",
                        "--format",
                        "ndjson",
                        "--server",
                        server,
                        "--retry-for",
                        "250ms");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .containsPattern("^millrace: gave up after [1-9][0-9]* attempts? in ")
                .contains("no server answers at " + server)
                .endsWith("(until then: 0 accepted, 0 rejected)" + System.lineSeparator());
    }

    @Test
    void filesThatAreNotThereAreNamed() {
        assertThat(Run.millrace("apply", "no/such.yaml"))
                .isEqualTo(
                        new Run(
                                1,
                                "",
                                "millrace: there is no file no/such.yaml"
                                        + System.lineSeparator()));
        assertThat(
                        Run.millrace(
                                        "import",
                                        "no/such.log",
                                        "--pipeline",
                                        "p",
                                        "--format",
                                        "ndjson")
                                .err())
                .startsWith("millrace: no/such.log cannot be read: there is no such file");
    }

    @Test
    void aServerAddressMustBeOne() {
        Run run = Run.millrace("apply", "x.yaml", "--server", "localhost:8080");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith(
                        "millrace: \"localhost:8080\" is no address of a server; write it like http://127.0.0.1:8080");
    }

    @Test
    void onlyVerboseShowsAStackTrace() {
        assertThat(Run.millrace("apply", "no/such.yaml", "--verbose").err())
                .contains("there is no file no/such.yaml", "\tat dev.millrace.");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
