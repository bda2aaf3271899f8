package dev.millrace.server.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * An access log in which one line was cut short, and what must come of it.
 *
 * @param file the log, packed
 * @param wholeLines how many lines are whole
 * @param bots how many of them are of bots
 * @param cutLine the line that was cut short
 * @param rows what {@link AccessPipeline} must show
 */
record AccessLog(Path file, int wholeLines, int bots, String cutLine, AccessRows rows) {
    private static final Path SHARED =
            Path.of(System.getProperty("basedir", ""), "..", "..", "shared", "data");
    private static final Path SEMICOMPLETE = SHARED.resolve("semicomplete-access.log.gz");

    /** Whether the log of a real server lies beside the project. */
    static boolean semicompleteIsThere() {
        return Files.isReadable(SEMICOMPLETE);
    }

    /** 10,000 lines of a real server, counted by others. */
    static AccessLog semicomplete() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(SEMICOMPLETE)),
                                ISO_8859_1))) {
            String cutLine = lines.lines().skip(8_898).findFirst().orElseThrow();
            return new AccessLog(SEMICOMPLETE, 9_999, 1_166, cutLine, expectedRows());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AccessRows expectedRows() throws IOException {
        return new AccessRows(
                expected("expected-views-tumbling-5m.tsv"),
                expected("expected-online-sliding-5m-1m.tsv"),
                expected("expected-visits-session-30m.tsv"));
    }

    private static List<String> expected(String file) throws IOException {
        try (var lines = Files.lines(SHARED.resolve(file))) {
            return lines.skip(1).toList();
        }
    }

    /** A made-up log of two days, out of order by up to 40 seconds. */
    static AccessLog generate(Path folder, long seed, int wholeLines) {
        Random random = new Random(seed);
        long startMs = Instant.parse("2015-05-17T00:00:00Z").toEpochMilli();
        List<AccessHit> hits = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < wholeLines; i++) {
            AccessHit hit =
                    AccessHit.draw(random, startMs + 172_800_000L * i / wholeLines / 1_000 * 1_000);
            hits.add(hit);
            lines.add(hit.line());
        }
        int cut = random.nextInt(wholeLines);
        String cutLine = lines.get(cut).substring(0, lines.get(cut).length() - 20);
        lines.add(cut, cutLine);
        List<AccessHit> people = hits.stream().filter(hit -> !hit.isBot()).toList();
        return new AccessLog(
                write(folder.resolve("access.log.gz"), lines),
                wholeLines,
                wholeLines - people.size(),
                cutLine,
                AccessRows.of(people));
    }

    private static Path write(Path file, List<String> lines) {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (String line : lines) {
                out.write((line + "\n").getBytes(ISO_8859_1));
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
