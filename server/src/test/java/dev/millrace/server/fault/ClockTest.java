package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.fault.FaultReport;
import dev.millrace.testing.fault.FaultTool;
import dev.millrace.testing.fault.Injury.Pause;
import dev.millrace.testing.fault.Injury.WrongClock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The process stands still, or its clock is set. */
class ClockTest {
    private static final int PAUSE_SECONDS = Faults.number("pauseSeconds", 4);

    @TempDir Path folder;

    @Test
    void aProcessThatWasStoppedGoesOnAsIfNoTimeHadPassed() {
        FaultReport report =
                Faults.run(
                        folder.resolve("run"),
                        Faults.seed("a stopped process"),
                        List.of(new Pause(Duration.ofSeconds(PAUSE_SECONDS))));

        System.out.println("a stopped process: " + report);
        assertThat(report.injuries(Pause.class)).isEqualTo(1);
    }

    @Test
    void aClockThatLeapsMovesNoEventAndNoWindow() {
        Faults.require(FaultTool.FAKETIME);

        FaultReport report =
                Faults.run(
                        folder.resolve("run"),
                        Faults.seed("a clock that leaps"),
                        List.of(
                                new WrongClock(
                                        List.of(
                                                Duration.ofHours(5),
                                                Duration.ofHours(-2),
                                                Duration.ZERO))));

        System.out.println("a clock that leaps: " + report);
        assertThat(report.injuries(WrongClock.class)).isEqualTo(1);
    }
}
