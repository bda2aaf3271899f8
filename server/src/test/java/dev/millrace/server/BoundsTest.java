package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * That nothing grows without a bound cannot be checked; that somebody has thought of it can. Every
 * field that is a queue, a cache, a pool or a map for many threads stands here with the bound that
 * holds it. A new one fails this test until its bound has a name, in {@code /limits} and here.
 */
class BoundsTest {
    private static final List<String> MODULES =
            List.of("core", "store", "engine", "connect", "embed", "server");

    private static final Pattern GROWING =
            Pattern.compile(
                    "(?:private|final|static) [^;=]*?\\b(\\w+)\\s*=\\s*(?:new (?:\\w*Queue|\\w*Deque|Concurrent\\w*Map|CopyOnWrite\\w*)\\b|ConcurrentHashMap\\.newKeySet|Executors\\.new\\w+|Caffeine)");

    private static final String PIPELINES = "pipelines";
    private static final String PARTITIONS = "pipelines × definition.partitions";
    private static final String ONE_THREAD = "one thread, for what runs anyway";

    private static final Map<String, String> BOUNDS =
            Map.ofEntries(
                    Map.entry("SessionWindows.open", "definition.maxGroups"),
                    Map.entry("SessionWindows.closed", "definition.maxGroups"),
                    Map.entry("SessionWindows.starts", "definition.maxGroups"),
                    Map.entry("SlidingGroups.slices", "definition.slices"),
                    Map.entry("DedupeIndex.receipts", "dedupeIds"),
                    Map.entry("RocksStorage.pipelines", PIPELINES),
                    Map.entry("RocksStorage.parts", "journalGroupRequests"),
                    Map.entry("AlertReader.newest", "alertsPerPage"),
                    Map.entry("Database.journals", PIPELINES),
                    Map.entry("Tuning.owned", "the options of RocksDB"),
                    Map.entry("Engine.pipelines", PIPELINES),
                    Map.entry("Engine.waiting", PIPELINES),
                    Map.entry("HandlerHost.threads", PARTITIONS),
                    Map.entry("BackfillRunner.programs", "versionsPerPipeline"),
                    Map.entry("BackfillTask.steps", "event.perBody × explodedEvents"),
                    Map.entry("SharedHandlers.handlers", "pipelines × definition.stages"),
                    Map.entry("CallWatch.open", PARTITIONS),
                    Map.entry("TaskPool.line", PARTITIONS),
                    Map.entry("JournalWriter.queue", "journalQueueRequests"),
                    Map.entry("JournalReadAhead.groups", "journalReadAheadBytes"),
                    Map.entry("CommitListeners.listeners", "commitListeners"),
                    Map.entry("PartitionRunner.mailbox", "queueBytes, controlsWaiting"),
                    Map.entry("Outboxes.queues", "pipelines × definition.sinks"),
                    Map.entry("Replays.waiting", "replaysRemembered"),
                    Map.entry("SinkShapes.definitions", "versionsPerPipeline"),
                    Map.entry("SourceBudgets.high", "storage.letterSources"),
                    Map.entry("ReplayBook.jobs", "replaysRemembered"),
                    Map.entry("ReplayRun.outstanding", "replayOutstandingLetters"),
                    Map.entry("RemoteLookup.queue", "event.perBody × explodedEvents"),
                    Map.entry("LiveThread.commits", "live.commitsWaiting"),
                    Map.entry("LiveReader.waiting", "live.readerBytes, live.patience"),
                    Map.entry("LiveFeed.history", "live.historyBytes, live.historyMessages"),
                    Map.entry("LiveHub.feeds", "live.feeds"),
                    Map.entry("PageRoutes.files", "the files of the dashboard"),
                    Map.entry("SystemTimer.delays", ONE_THREAD),
                    Map.entry("SystemTimer.tasks", "lookup.httpRequests"),
                    Map.entry("ConnectServices.lookups", "pipelines × definition.stages"),
                    Map.entry("Subscription.waiting", "commitListeners × 64"),
                    Map.entry("Millrace.subscriptions", "commitListeners"),
                    Map.entry("RegisteredHandlers.byPipeline", PIPELINES),
                    Map.entry("Agenda.entries", "the visitors of the demo"));

    @Test
    void everyQueueAndCacheHasABoundWithAName() {
        Map<String, String> found = new TreeMap<>();
        MODULES.forEach(module -> find(Path.of("..", module, "src", "main", "java"), found));

        assertThat(found.keySet()).isSubsetOf(BOUNDS.keySet());
        assertThat(BOUNDS.keySet()).as("bounds of what is gone").isSubsetOf(found.keySet());
    }

    private static void find(Path folder, Map<String, String> found) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                GROWING.matcher(Files.readString(file).replaceAll("\\s+", " "))
                        .results()
                        .forEach(hit -> found.put(name + "." + hit.group(1), hit.group()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
