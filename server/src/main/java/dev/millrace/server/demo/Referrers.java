package dev.millrace.server.demo;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.random.RandomGenerator;

/** Where visitors come from. */
final class Referrers {
    private static final double DIRECT = 0.42;
    private static final double CAMPAIGN = 0.05;

    private static final List<String> SEARCH_AND_SOCIAL =
            List.of(
                    "https://www.google.com/",
                    "https://www.google.com/",
                    "https://www.google.com/",
                    "https://www.google.com/",
                    "https://www.bing.com/",
                    "https://duckduckgo.com/",
                    "https://www.facebook.com/",
                    "https://www.linkedin.com/",
                    "https://t.co/",
                    "https://www.pinterest.com/");
    private static final List<String> SURGES =
            List.of(
                    "https://news.ycombinator.com/",
                    "https://www.reddit.com/",
                    "https://t.co/",
                    "https://mastodon.social/");
    private static final List<String> CAMPAIGNS =
            List.of("newsletter", "spring-sale", "retargeting", "partners");

    private Referrers() {}

    /** Of a visit that begins; null: the address was typed. */
    static @Nullable String draw(RandomGenerator random) {
        return random.nextDouble() < DIRECT ? null : pick(SEARCH_AND_SOCIAL, random);
    }

    static String ofSurge(RandomGenerator random) {
        return pick(SURGES, random);
    }

    /** The query of a landing page; null for most. */
    static @Nullable String query(RandomGenerator random) {
        return random.nextDouble() < CAMPAIGN ? "utm_campaign=" + pick(CAMPAIGNS, random) : null;
    }

    private static String pick(List<String> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
