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
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * An access log in which one line was cut short, and what must come of it.
 *
 * @param file the log, packed
 * @param wholeLines how many lines are whole
 * @param bots how many of them are of bots
 * @param cutLine the line that was cut short
 * @param views the rows of {@link AccessPipeline}, as it writes them
 */
record AccessLog(Path file, int wholeLines, int bots, String cutLine, List<String> views) {
    private static final Path SHARED =
            Path.of(System.getProperty("basedir", ""), "..", "..", "shared", "data");
    private static final Path SEMICOMPLETE = SHARED.resolve("semicomplete-access.log.gz");

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);
    private static final String BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:38.0) Firefox/38.0";
    private static final String BOT = "Mozilla/5.0 (compatible; Googlebot/2.1)";

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
            return new AccessLog(SEMICOMPLETE, 9_999, 1_166, cutLine, expectedViews());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> expectedViews() throws IOException {
        try (var lines = Files.lines(SHARED.resolve("expected-views-tumbling-5m.tsv"))) {
            return lines.skip(1).map(AccessLog::withoutVisitors).toList();
        }
    }

    private static String withoutVisitors(String line) {
        return line.substring(0, line.lastIndexOf('\t'));
    }

    /** One line of a made-up log. */
    private record Hit(long timestampMs, String path, String query, Integer bytes, String agent) {
        private static final long FIVE_MINUTES_MS = 300_000;

        static Hit draw(Random random, long nowMs) {
            return new Hit(
                    nowMs - 1_000L * random.nextInt(40),
                    "/page/" + (int) (40 * Math.pow(random.nextDouble(), 3)),
                    random.nextInt(4) == 0 ? "?from=" + random.nextInt(9) : "",
                    random.nextInt(10) == 0 ? null : random.nextInt(100_000),
                    random.nextInt(8) == 0 ? BOT : random.nextInt(20) == 0 ? "-" : BROWSER);
        }

        String line(int address) {
            return "10.0.%d.%d - - [%s] \"GET %s%s HTTP/1.1\" 200 %s \"-\" \"%s\""
                    .formatted(
                            address >> 8,
                            address & 0xff,
                            TIME.format(Instant.ofEpochMilli(timestampMs)),
                            path,
                            query,
                            bytes == null ? "-" : bytes,
                            agent);
        }

        long window() {
            return timestampMs - timestampMs % FIVE_MINUTES_MS;
        }
    }

    /** A made-up log of two days, out of order by up to 40 seconds. */
    static AccessLog generate(Path folder, long seed, int wholeLines) {
        Random random = new Random(seed);
        long startMs = Instant.parse("2015-05-17T00:00:00Z").toEpochMilli();
        List<Hit> hits = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < wholeLines; i++) {
            Hit hit = Hit.draw(random, startMs + 172_800_000L * i / wholeLines / 1_000 * 1_000);
            hits.add(hit);
            lines.add(hit.line(random.nextInt(1_000)));
        }
        int cut = random.nextInt(wholeLines);
        String cutLine = lines.get(cut).substring(0, lines.get(cut).length() - 20);
        lines.add(cut, cutLine);
        List<Hit> people = hits.stream().filter(hit -> !hit.agent().contains("bot")).toList();
        return new AccessLog(
                write(folder.resolve("access.log.gz"), lines),
                wholeLines,
                wholeLines - people.size(),
                cutLine,
                count(people));
    }

    /** Sort, group, count. */
    private static List<String> count(List<Hit> hits) {
        record Group(long window, String path) {}
        return hits.stream()
                .collect(Collectors.groupingBy(hit -> new Group(hit.window(), hit.path())))
                .entrySet()
                .stream()
                .sorted(
                        Map.Entry.comparingByKey(
                                Comparator.comparingLong(Group::window).thenComparing(Group::path)))
                .map(group ->
                        "%d\t%s\t%d\t%d"
                                .formatted(
                                        group.getKey().window(),
                                        group.getKey().path(),
                                        group.getValue().size(),
                                        group.getValue().stream()
                                                .mapToLong(hit ->
                                                        hit.bytes() == null ? 0 : hit.bytes())
                                                .sum()))
                .toList();
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
