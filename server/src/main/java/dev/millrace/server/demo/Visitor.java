package dev.millrace.server.demo;

import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Someone, or something, that fetches pages.
 *
 * @param id a person's cookie, or a bot's name
 * @param slowness how many times longer pages take to load than on a desktop
 */
record Visitor(String id, String ua, String device, String country, String ip, double slowness) {
    private static final double FROM_HOME = 0.7;
    private static final double BY_IPV6 = 0.35;
    private static final List<String> COUNTRIES =
            List.of(
                    "US", "DE", "GB", "FR", "IN", "BR", "JP", "CA", "ES", "IT", "NL", "PL", "AU",
                    "SE", "MX");

    /** The same person whenever asked, without keeping all of them. */
    static Visitor person(long seed, Site site, int number) {
        SplittableRandom random =
                new SplittableRandom(seed ^ (site.index() * 0x9E3779B97F4A7C15L + number));
        Browser browser = Browser.draw(random);
        return new Visitor(
                "v" + HexFormat.of().toHexDigits(random.nextLong(), 12),
                browser.userAgent(random),
                browser.device(),
                random.nextDouble() < FROM_HOME
                        ? site.country()
                        : COUNTRIES.get(random.nextInt(COUNTRIES.size())),
                address(random),
                browser.slowness());
    }

    static Visitor bot(Bot bot, RandomGenerator random) {
        return new Visitor(bot.visitorId(), bot.userAgent(), "bot", "US", address(random), 0.6);
    }

    /** From ranges that belong to nobody: RFC 2544 and RFC 3849. */
    private static String address(RandomGenerator random) {
        return random.nextDouble() < BY_IPV6
                ? "2001:db8:%x:%x::%x"
                        .formatted(
                                random.nextInt(1 << 16),
                                random.nextInt(1 << 16),
                                random.nextInt(1, 1 << 16))
                : "198.%d.%d.%d"
                        .formatted(
                                random.nextInt(18, 20),
                                random.nextInt(256),
                                random.nextInt(1, 255));
    }
}
