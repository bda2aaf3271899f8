package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.fault.FaultReport;
import dev.millrace.testing.fault.FaultTool;
import dev.millrace.testing.fault.Injury.Kill;
import dev.millrace.testing.fault.Injury.KillWhileStarting;
import dev.millrace.testing.fault.Injury.PowerLoss;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/** The process is killed at any moment; or the machine loses power. */
class KillTest {
    private static final int KILLS = Faults.number("kills", 14);
    private static final int POWER_LOSSES = Faults.number("powerLosses", 4);

    /** Of so many kills one hits a server that is still starting. */
    private static final int ONE_STARTING_IN = 5;

    private static final int START_MS = 2_000;

    @TempDir Path folder;

    @Test
    void killsLoseNothingThatWasAcknowledgedAndCountNothingTwice() {
        FaultReport report =
                Faults.runs(
                        "kills",
                        folder,
                        KILLS,
                        random ->
                                random.nextInt(ONE_STARTING_IN) == 0
                                        ? new KillWhileStarting(
                                                Duration.ofMillis(random.nextInt(START_MS)))
                                        : new Kill());

        assertThat(report.injuries(Kill.class) + report.injuries(KillWhileStarting.class))
                .isEqualTo(KILLS);
    }

    @Test
    void lossesOfPowerLoseNothingThatWasAcknowledged() {
        Faults.require(FaultTool.STRACE);

        FaultReport report =
                Faults.runs("losses of power", folder, POWER_LOSSES, _ -> new PowerLoss());

        assertThat(report.injuries(PowerLoss.class)).isEqualTo(POWER_LOSSES);
    }
}
