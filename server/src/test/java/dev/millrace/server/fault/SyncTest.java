package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.fault.FaultReport;
import dev.millrace.testing.fault.FaultTool;
import dev.millrace.testing.fault.Injury.SlowSync;
import dev.millrace.testing.fault.Injury.SyncError;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The disk fails to sync, or takes long for it. */
class SyncTest {
    private static final int SYNC_ERRORS = Faults.number("syncErrors", 5);

    @TempDir Path folder;

    @Test
    void afterASyncThatFailedNothingIsAcknowledgedUntilARestart() {
        Faults.require(FaultTool.STRACE);

        FaultReport report =
                Faults.runs(
                        "syncs that fail",
                        folder,
                        SYNC_ERRORS,
                        random ->
                                new SyncError(
                                        (1 + random.nextInt(5))
                                                + (random.nextBoolean() ? "+" : "")));

        assertThat(report.injuries(SyncError.class)).isEqualTo(SYNC_ERRORS);
        assertThat(report.syncsFailed()).isGreaterThanOrEqualTo(SYNC_ERRORS);
    }

    @Test
    void slowSyncsOnlyTakeLonger() {
        Faults.require(FaultTool.STRACE);

        FaultReport report =
                Faults.run(
                        folder.resolve("run"),
                        Faults.seed("slow syncs"),
                        List.of(new SlowSync(Duration.ofMillis(200), Duration.ofSeconds(2))));

        System.out.println("slow syncs: " + report);
        assertThat(report.injuries(SlowSync.class)).isEqualTo(1);
    }
}
