package dev.millrace.bench;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Page views of 371 bytes each with their line feed, seeded: paths by popularity, one in nine from
 * a bot.
 */
public final class WebEvents {
    public static final int BYTES = 371;

    private static final String BEFORE_ID = "{\"id\":\"";
    private static final int RUN_CHARS = 6;
    private static final int SEQUENCE_DIGITS = 12;
    private static final String BEFORE_TIME = "\",\"timestamp\":";
    private static final int SEQUENCE_AT = BEFORE_ID.length() + RUN_CHARS;
    private static final int TIME_AT = SEQUENCE_AT + SEQUENCE_DIGITS + BEFORE_TIME.length();
    private static final int TIME_DIGITS = 13;

    private static final String[] AGENTS = {
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/126.0",
        "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    };

    private static final byte[] TENS = new byte[100];
    private static final byte[] ONES = new byte[100];

    static {
        for (int pair = 0; pair < TENS.length; pair++) {
            TENS[pair] = (byte) ('0' + pair / 10);
            ONES[pair] = (byte) ('0' + pair % 10);
        }
    }

    private final Random random;
    private final int paths;
    private final String run;
    private long sequence;

    /**
     * @param paths how many different pages are viewed
     * @param run makes the ids of this generator differ from those of others; six characters
     */
    public WebEvents(long seed, int paths, String run) {
        this.random = new Random(seed);
        this.paths = paths;
        this.run = run;
        if (run.length() != RUN_CHARS) {
            throw new IllegalArgumentException(
                    "run must have " + RUN_CHARS + " characters: " + run);
        }
    }

    /**
     * Lines of {@code count} events, whose times spread over {@code spanMs} from {@code startMs}.
     */
    public byte[] body(int count, long startMs, long spanMs) {
        StringBuilder body = new StringBuilder(count * BYTES);
        for (int i = 0; i < count; i++) {
            append(body, startMs + spanMs * i / count);
        }
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Makes new events of the lines of a body: ids that count on from {@code firstSequence}, times
     * over {@code spanMs} from {@code startMs}.
     */
    public static void renew(byte[] body, long firstSequence, long startMs, long spanMs) {
        int count = body.length / BYTES;
        for (int i = 0; i < count; i++) {
            digits(body, i * BYTES + SEQUENCE_AT, SEQUENCE_DIGITS, firstSequence + i);
            digits(body, i * BYTES + TIME_AT, TIME_DIGITS, startMs + spanMs * i / count);
        }
    }

    /** How many events of a body are no bot's: what the filter of the benchmarks lets through. */
    public static int people(byte[] body) {
        return (int)
                new String(body, StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.contains("bot"))
                        .count();
    }

    /** Writes a number in so many digits. */
    static void digits(byte[] out, int at, int digits, long number) {
        long rest = number;
        int i = at + digits - 1;
        for (; i > at; i -= 2) {
            int pair = (int) (rest % 100);
            out[i] = ONES[pair];
            out[i - 1] = TENS[pair];
            rest /= 100;
        }
        if (i == at) {
            out[i] = ONES[(int) (rest % 10)];
        }
    }

    private void append(StringBuilder out, long timestampMs) {
        int start = out.length();
        int page = (int) (paths * Math.pow(random.nextDouble(), 3));
        int agent = random.nextInt(9) == 0 ? 2 : random.nextInt(2);
        out.append(BEFORE_ID).append(run).append("%012d".formatted(sequence++));
        out.append(BEFORE_TIME).append(timestampMs);
        out.append(",\"type\":\"page_view\",\"source\":\"site-")
                .append(random.nextInt(50))
                .append('"');
        out.append(",\"data\":{\"visitor\":\"v").append(random.nextInt(100_000));
        out.append("\",\"path\":\"/articles/").append(page).append("/index.html");
        out.append("\",\"ua\":\"").append(AGENTS[agent]);
        out.append("\",\"referrer\":\"https://www.example.org/search?q=")
                .append(random.nextInt(1_000));
        out.append("\",\"status\":200,\"bytes\":").append(random.nextInt(90_000));
        out.append(",\"load_ms\":").append(random.nextInt(4_000));
        out.append(",\"pad\":\"");
        String end = "\"}}\n";
        while (out.length() - start + end.length() < BYTES) {
            out.append('x');
        }
        out.append(end);
    }
}
