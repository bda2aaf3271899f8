package dev.millrace.bench;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterChange;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterId;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.Origin;
import dev.millrace.core.port.Commit;
import dev.millrace.core.port.PipelineStore;
import dev.millrace.core.port.PipelineVersion;
import dev.millrace.store.RocksStorage;
import dev.millrace.store.StoreOptions;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A million dead letters in the storage: what writing one costs, how long a page of a hundred takes
 * by each filter, the summary, opening again, and deleting all of them. Of sixty causes and fifty
 * sources; one letter in a thousand is of kind {@code future}.
 *
 * <p>Arguments: a directory on the disk to be measured (default: the system's for temporary files),
 * then the number of letters.
 */
public final class LettersBenchmark {
    private static final int PAGE = 100;
    private static final int COMMIT = 1_000;
    private static final int ROUNDS = 21;
    private static final int CAUSES = 60;
    private static final int SOURCES = 50;
    private static final long FIRST_MS = 1_760_000_000_000L;

    private final PipelineStore store;

    private LettersBenchmark(PipelineStore store) {
        this.store = store;
    }

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        Path parent = Path.of(args.length > 0 ? args[0] : System.getProperty("java.io.tmpdir"));
        int letters = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        Path directory = Files.createTempDirectory(parent, "letters-benchmark");
        try {
            try (RocksStorage storage = RocksStorage.open(directory, StoreOptions.defaults())) {
                PipelineVersion first = new PipelineVersion(1, 0, "", Map.of(), Map.of());
                new LettersBenchmark(storage.create("bench", first)).write(letters);
            }
            long start = System.nanoTime();
            long cpuStart = cpuNanos();
            try (RocksStorage storage = RocksStorage.open(directory, StoreOptions.defaults())) {
                System.out.printf(
                        "%-44s %,9.1f ms, CPU %,.1f ms%n",
                        "open again", millis(start), (cpuNanos() - cpuStart) / 1e6);
                LettersBenchmark benchmark = new LettersBenchmark(storage.pipelines().getFirst());
                benchmark.read(letters);
                benchmark.delete(letters);
            }
        } finally {
            delete(directory);
        }
    }

    @SuppressWarnings("SystemOut")
    private void write(int letters) {
        long nanos = 0;
        long cpuNanos = 0;
        for (int from = 0; from < letters; from += COMMIT) {
            List<LetterChange> changes = new ArrayList<>(COMMIT);
            for (int i = from; i < Math.min(letters, from + COMMIT); i++) {
                changes.add(new LetterChange.Put(letter(i)));
            }
            long start = System.nanoTime();
            long cpuStart = cpuNanos();
            commit(changes);
            nanos += System.nanoTime() - start;
            cpuNanos += cpuNanos() - cpuStart;
        }
        System.out.printf(
                "%-44s %,9.2f us, CPU %,.2f us%n",
                "write, a letter, commits of 1,000",
                nanos / 1e3 / letters,
                cpuNanos / 1e3 / letters);
    }

    private void read(int letters) {
        DeadLetter some = letter(1_500);
        page("first page", LetterFilter.ALL, null);
        page("last page", LetterFilter.ALL, letter(letters - PAGE).id());
        page("first page by fingerprint", filter(null, null, some.fingerprint(), null), null);
        page(
                "last page by fingerprint",
                filter(null, null, some.fingerprint(), null),
                letter(letters - PAGE * CAUSES).id());
        page("first page by kind stage", filter(LetterKind.STAGE, null, null, null), null);
        page(
                "first page by kind future, one in 1,000",
                filter(LetterKind.FUTURE, null, null, null),
                null);
        page("first page by stage", filter(null, "stage-7", null, null), null);
        page("first page by source", filter(null, null, null, "shop-07.example"), null);
        page(
                "first page by source and kind future",
                filter(LetterKind.FUTURE, null, null, "shop-07.example"),
                null);
        page(
                "first page of a kind without letters",
                filter(LetterKind.LATE, null, null, null),
                null);
        time(
                "summary by fingerprint",
                () -> store.letterSummary(LetterFilter.ALL, 1_000).letters());
        time(
                "summary of one source",
                () ->
                        store.letterSummary(filter(null, null, null, "shop-07.example"), 1_000)
                                .letters());
    }

    @SuppressWarnings("SystemOut")
    private void delete(int letters) {
        long nanos = System.nanoTime();
        LetterId[] after = new LetterId[1];
        for (int from = 0; from < letters; from += 10 * COMMIT) {
            List<LetterChange> changes = new ArrayList<>(10 * COMMIT);
            store.letterIds(
                    LetterFilter.ALL,
                    after[0],
                    id -> {
                        after[0] = id;
                        changes.add(new LetterChange.Remove(id));
                        return changes.size() < 10 * COMMIT;
                    });
            commit(changes);
        }
        System.out.printf(
                "%-44s %,9.2f us%n",
                "list and remove, a letter, commits of 10,000", millis(nanos) * 1000 / letters);
        page("first page when none is left", LetterFilter.ALL, null);
    }

    private void commit(List<LetterChange> changes) {
        store.commit(
                new Commit(
                        new byte[0],
                        List.of(),
                        List.of(),
                        List.of(),
                        changes,
                        List.of(),
                        0,
                        List.of()));
    }

    private void page(String what, LetterFilter filter, @Nullable LetterId after) {
        time(
                what,
                () -> {
                    int[] left = {PAGE};
                    store.letters(filter, after, _ -> --left[0] > 0);
                    return (long) PAGE - left[0];
                });
    }

    /** A piece of work that says how much it found. */
    @FunctionalInterface
    private interface Work {
        long found();
    }

    @SuppressWarnings("SystemOut")
    private static void time(String what, Work work) {
        double[] times = new double[ROUNDS];
        long found = 0;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            found = work.found();
            times[i] = millis(start);
        }
        double first = times[0];
        Arrays.sort(times);
        System.out.printf(
                "%-44s %,9.1f ms, at first %,.1f ms (%,d letters)%n",
                what, times[ROUNDS / 2], first, found);
    }

    /** Of this thread, which does all the work but the background's. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static double millis(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e6;
    }

    // javac drops the component's @Nullable from a compact constructor's parameter.
    @SuppressWarnings("NullAway")
    private static DeadLetter letter(int i) {
        int cause = i % CAUSES;
        boolean future = i % 1_000 == 999;
        return new DeadLetter(
                new LetterId(FIRST_MS + i / 10, 0, i),
                future ? LetterKind.FUTURE : LetterKind.STAGE,
                future ? "" : "stage-" + cause % 10,
                future ? "future" : "no-such-field",
                future
                        ? "/timestamp: lies " + i + " ms ahead"
                        : "there is no field data.f"
                                + (char) ('a' + cause / 10)
                                + " in '"
                                + i
                                + "'",
                1,
                FIRST_MS + i / 10,
                1,
                false,
                "shop-%02d.example".formatted(i / CAUSES % SOURCES),
                FIRST_MS + i / 10,
                Origin.at(i),
                Set.of(),
                ("{\"id\":\"%032x\",\"type\":\"page_view\",\"source\":\"shop-%02d.example\","
                                + "\"timestamp\":1760000000000,\"data\":{\"path\":\"/products/%d\",\"ua\":\""
                                + "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)\","
                                + "\"referrer\":\"https://www.example.com/search?q=red+shoes\",\"bytes\":%d}}")
                        .formatted(i, i % SOURCES, i % 2_000, i)
                        .getBytes(StandardCharsets.UTF_8),
                null);
    }

    private static LetterFilter filter(
            @Nullable LetterKind kind,
            @Nullable String stage,
            @Nullable String fingerprint,
            @Nullable String source) {
        return new LetterFilter(
                Optional.ofNullable(kind),
                Optional.ofNullable(stage),
                Optional.ofNullable(fingerprint),
                Optional.ofNullable(source),
                Optional.empty());
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
