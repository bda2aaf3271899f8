package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.server.e2e.AccessPipeline.Import;
import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.Seed;
import dev.millrace.testing.server.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** An access log goes in by {@code millrace import}, and its numbers come out over HTTP. */
class AccessLogTest {
    @TempDir Path folder;

    @Test
    void theLogOfARealServerBecomesTheRowsThatOthersCounted() {
        assumeTrue(
                AccessLog.semicompleteIsThere(),
                "../shared/data/semicomplete-access.log.gz is not there");
        AccessLog log = AccessLog.semicomplete();

        requireRows(log, "9999 accepted, 1 rejected");
    }

    @Test
    void aGeneratedLogBecomesTheRowsOfPlainCounting() {
        AccessLog log = AccessLog.generate(folder, Seed.print("AccessLogTest"), 3_000);

        requireRows(log, "3000 accepted, 1 rejected");
    }

    private void requireRows(AccessLog log, String receipt) {
        try (ServerProcess server = Servers.start(folder.resolve("data"))) {
            AccessPipeline access = AccessPipeline.on(server.api());

            assertThat(access.importLog(log)).isEqualTo(new Import(0, receipt, ""));

            assertThat(access.views()).containsExactlyElementsOf(log.rows().views());
            assertThat(access.online()).containsExactlyElementsOf(log.rows().online());
            assertThat(access.visits()).containsExactlyInAnyOrderElementsOf(log.rows().visits());
            assertThat(access.rejectedLines()).containsExactly(log.cutLine());
            Ledger ledger = access.ledger().requireBalanced();
            assertThat(ledger.accepted()).isEqualTo(log.wholeLines());
            assertThat(ledger.rejected()).isEqualTo(1);
            assertThat(ledger.filtered()).isEqualTo(log.bots());
            assertThat(ledger.completed()).isEqualTo(log.wholeLines() - log.bots());
            assertThat(ledger.late())
                    .containsEntry("views", 0L)
                    .containsEntry("online", 0L)
                    .containsEntry("visits", 0L);
        }
    }
}
