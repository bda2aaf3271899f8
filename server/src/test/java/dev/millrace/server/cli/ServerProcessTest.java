package dev.millrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands that run until a signal ends them, in processes of their own. */
class ServerProcessTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir Path folder;
    private Process process;

    @AfterEach
    void endProcess() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void aSignalDrainsTheServerAndItExitsWithZero(String signal) throws Exception {
        start("serve", "--port", "0", "--data", folder.resolve("data").toString());
        await().atMost(TIMEOUT)
                .until(() ->
                        log().matches(
                                        "(?s).*millrace is ready on http://127\\.0\\.0\\.1:[0-9]+\\s.*"));

        signal(signal);

        assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void theDemoCleansUpBehindItself() throws Exception {
        start("demo", "--port", "0", "--rate", "100");
        Pattern place = Pattern.compile("Data: (.*), deleted at the end");
        await().atMost(TIMEOUT).until(() -> place.matcher(log()).find());
        Matcher data = place.matcher(log());
        assertThat(data.find()).isTrue();
        assertThat(Path.of(data.group(1))).isDirectory();

        signal("INT");

        assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(Path.of(data.group(1))).doesNotExist();
    }

    @Test
    void theDemoTellsItsFirstNumbersWithoutATerminalToo() throws Exception {
        start("demo", "--port", "0", "--rate", "100");

        await().atMost(TIMEOUT)
                .untilAsserted(() ->
                        assertThat(log()).containsPattern("events/s; [1-9][0-9]* accepted; "));
    }

    @Test
    void aPortInUseIsToldPlainly() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            start(
                    "serve",
                    "--port",
                    Integer.toString(taken.getLocalPort()),
                    "--data",
                    folder.resolve("data").toString());
            assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(log()).contains("in use", "--port").doesNotContain("\tat ");
    }

    @Test
    void nativeCodeThatOneStartKeepsIsWhatTheNextOneLoads() throws Exception {
        Path kept = folder.resolve("native");
        String[] serve = {"serve", "--port", "0", "--data", folder.resolve("data").toString()};

        start(List.of("-Dmillrace.native.keep=" + kept), serve);
        awaitReady();
        assertThat(loadedFrom(kept)).isFalse();
        assertThat(kept).isNotEmptyDirectory();
        signal("TERM");
        assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();

        start(List.of("-Djava.library.path=" + kept), serve);
        awaitReady();
        assertThat(loadedFrom(kept)).isTrue();
    }

    private void awaitReady() {
        await().atMost(TIMEOUT).until(() -> log().contains("millrace is ready on "));
    }

    /** Whether the process has mapped a file of that folder. */
    private boolean loadedFrom(Path kept) throws IOException {
        return Files.readString(Path.of("/proc/%d/maps".formatted(process.pid())))
                .contains(kept.toRealPath() + "/");
    }

    private void start(String... arguments) throws IOException {
        start(List.of(), arguments);
    }

    private void start(List<String> options, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(options);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), "dev.millrace.server.Main"));
        command.addAll(List.of(arguments));
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(logFile().toFile())
                        .start();
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    private Path logFile() {
        return folder.resolve("log");
    }

    private String log() throws IOException {
        return Files.readString(logFile());
    }
}
