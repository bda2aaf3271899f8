package dev.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.core.port.StorageException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/** With a process of its own that appends, is killed, or runs out of disk. */
@Timeout(600)
class CrashTest {
    @TempDir private Path temp;
    private Path directory;
    private Process appender;
    private BufferedReader printed;

    @BeforeEach
    void start() throws IOException {
        directory = temp.resolve("storage");
        startAppender();
    }

    @AfterEach
    void end() throws InterruptedException {
        appender.destroyForcibly().waitFor();
    }

    @Test
    void whatWasAcknowledgedSurvivesKills() throws Exception {
        long acknowledged = -1;
        for (int kill = 0; kill < 3; kill++) {
            long enough = acknowledged + 50 + 400L * kill;
            while (acknowledged < enough) {
                acknowledged = Long.parseLong(printed.readLine());
            }
            // By its handle, so that what it has printed can still be read.
            appender.toHandle().destroyForcibly();
            acknowledged = printed.lines().mapToLong(Long::parseLong).max().orElse(acknowledged);
            appender.waitFor();

            List<Long> found = reopened();
            assertThat(found).hasSizeGreaterThan((int) acknowledged);
            assertThat(found).containsExactlyElementsOf(countingTo(found.size()));
            startAppender();
        }
    }

    @Test
    void aStorageInUseIsRefused() throws IOException {
        assertThat(printed.readLine()).isEqualTo("0");
        assertThatThrownBy(() -> RocksStorage.open(directory, StoreOptions.defaults()))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(directory + " is in use by another process");
    }

    @Test
    void afterAFailedWriteNothingIsWrittenAndReadsGoOn() throws Exception {
        assertThat(printed.readLine()).isEqualTo("0");
        limitFileSizes(2 << 20);
        assertNothingIsWrittenAfterTheFailure();
    }

    @Test
    void afterAFailedSyncNothingIsAcknowledgedAndReadsGoOn() throws Exception {
        assertThat(printed.readLine()).isEqualTo("0");
        Process strace = failSyncs();
        try {
            assertNothingIsWrittenAfterTheFailure();
        } finally {
            strace.toHandle().destroy();
            strace.waitFor();
        }
    }

    private void assertNothingIsWrittenAfterTheFailure() {
        List<String> lines = printed.lines().toList();
        int failed = lines.indexOf("failed, healthy: false");
        int acknowledged = failed + 1;

        assertThat(failed).as("%s", lines).isPositive();
        assertThat(lines.get(failed + 1)).isEqualTo("readable: " + acknowledged);
        assertThat(lines.subList(failed + 2, lines.size()))
                .hasSize(4)
                .allMatch(line -> line.matches("[a-z]+ refused: .*takes no more writes.*"));
        assertThat(reopened()).startsWith(countingTo(acknowledged).toArray(Long[]::new));
    }

    private void startAppender() throws IOException {
        ProcessBuilder java =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Appender.class.getName(),
                        directory.toString());
        appender = java.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        printed = appender.inputReader();
    }

    /** Stands for a disk that is full: a write beyond it fails. */
    private void limitFileSizes(long bytes) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "needs prlimit");
        int exit =
                new ProcessBuilder(
                                "/usr/bin/prlimit",
                                "--pid",
                                String.valueOf(appender.pid()),
                                "--fsize=" + bytes)
                        .inheritIO()
                        .start()
                        .waitFor();
        assertThat(exit).isZero();
    }

    /** From when it returns, no sync of the appender succeeds. */
    private Process failSyncs() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "needs strace");
        Process strace =
                new ProcessBuilder(
                                "/usr/bin/strace",
                                "-f",
                                "-p",
                                String.valueOf(appender.pid()),
                                "-o",
                                temp.resolve("strace").toString(),
                                "-e",
                                "trace=fdatasync,fsync",
                                "-e",
                                "inject=fdatasync,fsync:error=EIO")
                        .redirectErrorStream(true)
                        .start();
        String said = strace.inputReader().readLine();
        assumeTrue(
                said != null && said.contains("attached"),
                "needs strace to be allowed to attach: " + said);
        return strace;
    }

    private List<Long> reopened() {
        try (RocksStorage storage = RocksStorage.open(directory, StoreOptions.defaults())) {
            return Journals.offsets(storage.pipelines().getFirst());
        }
    }

    private static List<Long> countingTo(int end) {
        return LongStream.range(0, end).boxed().toList();
    }
}
