package dev.millrace.server.demo;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One customer's website.
 *
 * @param name the {@code source} of its events
 * @param share its part of all traffic
 * @param population how many different people visit it
 * @param loadMs the median time that its pages take to load on a desktop
 * @param oldTracker whether it still has the tracking script that sends some numbers as text
 * @param pages paths, the most popular first
 * @param popularity how the views fall on {@code pages}
 */
record Site(
        int index,
        String name,
        ZoneId zone,
        String country,
        double share,
        int population,
        double loadMs,
        boolean oldTracker,
        List<String> pages,
        Zipf popularity) {

    /** How a visitor goes on: mostly to a page of the same section, if one is found soon. */
    private static final int TRIES_FOR_SECTION = 3;

    Site {
        if (pages.size() != popularity.ranks()) {
            throw new IllegalArgumentException(pages.size() + " pages, " + popularity.ranks());
        }
    }

    /** How many times its mean traffic it has now. */
    double busyness(Instant instant) {
        return DailyCurve.at(instant, zone);
    }

    /** The page with which a visit begins. */
    int entryPage(RandomGenerator random) {
        return popularity.draw(random);
    }

    /** The page to which a visitor goes on. */
    int nextPage(int page, RandomGenerator random) {
        int next = popularity.draw(random);
        for (int i = 1;
                i < TRIES_FOR_SECTION && (next == page || !section(next).equals(section(page)));
                i++) {
            next = popularity.draw(random);
        }
        return next;
    }

    private String section(int page) {
        return pages.get(page).split("/", 3)[1];
    }

    /** One of the visitors. Some come far more often than others. */
    int visitor(RandomGenerator random) {
        return (int) (population * Math.pow(random.nextDouble(), 2.5));
    }
}
