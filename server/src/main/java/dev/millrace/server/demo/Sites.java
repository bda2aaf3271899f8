package dev.millrace.server.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;

/** The sites of the demo: their names are fixed, the rest comes from the seed. */
final class Sites {
    private static final double SIZE_EXPONENT = 1.1;
    private static final double PAGE_EXPONENT = 1.0;
    private static final int PAGES_MIN = 120;
    private static final int PAGES_MAX = 600;

    /** Every so many sites, one has the old tracking script. */
    private static final int OLD_TRACKER_EVERY = 7;

    /** People behind one event a second. */
    private static final int PEOPLE_PER_RATE = 2_000;

    private Sites() {}

    /** All sites, the largest first. */
    static List<Site> load(long seed, double eventsPerSecond) {
        List<String[]> rows = rows();
        SplittableRandom random = new SplittableRandom(seed);
        Zipf sizes = new Zipf(rows.size(), SIZE_EXPONENT);
        List<Site> sites = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            String[] row = rows.get(i);
            int pages = random.nextInt(PAGES_MIN, PAGES_MAX + 1);
            SiteKind kind = SiteKind.valueOf(row[1].toUpperCase(Locale.ROOT));
            sites.add(
                    new Site(
                            i,
                            row[0],
                            ZoneId.of(row[2]),
                            row[3],
                            sizes.share(i),
                            (int) Math.max(100, sizes.share(i) * eventsPerSecond * PEOPLE_PER_RATE),
                            random.nextDouble(250, 900),
                            i % OLD_TRACKER_EVERY == 2,
                            kind.pages(pages, random),
                            new Zipf(pages, PAGE_EXPONENT)));
        }
        return List.copyOf(sites);
    }

    private static List<String[]> rows() {
        try (InputStream in = Sites.class.getResourceAsStream("sites.csv")) {
            String text =
                    new String(
                            Objects.requireNonNull(in, "sites.csv").readAllBytes(),
                            StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(","))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("sites.csv cannot be read", e);
        }
    }
}
