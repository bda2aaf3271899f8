package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.core.port.Failpoint;
import dev.millrace.testing.fault.FaultReport;
import dev.millrace.testing.fault.FaultTool;
import dev.millrace.testing.fault.Injury;
import dev.millrace.testing.fault.Injury.Kill;
import dev.millrace.testing.fault.Injury.KillAtFailpoint;
import dev.millrace.testing.fault.Injury.KillWhileStarting;
import dev.millrace.testing.fault.Injury.Pause;
import dev.millrace.testing.fault.Injury.PowerLoss;
import dev.millrace.testing.fault.Injury.SlowSync;
import dev.millrace.testing.fault.Injury.SyncError;
import dev.millrace.testing.fault.Injury.WrongClock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Any injury after any other, for as many minutes as are given. */
class SoakTest {
    private static final int MINUTES = Faults.number("minutes", 0);
    private static final int INJURIES_A_RUN = 10;
    private static final List<Failpoint> OFTEN =
            List.of(
                    Failpoint.JOURNAL_APPEND,
                    Failpoint.JOURNAL_SYNCED,
                    Failpoint.JOURNAL_PUBLISHED,
                    Failpoint.COMMIT_MERGED,
                    Failpoint.COMMIT_WRITTEN);

    @TempDir Path folder;

    @Test
    void injuriesOfAllKindsLoseNothingAndCountNothingTwice() {
        assumeTrue(MINUTES > 0, "only with -Dmillrace.faults.minutes=N");
        Faults.require(FaultTool.STRACE, FaultTool.FAKETIME);
        long seed = Faults.seed("soak");
        Random random = new Random(seed);
        FaultReport total = new FaultReport();
        long endNanos = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();

        for (int run = 0; System.nanoTime() < endNanos; run++) {
            List<Injury> injuries =
                    Stream.generate(() -> any(random)).limit(INJURIES_A_RUN).toList();
            total.add(Faults.run(folder.resolve("run-" + run), seed + run, injuries));
            System.out.println("soak: " + total);
        }

        assertThat(total.injuries(Kill.class)).isPositive();
    }

    private static Injury any(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> new KillWhileStarting(Duration.ofMillis(random.nextInt(2_000)));
            case 1 ->
                    new KillAtFailpoint(
                            OFTEN.get(random.nextInt(OFTEN.size())), 1 + random.nextInt(20));
            case 2 -> new PowerLoss();
            case 3 -> new SyncError(1 + random.nextInt(5) + (random.nextBoolean() ? "+" : ""));
            case 4 -> new SlowSync(Duration.ofMillis(random.nextInt(200)), Duration.ofSeconds(2));
            case 5 -> new Pause(Duration.ofSeconds(1 + random.nextInt(8)));
            case 6 ->
                    new WrongClock(
                            List.of(
                                    Duration.ofMinutes(random.nextInt(600)),
                                    Duration.ofMinutes(-random.nextInt(600))));
            default -> new Kill();
        };
    }
}
