package dev.millrace.server.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.port.Failpoint;
import dev.millrace.testing.fault.FaultReport;
import dev.millrace.testing.fault.Injury;
import dev.millrace.testing.fault.Injury.Kill;
import dev.millrace.testing.fault.Injury.KillAtFailpoint;
import dev.millrace.testing.system.RealPostgres;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The process ends at every place in the code that is named for it. */
class FailpointTest {
    @TempDir Path folder;

    @Test
    void theEndAtAnyFailpointLosesNothingAndCountsNothingTwice() {
        long seed = Faults.seed("failpoints");
        Random random = new Random(seed);
        List<Injury> injuries = new ArrayList<>();
        for (Failpoint place : Failpoint.values()) {
            if (isOfRecovery(place)) {
                // So that there is something to recover.
                injuries.add(new Kill());
            }
            injuries.add(new KillAtFailpoint(place, 1 + random.nextInt(hits(place))));
        }

        FaultReport report;
        try (RealPostgres postgres = RealPostgres.start(folder.resolve("postgres"))) {
            report = Faults.run(folder.resolve("run"), seed, injuries, new PickySinks(postgres));
        }

        System.out.println("failpoints: " + report);
        assertThat(report.injuries(KillAtFailpoint.class)).isEqualTo(Failpoint.values().length);
    }

    private static boolean isOfRecovery(Failpoint place) {
        return switch (place) {
            case RECOVERY_RECORD, RECOVERY_CAUGHT_UP -> true;
            case FORMAT_WRITTEN,
                    PIPELINE_JOURNAL_MADE,
                    JOURNAL_APPEND,
                    JOURNAL_SYNCED,
                    JOURNAL_PUBLISHED,
                    VERSION_WRITTEN,
                    COMMIT_MERGED,
                    COMMIT_WRITTEN,
                    REPLAY_WRITTEN,
                    SINK_DELIVERED,
                    SINK_SET_ASIDE,
                    PIPELINE_DELETED,
                    JOURNAL_TRIM,
                    JOURNAL_TRIMMED ->
                    false;
        };
    }

    /** How often a run of some seconds comes there for sure. */
    private static int hits(Failpoint place) {
        return switch (place) {
            case FORMAT_WRITTEN,
                    PIPELINE_JOURNAL_MADE,
                    RECOVERY_RECORD,
                    RECOVERY_CAUGHT_UP,
                    JOURNAL_TRIM,
                    JOURNAL_TRIMMED ->
                    1;
            case VERSION_WRITTEN, REPLAY_WRITTEN, PIPELINE_DELETED, SINK_SET_ASIDE -> 2;
            case SINK_DELIVERED -> 4;
            case COMMIT_MERGED, COMMIT_WRITTEN -> 8;
            case JOURNAL_APPEND, JOURNAL_SYNCED, JOURNAL_PUBLISHED -> 100;
        };
    }
}
