package dev.millrace.server.demo;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Programs that fetch pages at regular intervals, day and night. Each says so in its user agent.
 */
enum Bot {
    GOOGLEBOT("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    BINGBOT("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
    AHREFSBOT("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
    GPTBOT("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"),
    UPTIMEROBOT("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)");

    private static final double PROBES = 0.06;
    private static final List<String> PROBED =
            List.of("/robots.txt", "/wp-login.php", "/.env", "/ads.txt");

    private final String userAgent;

    Bot(String userAgent) {
        this.userAgent = userAgent;
    }

    String userAgent() {
        return userAgent;
    }

    String visitorId() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * What it fetches next: pages whatever their popularity, now and then one that is not there.
     */
    String path(Site site, RandomGenerator random) {
        if (this == UPTIMEROBOT) {
            return "/";
        }
        List<String> paths = random.nextDouble() < PROBES ? PROBED : site.pages();
        return paths.get(random.nextInt(paths.size()));
    }
}
