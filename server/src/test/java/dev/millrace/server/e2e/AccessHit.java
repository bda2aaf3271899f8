package dev.millrace.server.e2e;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;

/**
 * One whole line of a made-up access log.
 *
 * @param bytes null where the log has a dash
 */
record AccessHit(
        long timestampMs, String address, String path, String query, Integer bytes, String agent) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);
    private static final String BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:38.0) Firefox/38.0";
    private static final String BOT = "Mozilla/5.0 (compatible; Googlebot/2.1)";

    /** Up to 40 seconds before {@code nowMs}. */
    static AccessHit draw(Random random, long nowMs) {
        return new AccessHit(
                nowMs - 1_000L * random.nextInt(40),
                "10.0.0." + random.nextInt(200),
                "/page/" + (int) (40 * Math.pow(random.nextDouble(), 3)),
                random.nextInt(4) == 0 ? "?from=" + random.nextInt(9) : "",
                random.nextInt(10) == 0 ? null : random.nextInt(100_000),
                random.nextInt(8) == 0 ? BOT : random.nextInt(20) == 0 ? "-" : BROWSER);
    }

    boolean isBot() {
        return agent.contains("bot");
    }

    String line() {
        return "%s - - [%s] \"GET %s%s HTTP/1.1\" 200 %s \"-\" \"%s\""
                .formatted(
                        address,
                        TIME.format(Instant.ofEpochMilli(timestampMs)),
                        path,
                        query,
                        bytes == null ? "-" : bytes,
                        agent);
    }
}
