package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.e2e.AccessPipeline.Import;
import dev.millrace.testing.server.Ledger;
import dev.millrace.testing.server.Seed;
import dev.millrace.testing.server.ServerProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server is killed by SIGKILL again and again while a log is imported. */
class KillTest {
    private static final int KILLS = 20;

    /** Every so many kills one hits a server that is still starting. */
    private static final int OF_WHICH_STARTING = 5;

    /** At this rate a whole import takes 1.25 s, so that kills hit all of it. */
    private static final String EVENTS_PER_SECOND = "8000";

    private static final int IMPORT_MS = 1_500;
    private static final int START_MS = 1_000;
    private static final Pattern UNTIL_THEN = Pattern.compile("until then: ([0-9]+) accepted");

    @TempDir Path folder;

    /** What the kill of a running server met. */
    private record Kill(int afterMs, boolean importRan, long acknowledged, long inFlight) {}

    @Test
    void everyEventCountsOnceThoughTheServerIsKilledTwentyTimes() throws Exception {
        long seed = Seed.print("KillTest");
        Random random = new Random(seed);
        AccessLog log =
                AccessLog.semicompleteIsThere()
                        ? AccessLog.semicomplete()
                        : AccessLog.generate(folder, seed, 9_999);
        Path data = folder.resolve("data");

        List<Kill> kills = new ArrayList<>();
        for (int i = 1; i <= KILLS; i++) {
            if (i % OF_WHICH_STARTING == 0) {
                killWhileStarting(data, random.nextInt(START_MS));
            } else {
                kills.add(killWhileImporting(data, log, random.nextInt(IMPORT_MS)));
            }
        }
        report(kills);

        try (ServerProcess server = Servers.start(data)) {
            AccessPipeline access = AccessPipeline.on(server.api());

            assertThat(access.importLog(log))
                    .isEqualTo(new Import(0, log.wholeLines() + " accepted, 1 rejected", ""));

            assertThat(access.views()).containsExactlyElementsOf(log.rows().views());
            assertThat(access.online()).containsExactlyElementsOf(log.rows().online());
            assertThat(access.visits()).containsExactlyInAnyOrderElementsOf(log.rows().visits());
            Ledger ledger = access.ledger().requireBalanced();
            assertThat(ledger.distinct()).isEqualTo(log.wholeLines());
            assertThat(ledger.filtered()).isEqualTo(log.bots());
            assertThat(ledger.completed()).isEqualTo(log.wholeLines() - log.bots());
            assertThat(ledger.late()).containsEntry("views", 0L);
            // What is no event has no id, so each time that it was sent made a letter.
            assertThat(access.rejectedLines())
                    .hasSize((int) ledger.rejected())
                    .containsOnly(log.cutLine());
        }
    }

    private static void killWhileStarting(Path data, int afterMs) {
        try (ServerProcess server = Servers.launch(data)) {
            boolean _ = server.isReadyWithin(Duration.ofMillis(afterMs));
            server.kill9();
        }
    }

    private static Kill killWhileImporting(Path data, AccessLog log, int afterMs) throws Exception {
        try (ServerProcess server = Servers.start(data)) {
            AccessPipeline access = AccessPipeline.on(server.api());
            CompletableFuture<Import> running =
                    CompletableFuture.supplyAsync(() ->
                            access.importLog(
                                    log, "--rate", EVENTS_PER_SECOND, "--retry-for", "0s"));
            boolean importRan =
                    running.thenApply(_ -> false)
                            .completeOnTimeout(true, afterMs, TimeUnit.MILLISECONDS)
                            .get();
            long inFlight = access.ledger().requireBalanced().inFlight();
            server.kill9();
            Import ended = running.get();
            assertThat(ended.exitCode()).as("%s", ended).isIn(0, 1);
            return new Kill(afterMs, importRan, acknowledged(ended, log), inFlight);
        }
    }

    private static long acknowledged(Import ended, AccessLog log) {
        Matcher matcher = UNTIL_THEN.matcher(ended.err());
        return matcher.find() ? Long.parseLong(matcher.group(1)) : log.wholeLines();
    }

    private static void report(List<Kill> kills) {
        long imports = kills.stream().filter(Kill::importRan).count();
        long midst = kills.stream().filter(kill -> kill.inFlight() > 0).count();
        System.out.printf(
                "KillTest: %d kills: %d of a starting server, %d in an import, %d of them with events in flight%n",
                KILLS, KILLS - kills.size(), imports, midst);
        kills.forEach(kill -> System.out.println("KillTest: " + kill));
        assertThat(midst).as("kills with events in flight").isPositive();
    }
}
