package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.fault.FaultReport;
import dev.millrace.testing.fault.FaultRun;
import dev.millrace.testing.fault.FaultSinks;
import dev.millrace.testing.fault.Injury.DiskFull;
import dev.millrace.testing.fault.LoopDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** The disk is full, and then has room again. */
class DiskTest {
    private static final int DISK_MEBIBYTES = 64;

    @TempDir Path folder;

    @Test
    void aFullDiskRefusesEventsUntilThereIsRoomAndLosesNone() {
        FaultReport report;
        try (LoopDisk disk = LoopDisk.mount(folder, DISK_MEBIBYTES);
                FaultRun run =
                        new FaultRun(
                                Faults.SERVE,
                                disk.path(),
                                Faults.seed("full disk"),
                                FaultSinks.NONE)) {
            run.round(new DiskFull(disk));
            run.finish();
            report = run.report();
        }

        System.out.println("full disk: " + report);
        assertThat(report.injuries(DiskFull.class)).isEqualTo(1);
    }
}
