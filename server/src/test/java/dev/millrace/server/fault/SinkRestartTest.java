package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.fault.FaultReport;
import dev.millrace.testing.fault.FaultSinks;
import dev.millrace.testing.fault.Injury;
import dev.millrace.testing.fault.Injury.Kill;
import dev.millrace.testing.fault.Injury.SystemRestart;
import dev.millrace.testing.system.RealPostgres;
import dev.millrace.testing.system.RealRedis;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * PostgreSQL and Redis crash and come back, and so does the server, each at random while events
 * come in: what the sinks have written is what the API shows.
 */
class SinkRestartTest {
    private static final int RESTARTS = Faults.number("sinkRestarts", 2);

    @TempDir Path folder;

    @Test
    void crashesOnEitherSideLeaveRowsAsTheApiShowsThem() throws Exception {
        long seed = Faults.seed("restarts of sinks");
        Path files = Files.createDirectory(folder.resolve("redis"));
        try (RealPostgres postgres = RealPostgres.start(folder.resolve("postgres"));
                RealRedis redis = RealRedis.start(files);
                PublishedRows published = new PublishedRows(redis.client(), FaultSinks.PIPELINE)) {
            List<Injury> injuries = new ArrayList<>();
            for (int i = 0; i < RESTARTS; i++) {
                injuries.add(new SystemRestart(postgres));
                injuries.add(new SystemRestart(redis));
                injuries.add(new Kill());
            }
            Collections.shuffle(injuries, new Random(seed));

            FaultReport report =
                    Faults.run(
                            folder.resolve("run"),
                            seed,
                            injuries,
                            FaultSinks.all(
                                    List.of(
                                            new TableSinks(postgres),
                                            new HashSinks(redis, redis.url(), published))));

            System.out.printf(
                    "restarts of sinks: %s; %d published rows heard%n", report, published.heard());
            assertThat(report.injuries(SystemRestart.class)).isEqualTo(2 * RESTARTS);
            assertThat(report.injuries(Kill.class)).isEqualTo(RESTARTS);
            assertThat(published.heard()).isPositive();
        }
    }
}
